using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// The lake as ClickHouse reads it: whoever knows Delta needs nothing of ours, whatever the lake has been through.
/// </summary>
public sealed class DeltaReaderTests(ITestOutputHelper output)
{
    private const string Bars = "ods.ods_daily";
    private const string Dropped = "ods.ods_index_daily"; // the table of which retention keeps less

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delta_CompactedRestoredVacuumed_IndependentReaderSeesTheSameRows(bool inBucket)
    {
        IndependentReader.SkipWhenMissing();
        await using var place = await LakePlace.MakeAsync(inBucket);
        // Two weeks have at most 11 trading days, whatever day it is: at least five of these are cold.
        await place.DemoAsync("--stocks", "800", "--days", "16", "--seed", "3");
        var workspace = place.Workspace;
        var numbers = await NumbersAsync(workspace);
        numbers.Count.ShouldBeGreaterThan(20);
        if (!inBucket)
        {
            await LeaveWhatAKilledWriterLeavesAsync(workspace);
        }

        var made = await BothReadAsync(place, numbers, "demo");
        // How many commits the demo makes of a table is a question of time.
        var versions = (await workspace.JsonAsync("tables"))
            .EnumerateArray()
            .ToDictionary(t => t.Text("table"), t => (int)t.Number("version"), StringComparer.Ordinal);

        // Days more than two weeks past are cold: they get another compression, and so other files, where that makes
        // them smaller: in the tables of stocks.
        (await CompactAsync(workspace)).ShouldBeGreaterThanOrEqualTo(3);
        (await BothReadAsync(place, numbers, "compact")).ShouldBe(made);

        // Back to before the compaction, and to before days were dropped.
        await KeepTenDaysOfIndexBarsAsync(workspace);
        var fewer = await BothReadAsync(place, numbers, "retention");
        fewer.Where(t => made[t.Key] != t.Value).Select(t => t.Key).ShouldBe([Dropped]);
        foreach (var table in new[] { Bars, "dwd.dwd_stock_daily", Dropped })
        {
            await RestoreAsync(workspace, table, versions[table]);
        }

        (await BothReadAsync(place, numbers, "restore")).ShouldBe(made);

        (await CompactAsync(workspace)).ShouldBeInRange(1, 3);
        (await BothReadAsync(place, numbers, "compact again")).ShouldBe(made);

        await VacuumAsync(place);
        place.ForgetCache();
        (await BothReadAsync(place, numbers, "vacuum")).ShouldBe(made);
        (await workspace.RunAsync("restore", Bars, "--version", "0"))
            .With(exitCode: 2)
            .Error.ShouldContain("VERSION_VACUUMED");
        var verified = await workspace.JsonAsync("verify");
        verified.GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await BothReadAsync(place, numbers, "verify")).ShouldBe(made);
    }

    // Nobody's data: a log entry and a file that were not finished, and a file that no entry names.
    private static async Task LeaveWhatAKilledWriterLeavesAsync(Workspace workspace)
    {
        var bars = Path.Combine(workspace.Lake, Bars.Replace('.', '/'));
        var partition = Directory.GetDirectories(bars, "dt=*").Order(StringComparer.Ordinal).First();
        foreach (var folder in new[] { Path.Combine(bars, "_delta_log"), partition })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, ".tmp-4711-1"), "{\"add\":");
        }

        File.Copy(Directory.GetFiles(partition, "*.parquet")[0], Path.Combine(partition, "never-committed.parquet"));
    }

    private static async Task<int> CompactAsync(Workspace workspace)
    {
        var tables = await workspace.JsonAsync("compact");
        (await workspace.JsonAsync("compact"))
            .EnumerateArray()
            .Sum(t => t.Number("files_before"))
            .ShouldBe(0, "a second run changes nothing");
        return tables.EnumerateArray().Count(t => t.Number("files_before") > 0);
    }

    private static async Task KeepTenDaysOfIndexBarsAsync(Workspace workspace)
    {
        var file = Path.Combine(workspace.Folder, "tidemark.yaml");
        var text = await File.ReadAllTextAsync(file);
        text.ShouldContain("\nretention: {}");
        await File.WriteAllTextAsync(
            file,
            text.Replace("\nretention: {}", "\nretention: { ods_index_daily: 10d }", StringComparison.Ordinal)
        );
        var dropped = await workspace.JsonAsync("retention", "--apply");
        dropped.GetProperty("tables")[0].Number("rows").ShouldBeGreaterThan(0);
    }

    private static async Task RestoreAsync(Workspace workspace, string table, int version)
    {
        var restored = await workspace.JsonAsync("restore", table, "--version", $"{version}");
        restored.GetProperty("is_new_version").GetBoolean().ShouldBeTrue(table);
    }

    private static async Task VacuumAsync(LakePlace place)
    {
        // All that was replaced was replaced just now.
        var young = await place.Workspace.JsonAsync("vacuum", "--older-than", "1h", "--apply");
        young.GetProperty("tables").EnumerateArray().Sum(t => t.Number("files")).ShouldBe(0);
        var before = (await place.NamesAsync()).Count;

        var removed = await place.VacuumInTwoHoursAsync();

        removed.ShouldBeGreaterThan(9, "some days of several tables were written anew, one of them twice at least");
        (await place.NamesAsync()).Count.ShouldBe(before - removed);
    }

    /// <summary>Has both read every table, and compares.</summary>
    /// <returns>What stands in each table, by ours: rows and the sum of their hashes.</returns>
    private async Task<SortedDictionary<string, string>> BothReadAsync(
        LakePlace place,
        SortedDictionary<string, string[]> numbers,
        string after
    )
    {
        var rows = (await place.Workspace.SqlAsync(Query(numbers))).ToDictionary(r => r.Text("t"));
        var theirs = await IndependentReader.ReadAsync(
            place.Parent,
            numbers.Select(t => (t.Key, place.PathOf(t.Key), t.Value)),
            place.Server
        );
        foreach (var (table, columns) in numbers)
        {
            theirs[table].ShouldBe(TableSums.From(rows[table]), columns, $"{table} after {after}");
        }

        output.WriteLine(
            $"proof: ClickHouse after {after}: {numbers.Count} tables, {theirs.Values.Sum(t => t.Rows)} rows, {numbers.Values.Sum(c => c.Length)} sums"
        );
        return new(rows.ToDictionary(r => r.Key, r => $"{r.Value.Number("rows")} rows, {r.Value.Text("hash")}"));
    }

    private static async Task<SortedDictionary<string, string[]>> NumbersAsync(Workspace workspace)
    {
        var columns = await workspace.SqlAsync(
            "SELECT table_schema || '.' || table_name AS t, column_name AS c, data_type IN ('DOUBLE', 'BIGINT', 'INTEGER') AS is_number "
                + "FROM information_schema.columns WHERE table_schema || '.' || table_name IN (SELECT table_name FROM catalog_meta.table_versions) "
                + "ORDER BY ordinal_position"
        );
        return new(
            columns
                .GroupBy(c => c.Text("t"))
                .ToDictionary(
                    t => t.Key,
                    t => t.Where(c => c.GetProperty("is_number").GetBoolean()).Select(c => c.Text("c")).ToArray()
                ),
            StringComparer.Ordinal
        );
    }

    private static string Query(SortedDictionary<string, string[]> numbers) =>
        string.Join(
            " UNION ALL ",
            numbers.Select(t =>
                $"SELECT '{t.Key}' AS t, count(*) AS rows, CAST(sum(hash(r)) AS VARCHAR) AS hash, "
                + $"CAST([{string.Join(", ", t.Value.Select(c => $"sum(CAST(\"{c}\" AS DOUBLE))"))}] AS DOUBLE[]) AS sums FROM {t.Key} AS r"
            )
        );
}
