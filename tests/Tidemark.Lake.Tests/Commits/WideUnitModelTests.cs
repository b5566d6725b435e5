using FsCheck;
using FsCheck.Fluent;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Tests.Compaction;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Whatever units are committed over whatever days, compacted and restored: the table is a dictionary from unit, day
/// and code to a price.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class WideUnitModelTests
{
    private const int Units = 4;

    // Of two months, so that a unit has several folders in a table by month, too.
    private static readonly int[] s_days = [0, 1, 29, 30, 31];

    [Theory]
    [InlineData("dt")]
    [InlineData("month")]
    [InlineData("nothing")]
    public void AnyCommitsOfUnitsThatOverlapInDays_EqualADictionary(string divided)
    {
        var row =
            from day in Gen.Elements(s_days)
            from code in Gen.Choose(0, 2)
            from price in Gen.Choose(1, 2)
            select new Row(day, code, price);
        var unit =
            from number in Gen.Choose(0, Units - 1)
            from rows in row.ListOf()
            select new Change(number, [.. rows.DistinctBy(r => (r.Day, r.Code))]);
        var commit = unit.NonEmptyListOf().Select(units => new Step(Act.Commit, [.. units.DistinctBy(u => u.Unit)]));
        var compact = Gen.Constant(new Step(Act.Compact, []));
        var restore = Gen.Choose(0, 100).Select(version => new Step(Act.Restore, [], version));
        var steps = Gen.Frequency((5, commit), (1, compact), (1, restore)).ListOf();

        Prop.ForAll(steps.ToArbitrary(), x => RunAsync([.. x], LakeFixture.DividedBy(divided)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(12)).WithEndSize(10));
    }

    private static async Task RunAsync(IReadOnlyList<Step> steps, TablePartitioning partitioning)
    {
        using var rig = new WideRig(partitioning);
        var model = new Model();
        var versions = new List<Model>();
        foreach (var step in steps)
        {
            if (step.Act == Act.Commit)
            {
                await CommitAsync(rig, step.Changes, model);
            }
            else if (versions.Count > 0 && step.Act == Act.Compact)
            {
                await rig.Compaction.CompactAsync();
            }
            else if (versions.Count > 0)
            {
                var version = step.Version % versions.Count;
                await new TableRestore(rig.Fixture.NewLake().Table(CompactionRig.Prices)).RestoreAsync(
                    version,
                    default
                );
                model = versions[version].Copy();
            }

            if (model.Count > 0)
            {
                await AssertEqualAsync(rig, model);
                var version = (await rig.SnapshotAsync()).Version;
                while (versions.Count <= version)
                {
                    versions.Add(model.Copy());
                }
            }
        }

        if (model.Count > 0)
        {
            (await rig.FaultsAsync()).ShouldBeEmpty();
        }
    }

    private static async Task CommitAsync(WideRig rig, IReadOnlyList<Change> changes, Model model)
    {
        var request = new CommitRequest("TEST", null, "the model says so");
        var units = changes
            .Select(c => (c.Name, c.Rows.Select(r => ((int?)r.Day, c.CodeOf(r), (double?)r.Price)).ToArray()))
            .ToArray();
        var expected = changes.Select(c => (c.Name, Counts: model.CountsOf(c)));
        var counts = expected.ToDictionary(e => e.Name, e => e.Counts);
        var isNew = changes.Any(c => !model.Is(c));
        foreach (var change in changes)
        {
            model.Set(change);
        }

        var result = await rig.CommitAsync(request, units);

        foreach (var (unit, wanted) in counts)
        {
            var got = result.Counts[unit];
            (got.Inserted, got.Updated, got.Unchanged, got.Deleted).ShouldBe(wanted, unit);
        }

        result.IsNewVersion.ShouldBe(isNew);
        (await rig.CommitAsync(request, units)).IsNewVersion.ShouldBeFalse("twice is once");
    }

    private static async Task AssertEqualAsync(WideRig rig, Model model)
    {
        var snapshot = await rig.SnapshotAsync();
        snapshot.Units.ShouldBe(model.Units, ignoreOrder: true);
        foreach (var unit in model.Units)
        {
            snapshot.RowsOf(unit).ShouldBe(model.RowsOf(unit).Count, unit);
        }

        if (rig.Definition.HasDays)
        {
            foreach (var unit in model.Units.Where(u => model.RowsOf(u).Count > 0))
            {
                var days = model.RowsOf(unit).Keys.Select(k => WideRig.Day.AddDays(k.Day)).Distinct().Order();
                var said = snapshot.SlicesOf(unit).SelectMany(s => s.Days).Distinct().Order();
                said.ShouldBe(days, unit);
            }
        }

        (await rig.RowsAsync()).ShouldBe(model.Lines, ignoreOrder: true);
    }

    private sealed class Model
    {
        private readonly Dictionary<string, Dictionary<(int Day, string Code), int>> _units = [];

        public int Count => _units.Count;

        public IEnumerable<string> Units => _units.Keys;

        public IEnumerable<string> Lines =>
            _units.Values.SelectMany(u => u.Select(r => $"{r.Key.Day}|{r.Key.Code}|{r.Value}"));

        public Dictionary<(int Day, string Code), int> RowsOf(string unit) => _units.GetValueOrDefault(unit, []);

        public bool Is(Change change) =>
            _units.TryGetValue(change.Name, out var rows)
            && rows.Count == change.Rows.Count
            && change.Rows.All(r => rows.TryGetValue((r.Day, change.CodeOf(r)), out var price) && price == r.Price);

        public (long, long, long, long) CountsOf(Change change)
        {
            var old = RowsOf(change.Name);
            var now = change.Rows.ToDictionary(r => (r.Day, change.CodeOf(r)), r => r.Price);
            return (
                now.Keys.Count(k => !old.ContainsKey(k)),
                now.Count(r => old.TryGetValue(r.Key, out var price) && price != r.Value),
                now.Count(r => old.TryGetValue(r.Key, out var price) && price == r.Value),
                old.Keys.Count(k => !now.ContainsKey(k))
            );
        }

        public void Set(Change change) =>
            _units[change.Name] = change.Rows.ToDictionary(r => (r.Day, change.CodeOf(r)), r => r.Price);

        public Model Copy()
        {
            var copy = new Model();
            foreach (var (unit, rows) in _units)
            {
                copy._units[unit] = new Dictionary<(int, string), int>(rows);
            }

            return copy;
        }
    }

    private enum Act
    {
        Commit,
        Compact,
        Restore,
    }

    private sealed record Row(int Day, int Code, int Price);

    private sealed record Change(int Unit, IReadOnlyList<Row> Rows)
    {
        public string Name => $"h/{Unit}";

        public string CodeOf(Row row) => $"u{Unit}c{row.Code}";
    }

    private sealed record Step(Act Act, IReadOnlyList<Change> Changes, int Version = 0);
}
