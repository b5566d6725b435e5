using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>The lake as ClickHouse reads it: whoever knows Delta needs nothing of ours.</summary>
public sealed class DeltaReaderTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-9; // the order of a sum's terms is the reader's own

    [Fact]
    public async Task Delta_IndependentReader_SeesTheSameRows()
    {
        var node = Checkout.Tool("node");
        Assert.SkipWhen(node is null, "node is not on this machine");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Checkout.Node, "node_modules", "chdb")),
            "chdb is not installed: npm ci in tests/node"
        );
        using var folder = new TemporaryFolder();
        (
            await TidemarkProcess.RunAsync(
                folder.Path,
                ["demo", "w", "--no-serve", "--json", "--stocks", "80", "--days", "5", "--seed", "3"]
            )
        ).With(exitCode: 0);
        var workspace = new Workspace(folder.At("w"));
        var tables = await NumbersAsync(workspace);
        tables.Count.ShouldBe(13);

        // What a writer that was killed in the middle leaves behind is nobody's data.
        var bars = Path.Combine(workspace.Lake, "ods", "ods_daily");
        var partition = Directory.GetDirectories(bars, "dt=*").Order(StringComparer.Ordinal).First();
        foreach (var place in new[] { Path.Combine(bars, "_delta_log"), partition })
        {
            await File.WriteAllTextAsync(Path.Combine(place, ".tmp-4711-1"), "{\"add\":");
        }

        File.Copy(Directory.GetFiles(partition, "*.parquet")[0], Path.Combine(partition, "never-committed.parquet"));
        await workspace.JsonAsync("catalog", "refresh");

        var ours = await OursAsync(workspace, tables);
        var theirs = await TheirsAsync(node!, workspace, tables);

        foreach (var (table, columns) in tables)
        {
            var mine = ours[table];
            var other = theirs.GetProperty(table);
            other.Number("rows").ShouldBe(mine.Number("n"), table);
            for (var i = 0; i < columns.Length; i++)
            {
                var expected = mine.GetProperty("s")[i];
                var actual = other.GetProperty("sums")[i];
                actual.ValueKind.ShouldBe(expected.ValueKind, $"{table}.{columns[i]}");
                if (expected.ValueKind == JsonValueKind.Number)
                {
                    var sum = expected.GetDouble();
                    actual.GetDouble().ShouldBe(sum, Math.Abs(sum) * Tolerance, $"{table}.{columns[i]}");
                }
            }

            output.WriteLine($"{table}: {mine.Number("n")} rows, {columns.Length} sums");
        }
    }

    private static async Task<SortedDictionary<string, string[]>> NumbersAsync(Workspace workspace)
    {
        var columns = await workspace.SqlAsync(
            "SELECT table_schema || '.' || table_name AS t, column_name AS c, data_type IN ('DOUBLE', 'BIGINT', 'INTEGER') AS is_number "
                + "FROM information_schema.columns WHERE table_schema IN (SELECT split_part(table_name, '.', 1) FROM catalog_meta.table_versions) "
                + "ORDER BY ordinal_position"
        );
        return new SortedDictionary<string, string[]>(
            columns
                .GroupBy(c => c.Text("t"))
                .ToDictionary(
                    t => t.Key,
                    t => t.Where(c => c.GetProperty("is_number").GetBoolean()).Select(c => c.Text("c")).ToArray()
                ),
            StringComparer.Ordinal
        );
    }

    private static async Task<Dictionary<string, JsonElement>> OursAsync(
        Workspace workspace,
        IReadOnlyDictionary<string, string[]> tables
    )
    {
        var query = string.Join(
            " UNION ALL ",
            tables.Select(t =>
                $"SELECT '{t.Key}' AS t, count(*) AS n, CAST([{string.Join(", ", t.Value.Select(c => $"sum(CAST(\"{c}\" AS DOUBLE))"))}] AS DOUBLE[]) AS s FROM {t.Key}"
            )
        );
        return (await workspace.SqlAsync(query)).ToDictionary(r => r.Text("t"), StringComparer.Ordinal);
    }

    private static async Task<JsonElement> TheirsAsync(
        string node,
        Workspace workspace,
        IReadOnlyDictionary<string, string[]> tables
    )
    {
        var request = JsonSerializer.Serialize(
            new
            {
                parent = Path.GetDirectoryName(workspace.Folder),
                tables = tables.Select(t => new
                {
                    table = t.Key,
                    path = Path.Combine(workspace.Lake, t.Key.Replace('.', '/')),
                    numbers = t.Value,
                }),
            }
        );
        var input = Path.Combine(workspace.Folder, "request.json");
        await File.WriteAllTextAsync(input, request);
        await using var process = TidemarkProcess.StartTool(
            "/bin/sh",
            Path.GetDirectoryName(workspace.Folder)!, // ClickHouse reads below the folder that it stands in
            new Dictionary<string, string>(),
            ["-c", $"exec '{node}' '{Path.Combine(Checkout.Node, "read-delta.cjs")}' < '{input}'"]
        );
        return (await process.EndAsync()).With(exitCode: 0).Json();
    }
}
