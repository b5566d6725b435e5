using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>
/// Whatever is committed, compacted, restored and waited for: the table is a dictionary from unit to rows.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CompactionModelTests
{
    private const int Units = 6;

    [Theory]
    [InlineData("dt")]
    [InlineData("month")]
    public void AnyCommitsCompactionsAndRestores_EqualADictionaryOfUnits(string divided)
    {
        var unit =
            from number in Gen.Choose(0, Units - 1)
            from rows in Gen.Choose(0, 4)
            from price in Gen.Choose(1, 3)
            select new Change(number, rows, price);
        var commit = unit.NonEmptyListOf().Select(units => new Step(units.DistinctBy(u => u.Unit).ToArray(), 0, null));
        var compact = Gen.Choose(1, 20).Select(days => new Step([], days, null));
        var restore = Gen.Choose(0, 100).Select(version => new Step([], 0, version));
        var steps = Gen.Frequency((3, commit), (2, compact), (1, restore)).ListOf();

        Prop.ForAll(steps.ToArbitrary(), x => RunAsync([.. x], LakeFixture.DividedBy(divided)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(12)).WithEndSize(12));
    }

    private static async Task RunAsync(IReadOnlyList<Step> steps, TablePartitioning partitioning)
    {
        using var rig = new CompactionRig(partitioning);
        var model = new Dictionary<string, string>(StringComparer.Ordinal);
        var versions = new Dictionary<long, Dictionary<string, string>>();
        foreach (var step in steps)
        {
            if (step.Changes.Count > 0)
            {
                await CommitAsync(rig, step.Changes, model);
            }
            else if (model.Count > 0 && step.Restored is { } number)
            {
                var version = versions.Keys.Order().ElementAt(number % versions.Count);
                await new TableRestore(rig.Fixture.NewLake().Table(CompactionRig.Prices)).RestoreAsync(
                    version,
                    default
                );
                model = new Dictionary<string, string>(versions[version], StringComparer.Ordinal);
            }
            else if (model.Count > 0)
            {
                await CompactAsync(rig, step.Days);
            }

            if (model.Count > 0)
            {
                await AssertEqualAsync(rig, model);
                versions[(await rig.SnapshotAsync()).Version] = new Dictionary<string, string>(
                    model,
                    StringComparer.Ordinal
                );
            }
        }

        if (model.Count > 0)
        {
            var lake = rig.Fixture.NewLake();
            var verified = await new LakeVerifier(lake).VerifyAsync(
                lake.Table(CompactionRig.Prices),
                false,
                null,
                default
            );
            verified.Faults.ShouldBeEmpty();
        }
    }

    private static async Task CommitAsync(
        CompactionRig rig,
        IReadOnlyList<Change> changes,
        Dictionary<string, string> model
    )
    {
        var lake = rig.Fixture.NewLake();
        using var staging = lake.Stage(rig.Fixture.Table, "run");
        foreach (var change in changes)
        {
            var rows = Enumerable
                .Range(0, change.Rows)
                .Select(i => ($"u{change.Unit}-{i}", (double?)(change.Price + i)))
                .ToArray();
            staging.Append(change.Name, change.Day, Batch(rows));
            model[change.Name] = string.Join(
                ' ',
                rows.Select(r => FormattableString.Invariant($"{r.Item1}={r.Item2:F1}"))
            );
        }

        await lake.CommitAsync(staging, new CommitRequest("TEST", null, "the model says so"), default);
    }

    private static async Task CompactAsync(CompactionRig rig, int days)
    {
        rig.Clock.Advance(TimeSpan.FromDays(days));
        // Files so small that some are large for these options, and bins of two or three files.
        var options = new CompactOptions { EnoughBytes = 1500, MaxBytes = 2200 };
        var first = await rig.CompactAsync(options);
        var second = await rig.CompactAsync(options);
        (second.Version, second.FilesBefore).ShouldBe((first.Version, 0), "a second run changes nothing");
    }

    private static async Task AssertEqualAsync(CompactionRig rig, Dictionary<string, string> model)
    {
        var snapshot = await rig.SnapshotAsync();
        snapshot.Units.ShouldBe(model.Keys, ignoreOrder: true);
        foreach (var (unit, rows) in model)
        {
            (await rig.RowsOfAsync(unit)).ShouldBe(rows, unit);
            snapshot.SlicesOf(unit).ShouldAllBe(s => s.Day == DayOf(unit));
        }

        var total = model.Values.Sum(r => r.Length == 0 ? 0 : r.Split(' ').Length);
        snapshot.RowCount.ShouldBe(total);
        (await rig.Fixture.RowsAsync("SELECT count(*) FROM ods.ods_prices")).ShouldBe([$"{total}"]);
        var byDay = model
            .Where(u => u.Value.Length > 0)
            .GroupBy(u => DayOf(u.Key), u => u.Value.Split(' ').Length)
            .OrderBy(d => d.Key)
            .Select(d => $"{d.Key:yyyy-MM-dd}|{d.Sum()}");
        (await rig.Fixture.RowsAsync("SELECT dt, count(*) FROM ods.ods_prices GROUP BY dt ORDER BY dt")).ShouldBe(
            byDay
        );
    }

    // Two days of one month and one of the next.
    private static DateOnly DayOf(string unit) => LakeFixture.Day.AddDays((unit[^1] - '0') % 3 * 20);

    private static ColumnBatch Batch((string Code, double? Price)[] rows) => LakeFixture.Batch(rows);

    private sealed record Change(int Unit, int Rows, int Price)
    {
        public string Name => $"slot/{Unit}";

        public DateOnly Day => DayOf(Name);
    }

    private sealed record Step(IReadOnlyList<Change> Changes, int Days, int? Restored);
}
