using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Symbols;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Rows may have a code that the day's list did not have yet when it was fetched: an instrument is listed, or has
/// another code since. The run that brings them fetches the list again and joins the code; who asks for bars alone is
/// told what does.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class NewCodeTests
{
    private const string Later = "699999.SH";
    private static readonly DateOnly s_day = new(2024, 6, 7);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly string s_earlier = WatchedMarket
        .Codes("stock_basic")
        .First(c => c.EndsWith(".SH", StringComparison.Ordinal));

    /// <summary>From now on the vendor has one stock under another code, in its history too.</summary>
    private static void Renumber(IngestRig rig, params string[] exceptIn) =>
        rig.Market.Rewrite = (request, rows) =>
        {
            var code = request.Columns.ToList().FindIndex(c => request.Api.Columns[c].Name == "ts_code");
            foreach (var row in rows.Where(r => code >= 0 && r![code]!.GetValue<string>() == s_earlier))
            {
                row![code] = exceptIn.Contains(request.Api.Name) ? s_earlier : Later;
            }
        };

    /// <summary>A workspace that has every day but the last.</summary>
    private static async Task<IngestRig> BehindAsync()
    {
        var rig = await IngestRig.StartAsync();
        await RunAsync(rig, asOf: new DateOnly(2024, 6, 11));
        rig.Clock.Advance(s_hour);
        return rig;
    }

    private static async Task<IReadOnlyList<RunOutcome>> RunAsync(
        IngestRig rig,
        DateOnly? asOf = null,
        params string[] datasets
    )
    {
        var request = new RunPoolsRequest([Pool.Universe], datasets, asOf);
        return (await rig.DriveAsync(rig.Get<RunOperation>().RunAsync(request, new NoWatcher(), default))).Runs;
    }

    private static async Task<IReadOnlyList<string>> CodesWithoutListAsync(IngestRig rig) =>
        [.. (await rig.Get<SymbolFindings>().RunAsync(days: null, default)).Codes.Select(c => c.Code)];

    [Fact]
    public async Task Run_BringsCodeThatTodaysListLacks_FetchesTheListAgainAndJoinsIt()
    {
        await using var rig = await BehindAsync();
        var before = await rig.StatusAsync("stock.daily_bars", "2024-06-07");
        Renumber(rig);
        rig.Market.Forget();

        var runs = await RunAsync(rig);

        runs.Select(r => (r.Status, r.Committed)).ShouldBe([(RunStatus.Success, 2), (RunStatus.Success, 1)]);
        runs[1].Work.Committed.Single().Unit.Id.ToString().ShouldBe("tushare.stock_basic/2024-06-12");
        (await CodesWithoutListAsync(rig)).ShouldBeEmpty();
        (await rig.Get<SymbolDirectory>().EntityAsync(s_earlier, default)).ShouldBe(Later);
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldBe(
            before,
            "its history goes on under the new code"
        );
        (await rig.StatusAsync("stock.daily_bars", "2024-06-12")).Missing.ShouldBe(0);
        (await RunAsync(rig)).ShouldHaveSingleItem().Planned.ShouldBe(0, "all of it is there now");
    }

    [Fact]
    public async Task Backfill_BringsCodeThatTheListLacks_FetchesTheListAgain()
    {
        await using var rig = await BehindAsync();
        Renumber(rig);

        var request = new BackfillRequest(new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 12), []);
        var response = await rig.DriveAsync(rig.Get<BackfillOperation>().RunAsync(request, new NoWatcher(), default));

        response.Verdict.ShouldBe(Verdict.Done);
        response.Lists!.Committed.ShouldBe(1);
        (await CodesWithoutListAsync(rig)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_CodeThatNoListEverHas_CostsARequestOnlyWhereTheListIsOlder()
    {
        await using var rig = await BehindAsync();
        Renumber(rig, exceptIn: "stock_basic");

        (await RunAsync(rig)).Count.ShouldBe(2, "the list is of before");
        (await CodesWithoutListAsync(rig)).ShouldBe([Later]);
        rig.Market.Forget();
        rig.Clock.Advance(s_hour);
        (await RunAsync(rig)).ShouldHaveSingleItem();
        rig.Market.Asked.ShouldContain("daily 20240612", "a stock has no bar there");
        rig.Market.Asked.ShouldNotContain("stock_basic", "the list came after the rows");
        rig.Clock.Advance(TimeSpan.FromDays(1));
        (await RunAsync(rig)).ShouldHaveSingleItem("the list came with the rows");
        (await CodesWithoutListAsync(rig)).ShouldBe([Later]);
    }

    /// <summary>
    /// The lake remembers that a list is behind: whatever kept one run from fetching it, the next one does.
    /// </summary>
    [Fact]
    public async Task Run_ListThatFailedWhenItWasBehind_IsAskedForByTheNextRun()
    {
        await using var rig = await BehindAsync();
        var before = await rig.StatusAsync("stock.daily_bars", "2024-06-07");
        Renumber(rig);
        var renumbered = rig.Market.Rewrite!;
        rig.Market.Rewrite = (request, rows) =>
        {
            renumbered(request, rows);
            if (WatchedMarket.IsUnit(request, "stock_basic"))
            {
                rows.Clear();
            }
        };

        var failed = await RunAsync(rig);
        failed.Select(r => (r.Status, r.Committed)).ShouldBe([(RunStatus.Partial, 2), (RunStatus.Partial, 0)]);

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Market.Forget();
        var scheduled = new RunPoolsRequest([Pool.Universe], [], IsScheduled: true);
        (await rig.DriveAsync(rig.Get<RunOperation>().RunAsync(scheduled, new NoWatcher(), default)))
            .Runs[^1]
            .Waiting.ShouldHaveSingleItem()
            .Unit.ShouldBe("tushare.stock_basic/2024-06-12");
        rig.Market.Asked.ShouldNotContain("stock_basic", "a schedule keeps the distance");

        rig.Market.Rewrite = renumbered;
        (await RunAsync(rig))[^1].Status.ShouldBe(RunStatus.Success);
        (await CodesWithoutListAsync(rig)).ShouldBeEmpty();
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldBe(before);
    }

    [Fact]
    public async Task Run_AfterARunOfBarsAlone_FetchesTheListAndNothingElse()
    {
        await using var rig = await BehindAsync();
        Renumber(rig);
        (await RunAsync(rig, datasets: "daily")).ShouldHaveSingleItem("nobody asked for lists");
        rig.Market.Forget();

        var runs = await rig.RunBothAsync();

        (runs.Runs.Count, runs.Runs[^1].Scope, runs.Runs[^1].Committed).ShouldBe((3, Pool.Universe, 1));
        (await CodesWithoutListAsync(rig)).ShouldBeEmpty();
    }

    /// <summary>
    /// Nobody can say whom a list names that cannot be read: no code and no target is blamed, and nothing is asked for
    /// that takes no commit.
    /// </summary>
    [Fact]
    public async Task Run_ListThatCannotBeRead_BlamesNoCodeAndNoTarget()
    {
        await using var rig = await IngestRig.StartAsync(
            more: ["fund_basic", "fund_daily"],
            checks: ["etf.list", "etf.daily_bars"]
        );
        await RunAsync(rig, asOf: new DateOnly(2024, 6, 11));
        rig.Clock.Advance(s_hour);
        var next = (await rig.SnapshotAsync("ods_stock_basic")).Version + 1;
        File.WriteAllText(
            Path.Combine(rig.LakeFolder, "ods", "ods_stock_basic", "_delta_log", $"{next:D20}.json"),
            "x"
        );

        var runs = await RunAsync(rig);
        var found = await rig.Get<SymbolFindings>().RunAsync(days: null, default);

        runs.ShouldHaveSingleItem().Status.ShouldBe(RunStatus.Partial);
        (found.Codes.Count, found.HasWrongTargets).ShouldBe((0, false));
        found.Unread.ShouldBe(["tushare.stock_basic"]);
        found.TargetLine.ShouldNotBeNull().ShouldContain("tushare.stock_basic");
    }

    /// <summary>Whoever asks for bars alone gets bars alone; the finding names the command that joins them.</summary>
    [Fact]
    public async Task Refetch_OfBarsAlone_LeavesTheListToTheCommandOfTheFinding()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var before = await rig.StatusAsync("stock.daily_bars", "2024-06-07");
        Renumber(rig);
        await rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day, [], null));
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldNotBe(before);

        var found = await rig.Get<SymbolFindings>().RunAsync(days: null, default);
        found.Codes.Select(c => c.Code).ShouldBe([Later]);
        found.Lines[^1].ShouldContain("`tidemark refetch tushare.stock_basic`");
        await rig.RefetchAsync(new RefetchRequest(["tushare.stock_basic"], null, null, [], null));

        (await CodesWithoutListAsync(rig)).ShouldBeEmpty();
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldBe(before);
    }
}
