using System.Text.Json.Nodes;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What the vendor can do wrong with one unit: the run says which and why, the other units land, nothing half-written
/// is visible, and the next run, with the fault gone, completes.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class BadAnswerTests
{
    private const string Bars = "ods_daily";
    private const string Module = "stock.market.daily";

    /// <summary>A fault of the bars of 06-11 alone; the probe, which asks for 06-12, does not see it.</summary>
    private static VendorSetup OnTheEleventh(string fault) =>
        new() { Faults = $"- {{ api: daily, params: {{ trade_date: \"20240611\" }}, do: {fault} }}" };

    private static async Task<RunOutcome> FailsAloneAsync(IngestRig rig, string code, params string[] texts)
    {
        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Failed.ShouldBe(1);
        run.Committed.ShouldBe(run.Planned - 1);
        var error = run.Errors.ShouldHaveSingleItem();
        error.Unit.ToString().ShouldBe("tushare.daily/2024-06-11");
        error.Code.ShouldBe(code);
        error.Message.ShouldStartWith("tushare.daily/2024-06-11: ");
        error.Reason.ShouldNotContain("tushare.daily/");
        error.Message.ShouldNotContain("next run"); // which of them tries again is said by the command, that knows what it wants
        foreach (var text in texts)
        {
            error.Message.ShouldContain(text);
        }

        (await rig.RunRowAsync(run.Id)).ErrorMessage.ShouldBe(error.Message);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(["2024-06-06", "2024-06-07", "2024-06-12"]);
        (await rig.DaysInLakeAsync("ods_suspend_d")).ShouldBe(IngestRig.Days);
        (await rig.DaysInLakeAsync("ods_stock_basic")).ShouldBe(["2024-06-12"]);
        await rig.ShouldBeWholeAsync();
        return run;
    }

    private static async Task CompletesAsync(IngestRig rig, int planned = 1)
    {
        var run = await rig.RunAsync();

        run.Errors.ShouldBeEmpty();
        run.Status.ShouldBe(RunStatus.Success);
        run.Planned.ShouldBe(planned);
        run.Committed.ShouldBe(planned);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();
    }

    [Theory]
    [InlineData("{ http: 502 }", "VENDOR_HTTP_STATUS", "HTTP status 502", "Run the same command again later")]
    [InlineData("drop", "VENDOR_UNREACHABLE", "Tushare at http://127.0.0.1:", "'daily'")]
    [InlineData("garbage", "VENDOR_GARBLED", "is HTML or XML, not JSON", "<html>")]
    [InlineData("truncate", "VENDOR_GARBLED", "is not complete JSON", "'daily'")]
    [InlineData("{ drop_column: vol }", "VENDOR_COLUMN_MISSING", "lacks 1 declared column(s): vol", "no column came")]
    [InlineData("{ rename_column: { vol: volume } }", "VENDOR_COLUMN_MISSING", ": vol;", "but sent: volume")]
    [InlineData("{ text_number: { vol: \"n/a\" } }", "VENDOR_VALUE", "Column 'vol' in row 1", "a number, but is 'n/a'")]
    [InlineData("wrong_date", "DATE_OUTSIDE_REQUEST", "row 1 has trade_date 2024-06-12", "Nothing of this unit")]
    [InlineData("{ error: { code: 50101, message: 必填参数 } }", "VENDOR_BAD_REQUEST", "code 50101", "必填参数")]
    public async Task Run_OneSpoiltAnswer_FailsThatUnitAloneAndTheNextRunCompletes(
        string fault,
        string code,
        string text,
        string more
    )
    {
        await using var rig = await IngestRig.StartAsync(OnTheEleventh(fault));

        var run = await FailsAloneAsync(rig, code, text, more);

        var stage = code == "DATE_OUTSIDE_REQUEST" ? StepStage.Normalize : StepStage.Extract;
        var steps = await rig.StepsOfAsync(run.Id, Module, "2024-06-11");
        steps.Length.ShouldBe(4);
        steps[(int)stage].ShouldBe($"{stage.Name()} failed");
        steps[((int)stage + 1)..].ShouldAllBe(s => s.EndsWith(" skipped"));

        await rig.ReopenAsync();
        await CompletesAsync(rig);
    }

    [Theory]
    [InlineData("{ http: 502 }")]
    [InlineData("drop")]
    [InlineData("garbage")]
    [InlineData("truncate")]
    public async Task Run_PassingFault_IsTriedAgainAfterAWait(string fault)
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup
            {
                Faults = $"- {{ api: daily, params: {{ trade_date: \"20240611\" }}, when: {{ nth: 1 }}, do: {fault} }}",
            }
        );

        await CompletesAsync(rig, planned: 9);

        rig.Waits.Count.ShouldBe(1);
        rig.Waits[0].ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Run_RowTwiceInOneAnswer_IsKeptOnceAndCounted()
    {
        await using var rig = await IngestRig.StartAsync(OnTheEleventh("duplicate"));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        var rows = await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'");
        (await rig.StepsOfAsync(run.Id, Module, "2024-06-11")).ShouldBe([
            $"extract success {rows + 1}>{rows + 1}-0",
            $"normalize success {rows + 1}>{rows}-1",
            $"upsert success {rows}>{rows}-0",
            "evaluate success >-",
        ]);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_KeyTwiceWithDifferentValues_FailsThatUnit()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                var other = rows[0]!.DeepClone().AsArray();
                other[5] = 0.01;
                rows.Insert(1, (JsonNode)other);
            }
        };

        await FailsAloneAsync(rig, "KEY_REPEATED", "rows 1 and 2", "trade_date 2024-06-11", "different values");

        rig.Market.Rewrite = null;
        await CompletesAsync(rig);
    }

    [Fact]
    public async Task Run_VendorThatIgnoresTheOffset_FailsThatUnitInsteadOfPagingForever()
    {
        await using var rig = await IngestRig.StartAsync(OnTheEleventh("repeat_page"), rowCap: 10);

        await FailsAloneAsync(rig, "VENDOR_PAGE_REPEATED", "the same 10 rows", "ignores the offset");

        await rig.ReopenAsync();
        await CompletesAsync(rig);
    }

    [Fact]
    public async Task Run_AsManyRowsAsTheCap_AsksForMore()
    {
        await using var whole = await IngestRig.StartAsync();
        await CompletesAsync(whole, planned: 9);
        var rows = (await whole.SnapshotAsync(Bars)).RowCount;

        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Server = options => options with { LegacyEnvelope = true } }, // no has_more
            rowCap: 10
        );
        await CompletesAsync(rig, planned: 9);

        (await rig.SnapshotAsync(Bars)).RowCount.ShouldBe(rows);
        rig.Market.Asked.Count(a => a == "daily 20240611").ShouldBeGreaterThan((int)(rows / 4 / 10));
    }

    [Fact]
    public async Task Run_EmptyAnswerBeforeItIsEvidence_LeavesTheUnitOpenAndCommitsNothing()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, params: { trade_date: \"20240612\" }, do: empty }" }
        );
        rig.Clock.UtcNow = Shanghai(12, 17, 0); // due since 16:30, evidence from 18:30 on

        var early = await rig.RunAsync();

        early.Status.ShouldBe(RunStatus.Partial);
        early.Open.ShouldBe(2); // nobody was suspended on that day: those are empty too
        early.Failed.ShouldBe(0);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(["2024-06-06", "2024-06-07", "2024-06-11"]);
        (await rig.StepsOfAsync(early.Id, Module, "2024-06-12")).ShouldBe([
            "extract success 0>0-0",
            "normalize success 0>0-0",
            "upsert skipped",
            "evaluate skipped",
        ]);
        (await rig.StepsAsync(early.Id))
            .Single(s => s.StepId == $"{Module}:tushare.daily/2024-06-12:upsert")
            .ErrorMessage!.ShouldContain("2024-06-12 10:30:00Z");
        await rig.ShouldBeWholeAsync();

        await rig.ReopenAsync(); // by now the vendor has it
        rig.Clock.UtcNow = Shanghai(12, 18, 30);
        var later = await rig.RunAsync();
        later.Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Run_EmptyAnswerAfterTheGrace_IsCommittedAsAnEmptyDayAndSeenAsMissing()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, params: { trade_date: \"20240612\" }, do: empty }" }
        );
        rig.Clock.UtcNow = Shanghai(12, 18, 30);

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.EmptyDays.Select(u => $"{u}").ShouldBe(["tushare.daily/2024-06-12"]); // days without suspensions are ordinary
        run.Incomplete.ShouldHaveSingleItem().Unit.ShouldBe("tushare.daily/2024-06-12");
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        var status = await rig.StatusAsync("stock.daily_bars", "2024-06-12");
        status.Complete.ShouldBe(0);
        status.Missing.ShouldBeGreaterThan(30);
        (await rig.StatusAsync("stock.daily_bars", "2024-06-11")).Complete.ShouldBeGreaterThan(30);
        (await rig.PlanAsync())
            .Units.Select(u => $"{u.Id}")
            .ShouldBe(["tushare.daily/2024-06-12", "tushare.suspend_d/2024-06-12"]); // perhaps all were halted
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_ListThatLostItsListedStocks_FailsThatUnitKeepsTheListAndCompletesLater()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var before = await rig.StatusAsync("stock.daily_bars", "2024-06-12");
        await rig.ReopenAsync(
            new VendorSetup { Faults = "- { api: stock_basic, params: { list_status: L }, do: empty }" }
        );
        rig.Clock.Advance(TimeSpan.FromDays(1));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("LIST_SHRINKS");
        error.Message.ShouldContain("the one before has");
        (await rig.DaysInLakeAsync("ods_stock_basic")).ShouldBe(["2024-06-12"]);
        (await rig.StatusAsync("stock.daily_bars", "2024-06-12")).ShouldBe(before);

        await rig.ReopenAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync("ods_stock_basic")).ShouldBe(["2024-06-12", "2024-06-13"]);
    }

    private static DateTimeOffset Shanghai(int day, int hour, int minute) =>
        new(2024, 6, day, hour, minute, 0, TimeSpan.FromHours(8));
}
