using System.Text.Json;
using Tidemark.Testing.Stores;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>
/// What somebody reads of a table: its rows, and the sum of each column of numbers (null where there is none).
/// </summary>
internal sealed record TableSums(long Rows, double?[] Sums)
{
    private const double Tolerance = 1e-9; // the order of a sum's terms is the reader's own

    /// <summary>From an object with the members <c>rows</c> and <c>sums</c>.</summary>
    public static TableSums From(JsonElement answer) =>
        new(
            answer.Number("rows"),
            [
                .. answer
                    .GetProperty("sums")
                    .EnumerateArray()
                    .Select(s => s.ValueKind == JsonValueKind.Null ? null : (double?)s.GetDouble()),
            ]
        );

    public void ShouldBe(TableSums expected, string[] columns, string what)
    {
        Rows.ShouldBe(expected.Rows, what);
        Sums.Length.ShouldBe(columns.Length, what);
        for (var i = 0; i < columns.Length; i++)
        {
            if (expected.Sums[i] is { } sum && Sums[i] is { } mine)
            {
                mine.ShouldBe(sum, Math.Abs(sum) * Tolerance, $"{what}, {columns[i]}");
            }
            else
            {
                Sums[i].ShouldBe(expected.Sums[i], $"{what}, {columns[i]}");
            }
        }
    }
}

/// <summary>ClickHouse inside of Node.js: it reads Delta tables and shares nothing with Tidemark.</summary>
internal static class IndependentReader
{
    /// <summary>Skips the test on a machine without it.</summary>
    public static void SkipWhenMissing()
    {
        Assert.SkipWhen(Checkout.Tool("node") is null, "node is not on this machine");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Checkout.Node, "node_modules", "chdb")),
            "chdb is not installed: npm ci in tests/node"
        );
    }

    /// <param name="parent">
    /// A folder above all tables that are on disk: it reads below the folder that it stands in.
    /// </param>
    /// <param name="tables">Their names, the folders or addresses where they are, and their columns of numbers.</param>
    /// <param name="server">Whose keys it takes, when the tables are in a bucket.</param>
    public static async Task<Dictionary<string, TableSums>> ReadAsync(
        string parent,
        IEnumerable<(string Table, string Path, string[] Numbers)> tables,
        S3Server? server
    )
    {
        var request = new
        {
            parent,
            s3 = server is null ? null : new { key = server.AccessKey, secret = server.SecretKey },
            tables = tables.Select(t => new
            {
                table = t.Table,
                path = t.Path,
                numbers = t.Numbers,
            }),
        };
        await File.WriteAllTextAsync(Path.Combine(parent, "request.json"), JsonSerializer.Serialize(request));
        await using var process = TidemarkProcess.StartTool(
            "/bin/sh",
            parent,
            new Dictionary<string, string>(),
            "-c",
            "exec \"$0\" \"$1\" < request.json",
            Checkout.Tool("node")!,
            Path.Combine(Checkout.Node, "read-delta.cjs")
        );
        var answer = (await process.EndAsync()).With(exitCode: 0).Json();
        return answer.EnumerateObject().ToDictionary(t => t.Name, t => TableSums.From(t.Value), StringComparer.Ordinal);
    }
}
