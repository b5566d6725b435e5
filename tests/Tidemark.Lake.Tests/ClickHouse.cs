using System.Diagnostics;
using System.Text.Json;

namespace Tidemark.Lake.Tests;

/// <summary>Delta tables as ClickHouse reads them, which shares nothing with Tidemark.</summary>
internal static class ClickHouse
{
    public const string HowToInstall = "chdb is not installed: npm ci in tests/node";
    private static readonly string s_node = Path.Combine(Root(), "tests", "node");

    public static bool IsInstalled => Directory.Exists(Path.Combine(s_node, "node_modules", "chdb"));

    /// <summary>How many rows a table has, and the sum of a column (0 for none).</summary>
    public static async Task<(long Rows, double Sum)> ReadAsync(string lake, string table, string column)
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
                    numbers = new[] { column },
                },
            },
        };
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        var answer = JsonDocument.Parse(text).RootElement.GetProperty("t");
        var sum = answer.GetProperty("sums")[0];
        return (answer.GetProperty("rows").GetInt64(), sum.ValueKind == JsonValueKind.Number ? sum.GetDouble() : 0);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tidemark.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Tidemark.slnx above");
        }

        return folder;
    }
}
