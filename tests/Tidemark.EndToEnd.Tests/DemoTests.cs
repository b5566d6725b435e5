using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>The first thing that anybody types.</summary>
public sealed class DemoTests
{
    private static readonly string[] s_small = ["--no-serve", "--json", "--stocks", "60", "--days", "4"];

    [Fact]
    public async Task Demo_SmallMarket_PrintsThePromisedObject()
    {
        using var folder = new TemporaryFolder();

        var ended = (await TidemarkProcess.RunAsync(folder.Path, ["demo", "w", .. s_small])).With(exitCode: 0);

        var answer = ended.Json();
        answer
            .Members()
            .ShouldBe(["workspace", "days", "flags_on", "runs", "rows", "tables", "status", "seconds"], ended.Out);
        answer.Text("workspace").ShouldBe(folder.At("w"));
        answer.Number("days").ShouldBe(4);
        answer.Number("runs").ShouldBe(2);
        answer.Number("rows").ShouldBeGreaterThan(1000);
        answer.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        var derived = Directory
            .GetFiles(
                Path.Combine(AppContext.BaseDirectory, "definitions", "warehouse"),
                "*.sql",
                SearchOption.AllDirectories
            )
            .Select(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}.{Path.GetFileNameWithoutExtension(file)}")
            .ToArray();
        var declared = (await new Workspace(folder.At("w")).JsonAsync("datasets"))
            .EnumerateArray()
            .Where(d => d.GetProperty("batch").GetString() is "P0" or "P1" && d.Text("state") != "retired")
            .Select(d => d.Text("table"))
            .ToArray();
        declared.Length.ShouldBeGreaterThan(50);
        answer
            .GetProperty("tables")
            .EnumerateArray()
            .Select(t => t.GetString())
            .ShouldBe(
                // Minutes are bought by themselves, and no demo has them.
                [
                    .. declared,
                    .. derived.Where(table => !table.EndsWith("_minute", StringComparison.Ordinal)),
                    "ods.ods_macro_vintage",
                ],
                ignoreOrder: true,
                "every dataset of P0 and P1 has been asked for, and every table built of them"
            );
        var status = answer.GetProperty("status");
        status.Members().ShouldBe(["complete", "partial", "missing", "not_applicable", "not_started"]);
        status.Number("complete").ShouldBeGreaterThan(400);
        status.Number("missing").ShouldBe(0);
        status.Number("not_started").ShouldBe(0);
        ended.Error.ShouldContain("New workspace");
    }

    [Fact]
    public async Task Demo_OnTheSameFolderAgain_GoesOnAndCommitsNothing()
    {
        using var folder = new TemporaryFolder();
        var workspace = new Workspace(folder.At("w"));
        // As many stocks as it takes for every list to have somebody: an empty one is asked for again.
        string[] demo = ["demo", "w", "--no-serve", "--json", "--stocks", "200", "--days", "4"];
        var first = (await TidemarkProcess.RunAsync(folder.Path, demo)).With(exitCode: 0).Json();
        var versions = await workspace.VersionsAsync();

        // What is not named is what the folder has; another market would mix with it.
        var other = await TidemarkProcess.RunAsync(folder.Path, "demo", "w", "--no-serve", "--seed", "7");
        var second = (await TidemarkProcess.RunAsync(folder.Path, "demo", "w", "--no-serve", "--json"))
            .With(exitCode: 0)
            .Json();

        other.With(exitCode: 2).Error.ShouldContain("WORKSPACE_EXISTS");
        other.Error.ShouldContain("is a demo with --seed 1:");
        (await workspace.VersionsAsync()).ShouldBe(versions);
        second.Number("rows").ShouldBe(first.Number("rows"));
        second.GetProperty("status").ToString().ShouldBe(first.GetProperty("status").ToString());
        var runs = await workspace.JsonAsync("runs");
        runs.GetArrayLength().ShouldBe(4);
        runs.EnumerateArray().ShouldAllBe(r => r.GetProperty("status").GetString() == "success");
    }

    [Fact]
    public async Task Demo_ForPeople_ShowsTheTidemarkAQueryAndWhatToTryNext()
    {
        using var folder = new TemporaryFolder();

        var ended = await TidemarkProcess.RunAsync(
            folder.Path,
            ["demo", "w", "--no-serve", "--stocks", "60", "--days", "4", "--seed", "7"]
        );

        ended.With(exitCode: 0);
        ended.Out.ShouldContain("stock.daily_bars");
        ended.Out.ShouldContain("avg_amount_mcny");
        ended.Out.ShouldContain("tidemark history ods.ods_daily");
        ended.Out.ShouldNotContain("\u001b", Case.Sensitive, "a pipe is no terminal");
    }

    [Fact]
    public async Task Demo_ThatServes_EndsWithCtrlC()
    {
        using var folder = new TemporaryFolder();
        await using var demo = TidemarkProcess.Start(folder.Path, "demo", "w", "--stocks", "60", "--days", "4");
        demo.WaitUntil(() => demo.OutSoFar.Contains("until Ctrl-C", StringComparison.Ordinal), "the demo was serving");

        demo.Send(Signal.Interrupt);

        (await demo.EndAsync()).ExitCode.ShouldBe(0);
    }
}
