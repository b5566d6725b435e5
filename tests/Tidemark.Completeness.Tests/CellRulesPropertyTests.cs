using FsCheck;
using FsCheck.Fluent;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Tests;

/// <summary>The evaluator against a model that looks at one cell at a time and keeps no ranges.</summary>
public sealed class CellRulesPropertyTests
{
    [Fact]
    public void Evaluate_AnySmallMarket_EqualsTheModelCellByCell() =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                seed =>
                {
                    var market = new Market(seed);
                    var cells = CellRules.Evaluate(market.Evidence);
                    var counts = new int[market.Days * Cell.Codes];
                    for (var entity = 0; entity < market.Entities; entity++)
                    {
                        var ranges = cells.Ranges[cells.Offsets[entity]..cells.Offsets[entity + 1]];
                        var day = 0;
                        for (var i = 0; i < ranges.Length; i++)
                        {
                            ranges[i].First.ShouldBe(day, $"seed {seed}: ranges have a gap");
                            (i == 0 || ranges[i].Cell != ranges[i - 1].Cell).ShouldBeTrue(
                                $"seed {seed}: ranges are not the longest"
                            );
                            for (; day <= ranges[i].Last; day++)
                            {
                                var expected = market.Model(entity, day);
                                ranges[i].Cell.ShouldBe(expected, $"seed {seed}: entity {entity}, day {day}");
                                counts[(day * Cell.Codes) + expected.Code]++;
                            }
                        }

                        day.ShouldBe(market.Days, $"seed {seed}: the last day is not covered");
                    }

                    cells.Counts.ShouldBe(counts, $"seed {seed}: day counts");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private sealed class Market
    {
        private static readonly DateOnly s_first = new(2022, 6, 1);
        private readonly bool[,,] _present;
        private readonly bool[,] _halted;
        private readonly bool[] _isStarted;
        private readonly bool[,] _traded;
        private readonly bool _hasHalts;
        private readonly bool _hasTrades;

        public Market(int seed)
        {
            var random = new Random(seed);
            Days = random.Next(0, 140);
            Entities = random.Next(1, 6);
            var required = random.Next(1, 4);
            _present = new bool[required, Entities, Days];
            _halted = new bool[Entities, Days];
            _isStarted = new bool[required];
            _traded = new bool[Entities, Days];
            _hasHalts = random.Next(3) > 0;
            _hasTrades = random.Next(2) > 0;
            var days = Enumerable.Range(0, Days).Select(d => s_first.AddDays(d * 2)).ToArray();
            Evidence = new CheckEvidence(
                new EntityList(
                    isKnown: random.Next(8) > 0,
                    [
                        .. Enumerable
                            .Range(0, Entities)
                            .Select(i => new ListMember(
                                $"e{i}",
                                AnyDay(random, DateOnly.MinValue),
                                AnyDay(random, DateOnly.MaxValue),
                                s_first,
                                AnyDay(random, DateOnly.MaxValue)
                            )),
                    ]
                ),
                new DayAxis(days),
                [.. Enumerable.Range(0, required).Select(r => Fill(random, r))],
                _hasHalts ? Halts(random) : null,
                _hasHalts && _hasTrades ? Trades(random) : null,
                random.Next(4) == 0 ? AnyDay(random, DateOnly.MaxValue) : null
            );
        }

        public int Days { get; }

        public int Entities { get; }

        public CheckEvidence Evidence { get; }

        public Cell Model(int entity, int day)
        {
            var date = Evidence.Axis.Days[day];
            if (date < Evidence.Entities.Listed[entity])
            {
                return new Cell(CellStatus.NotApplicable, CellReason.NotListed);
            }

            if (date >= Evidence.Entities.Delisted[entity])
            {
                return new Cell(CellStatus.NotApplicable, CellReason.Delisted);
            }

            var there = Enumerable.Range(0, _isStarted.Length).Select(r => _present[r, entity, day]).ToArray();
            return (Evidence.Entities.IsKnown, there) switch
            {
                (false, _) => new Cell(CellStatus.NotStarted),
                (_, var t) when t.All(x => x) => new Cell(CellStatus.Complete),
                _ when _hasHalts && _halted[entity, day] && !_traded[entity, day] => new Cell(
                    CellStatus.NotApplicable,
                    CellReason.Suspended
                ),
                (_, var t) when t.Any(x => x) => new Cell(CellStatus.Partial),
                _ when !_isStarted.Any(x => x) => new Cell(CellStatus.NotStarted),
                _ when date >= Evidence.Entities.Left[entity] => new Cell(
                    CellStatus.NotApplicable,
                    CellReason.NotInList
                ),
                _ when Evidence.GoneBefore is { } newest && date < newest => new Cell(
                    CellStatus.NotApplicable,
                    CellReason.VendorHorizon
                ),
                _ => new Cell(CellStatus.Missing),
            };
        }

        private DateOnly AnyDay(Random random, DateOnly otherwise) =>
            random.Next(2) == 0 ? otherwise : s_first.AddDays(random.Next(-5, (Days * 2) + 5));

        private PresenceBits Fill(Random random, int required)
        {
            _isStarted[required] = random.Next(4) > 0;
            var bits = new PresenceBits(Entities, Days, _isStarted[required]);
            var density = random.NextDouble();
            for (var entity = 0; entity < Entities; entity++)
            {
                for (var day = 0; day < Days; day++)
                {
                    if (_isStarted[required] && random.NextDouble() < density)
                    {
                        _present[required, entity, day] = true;
                        bits.Set(entity, day);
                    }
                }
            }

            return bits;
        }

        private PresenceBits Halts(Random random) => Scatter(random, _halted);

        private PresenceBits Trades(Random random) => Scatter(random, _traded);

        private PresenceBits Scatter(Random random, bool[,] cells)
        {
            var bits = new PresenceBits(Entities, Days, isStarted: true);
            for (var entity = 0; entity < Entities; entity++)
            {
                for (var day = 0; day < Days; day++)
                {
                    if (random.Next(5) == 0)
                    {
                        cells[entity, day] = true;
                        bits.Set(entity, day);
                    }
                }
            }

            return bits;
        }
    }

    [Fact]
    public void Code_EveryStateAndReason_ComesBackAsItWas()
    {
        foreach (var status in Enum.GetValues<CellStatus>())
        {
            foreach (var reason in Enum.GetValues<CellReason>())
            {
                var cell = new Cell(status, reason);
                cell.Code.ShouldBeInRange(0, Cell.Codes - 1);
                Cell.OfCode(cell.Code).ShouldBe(cell);
            }
        }
    }
}
