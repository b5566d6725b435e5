using System.Diagnostics;
using System.Text.Json;

namespace Tidemark.Lake.Tests.Log;

/// <summary>Checkpoints as ClickHouse reads them, which shares nothing with Tidemark.</summary>
public sealed class CheckpointReadByOthersTests
{
    [Fact]
    public async Task Checkpoint_WithoutTheEntriesBeforeIt_IsAllThatAnIndependentReaderNeeds()
    {
        var script = Path.Combine(Root(), "tests", "node", "read-delta.cjs");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Path.GetDirectoryName(script)!, "node_modules", "chdb")),
            "chdb is not installed: npm ci in tests/node"
        );
        using var lake = new LakeFixture();
        for (var i = 0; i < 12; i++)
        {
            await lake.CommitAsync($"p/{i % 8}", LakeFixture.Day.AddDays(i % 8), ($"c{i}", i), ("x", null));
        }

        var log = lake.Lake.Table(LakeFixture.Prices().Id).Log;
        await log.CheckpointAsync(9, TestContext.Current.CancellationToken);
        var entries = Path.Combine(lake.Folder, "ods/ods_prices/_delta_log");
        for (var version = 0; version <= 8; version++)
        {
            File.Delete(Path.Combine(entries, $"{version:D20}.json"));
        }

        var ours = await lake.RowsAsync("SELECT count(*), sum(price) FROM ods.ods_prices");
        ours.ShouldBe(["16|60"]); // 4 … 11
        (await TheirsAsync(script, lake.Folder)).ShouldBe("16|60");
    }

    private static async Task<string> TheirsAsync(string script, string folder)
    {
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = folder, // ClickHouse reads below the folder that it stands in
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var request = new
        {
            parent = folder,
            tables = new[]
            {
                new
                {
                    table = "t",
                    path = Path.Combine(folder, "ods/ods_prices"),
                    numbers = new[] { "price" },
                },
            },
        };
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        var table = JsonDocument.Parse(answer).RootElement.GetProperty("t");
        return $"{table.GetProperty("rows")}|{table.GetProperty("sums")[0]}";
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
