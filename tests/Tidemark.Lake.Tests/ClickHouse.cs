using System.Diagnostics;
using System.Text.Json;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests;

/// <summary>Delta tables as ClickHouse reads them, which shares nothing with Tidemark.</summary>
internal static class ClickHouse
{
    public const string HowToInstall = "chdb is not installed: npm ci in tests/node";
    private static readonly string s_node = Path.Combine(SourceTree.Root, "tests", "node");

    public static bool IsInstalled => Directory.Exists(Path.Combine(s_node, "node_modules", "chdb"));

    /// <summary>How many rows a table has, and the sum of a column (0 for none).</summary>
    public static async Task<(long Rows, double Sum)> ReadAsync(string lake, string table, string column)
    {
        var answer = await AskAsync(lake, table, numbers: [column], texts: []);
        var sum = answer.GetProperty("sums")[0];
        return (answer.GetProperty("rows").GetInt64(), sum.ValueKind == JsonValueKind.Number ? sum.GetDouble() : 0);
    }

    /// <summary>The distinct values of some columns as texts, in order, with commas between them.</summary>
    public static async Task<IReadOnlyList<string>> TextsAsync(string lake, string table, params string[] columns) =>
        [
            .. (await AskAsync(lake, table, numbers: [], texts: columns))
                .GetProperty("texts")
                .EnumerateArray()
                .Select(values => string.Join(',', values.EnumerateArray().Select(v => v.GetString()))),
        ];

    private static async Task<JsonElement> AskAsync(string lake, string table, string[] numbers, string[] texts)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(s_node, "read-delta.cjs")])
        {
            WorkingDirectory = lake, // ClickHouse reads below the folder that it stands in
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var path = Path.Combine(lake, table);
        var request = new
        {
            parent = lake,
            tables = new[]
            {
                new
                {
                    table = "t",
                    path,
                    numbers,
                    texts,
                },
            },
        };
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        return JsonDocument.Parse(text).RootElement.GetProperty("t");
    }
}
