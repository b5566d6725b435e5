using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>A lake of prices whose clock is moved by hand and whose table is compacted.</summary>
internal sealed class CompactionRig(TablePartitioning? partitioning = null) : IDisposable
{
    public static readonly TableId Prices = LakeFixture.Prices().Id;

    public LakeFixture Fixture { get; } = new(partitioning: partitioning);

    /// <summary>Four days after the fixture's day: it is hot.</summary>
    public ManualClock Clock { get; } = new(new DateTimeOffset(2022, 6, 5, 0, 0, 0, TimeSpan.Zero));

    public Task<CompactedTable> CompactAsync(CompactOptions? options = null, Action? afterFile = null) =>
        new TableCompactor(Fixture.NewLake(), Fixture.Engine, Clock, new SystemIdSource()).CompactAsync(
            Prices,
            options ?? new CompactOptions(),
            afterFile is null ? null : new Reporter(afterFile),
            default
        );

    public Task<TableSnapshot> SnapshotAsync() => Fixture.NewLake().Table(Prices).SnapshotAsync(default);

    /// <summary>The rows as <c>unit: code=price …</c>, in the order of their places.</summary>
    public async Task<string> RowsOfAsync(string unit)
    {
        var lake = Fixture.NewLake();
        var snapshot = await lake.Table(Prices).SnapshotAsync(default);
        using var connection = Fixture.Engine.Connect();
        using var result = connection.Query(
            $"SELECT code || '=' || price::VARCHAR FROM {Tidemark.Lake.Tables.SliceSql.Source(snapshot, snapshot.SlicesOf(unit), lake.Store)}"
        );
        return string.Join(' ', result.Rows().Select(r => (string)r[0]!));
    }

    /// <summary>
    /// Lets the log say another size of a file: one that differs is left alone before anybody reads it.
    /// </summary>
    public void SayOfTheLog(AddAction file, long size)
    {
        var log = Path.Combine(Fixture.Folder, Prices.Prefix, "_delta_log");
        foreach (var entry in Directory.GetFiles(log, "*.json"))
        {
            var lines = File.ReadAllLines(entry);
            File.WriteAllLines(
                entry,
                lines.Select(l =>
                    l.Contains(file.Path, StringComparison.Ordinal)
                        ? l.Replace($"\"size\":{file.Size}", $"\"size\":{size}", StringComparison.Ordinal)
                        : l
                )
            );
        }
    }

    public void Dispose() => Fixture.Dispose();

    /// <summary>
    /// Synchronous, unlike <see cref="Progress{T}"/>: what it does is done before the compaction goes on.
    /// </summary>
    private sealed class Reporter(Action act) : IProgress<CompactProgress>
    {
        public void Report(CompactProgress value) => act();
    }
}
