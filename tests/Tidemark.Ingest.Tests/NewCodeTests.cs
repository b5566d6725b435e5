using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Symbols;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Rows may have a code that the day's list did not have yet when it was fetched: an instrument is listed, or has another code since. The run that brings them
/// fetches the list again and joins the code; who asks for bars alone is told what does.
/// </summary>
public sealed class NewCodeTests
{
    private const string Later = "699999.SH";
    private static readonly DateOnly s_day = new(2024, 6, 7);
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
        return rig;
    }

    private static async Task<IReadOnlyList<RunOutcome>> RunAsync(
        IngestRig rig,
        DateOnly? asOf = null,
        params string[] datasets
    )
    {
        var request = new RunPoolsRequest([RunScope.Universe], datasets, asOf);
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

        response.Verdict.ShouldBe(RunVerdict.Done);
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
        (await RunAsync(rig)).ShouldHaveSingleItem();
        rig.Market.Asked.ShouldContain("daily 20240612", "a stock has no bar there");
        rig.Market.Asked.ShouldNotContain("stock_basic", "no row came");
        rig.Clock.Advance(TimeSpan.FromDays(1));
        (await RunAsync(rig)).ShouldHaveSingleItem("the list came with the rows");
        (await CodesWithoutListAsync(rig)).ShouldBe([Later]);
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
