using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>
/// Any sequence of commits, restores, retentions and vacuums against a model that keeps every version whole.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class HistoryPropertyTests
{
    private static readonly int s_sequences = Effort.Of(8);
    private const int Steps = 14;

    [Theory]
    [InlineData("dt")]
    [InlineData("month")]
    public void AnySequence_LeavesEveryVersionWithinTheRetentionAsTheModelHasIt(string divided) =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                seed =>
                {
                    using var run = new Sequence(seed, LakeFixture.DividedBy(divided));
                    run.PlayAsync().GetAwaiter().GetResult();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(s_sequences));

    private sealed class Sequence(int seed, TablePartitioning partitioning) : IDisposable
    {
        private static readonly TableId s_id = LakeFixture.Prices().Id;
        private static readonly TimeSpan s_retention = TimeSpan.FromDays(5);
        private readonly Random _random = new(seed);
        private readonly LakeFixture _lake = new(partitioning: partitioning);

        // Later than the machine's: files look older than they are, so that it is the log alone that keeps them.
        private readonly ManualClock _clock = new(new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private readonly List<(DateTimeOffset Time, SortedDictionary<string, string> Rows)> _versions = [];
        private readonly List<string> _played = [];
        private DateTimeOffset _cutoff = DateTimeOffset.MinValue;
        private DataLake _aged = null!;

        private LakeTable Table => _aged.Table(s_id);

        // Four days in two months, or one after the other.
        private int Step => partitioning == TablePartitioning.Month ? 15 : 1;

        private string Story => $"seed {seed}: {string.Join(", ", _played)}";

        public async Task PlayAsync()
        {
            _aged = DataLake.OnDisk(_lake.Folder, _lake.Engine, _clock, new SystemIdSource());
            await CommitAsync();
            for (var step = 0; step < Steps; step++)
            {
                _clock.Advance(TimeSpan.FromHours(_random.Next(1, 60)));
                var play = _random.Next(10) switch
                {
                    < 5 => CommitAsync(),
                    < 7 => RestoreAsync(),
                    7 => DropAsync(),
                    _ => VacuumAsync(),
                };
                await play;
            }

            await CheckAsync();
        }

        public void Dispose() => _lake.Dispose();

        private async Task CommitAsync()
        {
            var rows = _versions.Count == 0 ? [] : new SortedDictionary<string, string>(_versions[^1].Rows);
            var units = new List<(string, DateOnly, Core.Columns.ColumnBatch)>();
            // Only a table that is there can be restored or vacuumed.
            foreach (
                var unit in Enumerable.Range(0, 4).Where(u => _random.Next(2) == 0 || (u == 0 && _versions.Count == 0))
            )
            {
                var day = LakeFixture.Day.AddDays(unit * Step);
                var values = Enumerable
                    .Range(0, _random.Next(1, 4))
                    .Select(i => ($"c{i}", (double?)_random.Next(5)))
                    .ToArray();
                units.Add(($"p/{unit}", day, LakeFixture.Batch(values)));
                foreach (var old in rows.Keys.Where(k => k.StartsWith(day.ToIso(), StringComparison.Ordinal)).ToArray())
                {
                    rows.Remove(old);
                }

                foreach (var (code, price) in values)
                {
                    rows[$"{day.ToIso()}|{code}"] = $"{price:F0}";
                }
            }

            if (units.Count == 0)
            {
                return;
            }

            var staged = await _lake.StageAsync(_aged, "run", [.. units]);
            var result = await Table.CommitAsync(staged, new CommitRequest("TEST", ShrinkReason: "test"), default);
            Note($"commit {units.Count}", result.IsNewVersion, result.Version, rows);
        }

        private async Task RestoreAsync()
        {
            var version = _random.Next(_versions.Count);
            try
            {
                var result = await new TableRestore(Table).RestoreAsync(version, default);
                Note($"restore {version}", result.IsNewVersion, result.Version, _versions[version].Rows);
            }
            catch (TidemarkException e) when (e.Code == "VERSION_VACUUMED")
            {
                IsWithinRetention(version).ShouldBeFalse($"{Story}, restore {version}: {e.Message}");
            }
        }

        private async Task DropAsync()
        {
            var today = LakeFixture.Day.AddDays(_random.Next(1, 6) * Step);
            var result = await Retention.DropAsync(Table, 2, today, apply: true, default);
            var rows = new SortedDictionary<string, string>(_versions[^1].Rows);
            foreach (var old in rows.Keys.Where(k => Last(TradeDate.ParseIso(k[..10])) < result.Cutoff).ToArray())
            {
                rows.Remove(old);
            }

            Note("drop", result.Version is not null, result.Version ?? _versions.Count - 1, rows);
        }

        private DateOnly Last(DateOnly day) =>
            partitioning == TablePartitioning.Month
                ? new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month))
                : day;

        private async Task VacuumAsync()
        {
            var vacuum = new Vacuum(_aged);
            var cutoff = vacuum.Cutoff(s_retention);
            var plan = await vacuum.PlanAsync(Table, cutoff, default);
            await vacuum.ApplyAsync(plan, default);
            _cutoff = cutoff;
            _played.Add($"vacuum {plan.Files}");
        }

        private void Note(string what, bool isNew, long version, SortedDictionary<string, string> rows)
        {
            _played.Add(isNew ? $"{what} → {version}" : $"{what}: nothing");
            if (isNew)
            {
                version.ShouldBe(_versions.Count, Story);
                _versions.Add((_clock.GetUtcNow(), rows));
            }
        }

        private bool IsWithinRetention(int version) =>
            version == _versions.Count - 1 || _versions[version + 1].Time >= _cutoff;

        private async Task CheckAsync()
        {
            var fresh = _lake.NewLake();
            for (var version = 0; version < _versions.Count; version++)
            {
                if (!IsWithinRetention(version))
                {
                    continue;
                }

                using var session = await fresh.OpenSessionAtAsync(
                    [await fresh.Table(s_id).SnapshotAtAsync(version, default)],
                    default
                );
                using var result = session.Connection.Query(
                    "SELECT dt::VARCHAR || '|' || code, price::BIGINT::VARCHAR FROM ods.ods_prices"
                );
                result
                    .Rows()
                    .ToDictionary(r => (string)r[0]!, r => (string)r[1]!)
                    .ShouldBe(_versions[version].Rows, ignoreOrder: true, $"{Story}; version {version}");
            }

            var verified = await new LakeVerifier(fresh).VerifyAsync(fresh.Table(s_id), false, null, default);
            verified.Faults.ShouldBeEmpty(Story);
            verified.Notes.ShouldBeEmpty(Story);
            (await fresh.Table(s_id).HistoryAsync(default)).Count.ShouldBe(_versions.Count, Story);
        }
    }
}
