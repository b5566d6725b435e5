using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Done means whole, as a user meets it: what came empty is fetched again, what is at fault takes only itself, what is
/// there can be had again.
/// </summary>
public sealed partial class CompletionTests : IDisposable
{
    private static readonly string[] s_bars = ["--datasets", "trade_cal,stock_basic,daily"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<(SimulatorProcess Vendor, Workspace Workspace)> StartAsync(string faults)
    {
        var vendor = await SimulatorProcess.SmallMarketAsync(
            _folder.Path,
            "--faults",
            _folder.Write("faults.yaml", faults)
        );
        var workspace = Workspace.Create(_folder.At("w"), vendor.Url, "2025-06-23", "2025-06-27");
        return (vendor, (await workspace.WithWavesAsync()).Here);
    }

    [Fact]
    public async Task Run_DayThatCameEmpty_IsPlannedAgainUntilItIsThere()
    {
        var (vendor, workspace) = await StartAsync(
            "- { api: daily, params: { trade_date: \"20250625\" }, when: { nth: 1 }, do: empty }"
        );
        await using var _ = vendor;

        var first = (await workspace.RunAsync(["run", "universe", .. s_bars, "--json"])).With(exitCode: 4);

        var run = first.Json().GetProperty("runs")[0];
        run.Text("status").ShouldBe("partial");
        (run.Number("done"), run.Number("failed"), run.Number("left")).ShouldBe((7, 0, 0));
        run.GetProperty("incomplete")[0].Text("unit").ShouldBe("tushare.daily/2025-06-25");
        run.GetProperty("incomplete")[0].Number("attempts").ShouldBe(1);
        first.Error.ShouldContain("tushare.daily/2025-06-25 not whole");
        var shown = (await workspace.RunAsync("runs", "show", run.Text("id"))).With(exitCode: 0);
        shown.Out.ShouldContain("1 not whole");
        shown.Out.ShouldContain("tushare.daily/2025-06-25 not whole, attempts so far 1:");

        var waiting = (await workspace.RunAsync(["run", "universe", .. s_bars, "--scheduled", "--json"])).With(
            exitCode: 4
        );
        waiting.Json().GetProperty("runs")[0].Number("planned").ShouldBe(0);
        waiting.Json().GetProperty("runs")[0].GetProperty("waiting").GetArrayLength().ShouldBe(1);

        var second = (await workspace.RunAsync(["run", "universe", .. s_bars, "--json"])).With(exitCode: 0).Json();
        (second.GetProperty("runs")[0].Number("planned"), second.GetProperty("runs")[0].Number("done")).ShouldBe(
            (1, 1)
        );
        string[] again = ["backfill", "--from", "2025-06-23", "--to", "2025-06-27", "--datasets", "daily"];
        (await workspace.JsonAsync(again)).Number("planned").ShouldBe(0);
        var check = (await workspace.JsonAsync("status", "--check", "stock.daily_bars", "--pool", "source_pool"))
            .GetProperty("pools")[0]
            .GetProperty("buckets")[0]
            .GetProperty("checks")[0];
        check.Number("missing").ShouldBe(0);
        check.Number("complete").ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task Run_OneApiAtFault_LeavesOutItsModuleAndNamesItOnce()
    {
        var (vendor, workspace) = await StartAsync("- { api: fund_daily, do: { rename_column: { vol: volume } } }");
        await using var _ = vendor;

        var ended = (await workspace.RunAsync("run", "universe", "--no-build")).With(exitCode: 4);

        LeftOut().Count(ended.Error).ShouldBe(1, ended.Error);
        ended.Error.ShouldContain("not declared, but sent: volume");
        ended.Error.ShouldContain("tushare.fund_daily: 5 units, ");
        var tables = await workspace.VersionsAsync();
        tables.Keys.ShouldNotContain("ods.ods_fund_daily");
        tables.Count.ShouldBe(9);
        var run = (await workspace.JsonAsync("runs"))[0];
        run.Text("status").ShouldBe("partial");

        (await workspace.RunAsync("run", "universe", "--datasets", "fund_daily"))
            .With(exitCode: 3)
            .Error.ShouldContain("READINESS_BLOCKED");
    }

    [Fact]
    public async Task Refetch_SmallerAnswer_IsAllowedByDoingWhatTheMessageSays()
    {
        var (vendor, workspace) = await StartAsync(
            "- { api: daily, params: { trade_date: \"20250625\" }, when: { between: [2, 100] }, do: empty }"
        );
        await using var _ = vendor;
        (await workspace.RunAsync(["run", "universe", .. s_bars])).With(exitCode: 0);
        const string Rows = "SELECT count(*) AS n FROM ods.ods_daily WHERE dt = '2025-06-25'";
        var rows = (await workspace.SqlAsync(Rows)).Single().Number("n");

        var same = await workspace.JsonAsync("refetch", "tushare.daily", "--from", "2025-06-24", "--to", "2025-06-24");
        same.Members().Take(3).ShouldBe(["planned", "done", "failed"]);
        same.GetProperty("rows").Members().ShouldBe(["added", "changed", "removed", "unchanged"]);
        same.GetProperty("rows").Number("unchanged").ShouldBeGreaterThan(30);
        same.GetProperty("rows").Number("added").ShouldBe(0);

        string[] refetch = ["refetch", "tushare.daily", "--from", "2025-06-25", "--to", "2025-06-25"];
        var refused = (await workspace.RunAsync(refetch)).With(exitCode: 4);
        (await workspace.SqlAsync(Rows)).Single().Number("n").ShouldBe(rows);

        var advice = Advice().Match(refused.Error.ReplaceLineEndings(" "));
        advice.Success.ShouldBeTrue(refused.Error);
        string[] advised =
        [
            .. advice.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "the exchange was closed",
        ];
        var allowed = await workspace.RunAsync([.. advised, "--json"]);

        var answer = allowed.Json();
        (answer.Number("done"), answer.Number("failed")).ShouldBe((1, 0), allowed.Error);
        answer.GetProperty("rows").Number("removed").ShouldBe(rows);
        (await workspace.SqlAsync(Rows)).Single().Number("n").ShouldBe(0);
        (await workspace.JsonAsync("history", "ods.ods_daily"))[0]
            .Text("shrink_reason")
            .ShouldBe("the exchange was closed");
        (await workspace.RunAsync("history", "ods.ods_daily")).Out.ShouldContain("smaller, because");
    }

    [Fact]
    public async Task Refetch_WhatIsNotThere_EndsWith2AndNamesTheNearest()
    {
        var (vendor, workspace) = await StartAsync("[]");
        await using var _ = vendor;

        var ended = (await workspace.RunAsync("refetch", "tushare.dailly")).With(exitCode: 2);

        ended.Error.ShouldContain("DATASET_UNKNOWN");
        ended.Error.ShouldContain("did you mean 'tushare.daily'?");
        (await workspace.RunAsync("refetch", "daily", "--allow-shrink", " ")).With(exitCode: 2);
    }

    [GeneratedRegex("MODULE_LEFT_OUT")]
    private static partial Regex LeftOut();

    [GeneratedRegex(@"tidemark (refetch .+? --allow-shrink) REASON")]
    private static partial Regex Advice();
}
