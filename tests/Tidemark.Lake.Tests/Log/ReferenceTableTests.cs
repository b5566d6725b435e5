using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Log;

/// <summary>
/// The tables on which other readers of Delta Lake are tested. What is expected of them was worked out by replaying
/// their entries with another program.
/// </summary>
public sealed class ReferenceTableTests(ITestOutputHelper output) : IDisposable
{
    // Of tables whose entries no longer reach back to 0: counted with ClickHouse from checkpoint and later entries.
    private static readonly Dictionary<string, (long Version, int Files)> s_checkpointed = new(StringComparer.Ordinal)
    {
        ["checkpoint-cdf-table"] = (5, 13),
        ["checkpoint_with_partitions"] = (2, 2),
        ["checkpoints_vacuumed"] = (12, 12),
    };

    private static readonly Dictionary<string, string[]> s_rows = new(StringComparer.Ordinal)
    {
        ["delta-0.8.0-null-partition"] = ["A|1", "null|2"],
        ["delta-0.8.0-special-partition"] = ["A/A|1", "B B|2"],
        ["delta-2.2.0-partitioned-types"] = ["4|c|5", "5|b|6", "6|a|4"],
    };

    private readonly LakeEngine _engine = new(
        new EngineOptions(2, "1GB"),
        Path.Combine(Path.GetTempPath(), "tidemark-spill-" + Path.GetRandomFileName())
    );

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task EveryTable_WithinReaderOne_HasItsFilesAndRowsAndTheOthersAreRefusedByFeature()
    {
        var folder = SharedFolder();
        var lake = new DataLake(
            new LocalObjectStore(folder),
            new StagingArea(Path.GetTempPath()),
            _engine,
            TimeProvider.System,
            new SystemIdSource()
        );
        var (read, counted, refused) = (0, 0, 0);
        foreach (
            var line in (await File.ReadAllLinesAsync(Path.Combine(folder, "expected_by_json_replay.csv"))).Skip(1)
        )
        {
            var expected = line.Split(',');
            var name = expected[0];
            if (!Directory.Exists(Path.Combine(folder, name, "_delta_log")))
            {
                continue;
            }

            var table = lake.Table(TableId.InFolder(name));
            if (expected[6].Length > 0 && int.Parse(expected[6], CultureInfo.InvariantCulture) > 1)
            {
                await RefusedAsync(table, expected[8].Split(';', StringSplitOptions.RemoveEmptyEntries));
                refused++;
                continue;
            }

            var snapshot = await table.SnapshotAsync(default);
            var (version, files) = s_checkpointed.TryGetValue(name, out var known)
                ? known
                : (
                    long.Parse(expected[3], CultureInfo.InvariantCulture),
                    int.Parse(expected[11], CultureInfo.InvariantCulture)
                );
            snapshot.Version.ShouldBe(version, name);
            snapshot.Files.Count.ShouldBe(files, name);
            read++;
            if (snapshot.Files.Values.Any(f => !File.Exists(Path.Combine(folder, DeltaPath.KeyOf(table.Id, f)))))
            {
                continue; // the collection holds some tables without their data
            }

            var rows = await CountRowsAsync(lake, snapshot);
            counted++;
            output.WriteLine($"{name}: version {version}, {files} files, {rows} rows");
            if (expected[12].Length > 0)
            {
                rows.ShouldBe(long.Parse(expected[12], CultureInfo.InvariantCulture), name);
            }
        }

        output.WriteLine($"proof: Delta's reference tables: {read} read, {counted} of them counted, {refused} refused");
        read.ShouldBeGreaterThan(20);
        counted.ShouldBeGreaterThan(15);
        refused.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("delta-0.8.0-null-partition", "k, v")]
    [InlineData("delta-0.8.0-special-partition", "x, y")]
    [InlineData("delta-2.2.0-partitioned-types", "c1, c2, c3")]
    public async Task PartitionColumns_OfAnyNameAndType_AreWhatTheLogSays(string name, string columns)
    {
        var lake = new DataLake(
            new LocalObjectStore(SharedFolder()),
            new StagingArea(Path.GetTempPath()),
            _engine,
            TimeProvider.System,
            new SystemIdSource()
        );
        var snapshot = await lake.Table(TableId.InFolder(name)).SnapshotAsync(default);
        using var session = await lake.OpenSessionAtAsync([snapshot], default);
        using var result = session.Connection.Query($"SELECT {columns} FROM folder.\"{name}\" ORDER BY ALL");
        result.Rows().Select(r => string.Join('|', r.Select(v => v ?? "null"))).ShouldBe(s_rows[name]);
    }

    [Fact]
    public async Task Append_ToATableOfOthers_IsRefused()
    {
        var store = new LocalObjectStore(SharedFolder());
        var log = new TableLog(
            TableId.InFolder("simple_table"),
            store,
            _engine,
            new StagingArea(Path.GetTempPath()),
            TimeProvider.System
        );

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            log.AppendAsync(_ => [LogRig.Commit(1)], "x", default)
        );
        error.Code.ShouldBe("TABLE_FOREIGN");
    }

    private static async Task RefusedAsync(LakeTable table, IEnumerable<string> features)
    {
        var error = await Should.ThrowAsync<TidemarkException>(() => table.SnapshotAsync(default), table.Id.ToString());
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        foreach (var feature in features)
        {
            error.Message.ShouldContain(feature);
        }
    }

    private static async Task<long> CountRowsAsync(DataLake lake, TableSnapshot snapshot)
    {
        using var session = await lake.OpenSessionAtAsync([snapshot], default);

        // All values are read, too: a column of another type than the log says would not pass.
        var view = $"folder.\"{snapshot.Table.Name}\"";
        using var all = session.Connection.Query(
            $"SELECT count(*), {string.Join(", ", snapshot.Columns.Select(c => $"count(\"{c.Name}\")"))} FROM {view}"
        );
        return (long)all.Rows().Single()[0]!;
    }

    private static string SharedFolder()
    {
        var folder = SourceTree.Shared("delta_conformance");
        Assert.SkipWhen(folder is null, "no reference tables beside the checkout");
        return folder!;
    }
}
