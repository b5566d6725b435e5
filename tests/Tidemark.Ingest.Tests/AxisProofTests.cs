using System.Text.Json.Nodes;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Before a dataset is fetched by symbol, one day of it is asked for in both ways: only what brings the same rows is
/// used, and the days are asked for where it does not.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class AxisProofTests
{
    private const int Close = 5;

    private static readonly string s_symbol = WatchedMarket
        .Codes("stock_basic")
        .First(c => c.StartsWith('6') && c.EndsWith(".SH", StringComparison.Ordinal));

    /// <summary>Five days: 1 call by symbol and 2 for the proof, or 5 by day.</summary>
    private static BackfillRequest Backfill(string from = "2024-05-30", string to = "2024-06-05") =>
        new(TradeDate.ParseIso(from), TradeDate.ParseIso(to), ["daily"]) { Symbols = [s_symbol] };

    private static async Task<IngestRig> StartAsync()
    {
        var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();
        return rig;
    }

    /// <summary>Changes what comes by symbol, and not what comes by day.</summary>
    private static void ChangeBySymbol(IngestRig rig, Action<JsonArray> change) =>
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily") && IsBySymbol(request))
            {
                change(rows);
            }
        };

    private static bool IsBySymbol(TushareRequest request) => request.Parameters.ContainsKey("ts_code");

    [Fact]
    public async Task Backfill_BySymbolForTheFirstTime_ProvesItByADayAndNotAgain()
    {
        await using var rig = await StartAsync();

        var first = await rig.BackfillAsync(Backfill());

        first.Verdict.ShouldBe(Verdict.Done);
        first.Notes.ShouldBeEmpty();
        rig.Market.Calls("daily")
            .ShouldBe(["20240604", $"{s_symbol} 20240604-20240604", $"{s_symbol} 20240530-20240605"]);
        rig.Market.Forget();

        rig.Clock.Advance(TimeSpan.FromDays(89));
        await rig.BackfillAsync(Backfill("2024-04-15", "2024-04-30"));
        rig.Market.Calls("daily").ShouldBe([$"{s_symbol} 20240415-20240430"]);
        rig.Market.Forget();

        rig.Clock.Advance(TimeSpan.FromDays(2));
        await rig.BackfillAsync(Backfill("2024-03-15", "2024-03-29"));
        rig.Market.Calls("daily").Count.ShouldBe(3, "vendors change: it is believed for 90 days");
    }

    [Fact]
    public async Task Backfill_OfFewDays_AsksForThemRatherThanForAProof()
    {
        await using var rig = await StartAsync();

        await rig.BackfillAsync(Backfill("2024-06-04"));

        rig.Market.Calls("daily").Order().ShouldBe(["20240604", "20240605"]);
    }

    [Theory]
    [InlineData("a value", "close is ")]
    [InlineData("no row", "by symbol a row is absent that the day has")]
    [InlineData("a row more", "of another day")]
    public async Task Backfill_BySymbolThatBringsOtherRows_AsksForTheDaysAndSaysWhy(string fault, string told)
    {
        await using var rig = await StartAsync();
        ChangeBySymbol(
            rig,
            rows =>
            {
                switch (fault)
                {
                    case "a value":
                        rows[0]!.AsArray()[Close] = Math.BitIncrement(rows[0]![Close]!.GetValue<double>());
                        break;
                    case "no row":
                        rows.RemoveAt(0);
                        break;
                    default:
                        var row = rows[0]!.DeepClone();
                        row[1] = "20240503";
                        rows.Add(row);
                        break;
                }
            }
        );

        var response = await rig.BackfillAsync(Backfill());

        response.Verdict.ShouldBe(Verdict.Done);
        var note = response.Notes.ShouldHaveSingleItem();
        note.ShouldStartWith($"tushare.daily by symbol is not trusted: of {s_symbol} on 2024-06-04 ");
        note.ShouldContain(fault == "a row more" ? "2024-05-03" : told);
        note.ShouldEndWith("Its whole days are asked for instead.");
        (response.Run.Planned, response.Run.Committed, response.Run.Failed).ShouldBe((5, 5, 0));
        rig.Market.Calls("daily")
            .Skip(2)
            .Order()
            .ShouldBe(["20240530", "20240531", "20240603", "20240604", "20240605"]);
        rig.Market.Forget();

        // It is remembered: the next plan does not count on it.
        rig.Market.Rewrite = null;
        (await rig.BackfillAsync(Backfill("2024-05-20", "2024-05-24"))).Notes.ShouldBeEmpty();
        rig.Market.Calls("daily").Count.ShouldBe(5);
    }

    [Fact]
    public async Task Backfill_DayWithoutRows_ProvesNothing()
    {
        await using var rig = await StartAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240604"))
            {
                rows.Clear();
            }
        };

        var response = await rig.BackfillAsync(Backfill());

        response.Notes.ShouldHaveSingleItem().ShouldContain("the vendor has no row of 2024-06-04 to compare it by");
        rig.Market.Calls("daily").ShouldAllBe(call => !call.StartsWith(s_symbol));
        rig.Market.Rewrite = null;
        rig.Market.Forget();

        (await rig.BackfillAsync(Backfill("2024-05-20", "2024-05-24"))).Notes.ShouldBeEmpty();
        rig.Market.Calls("daily")[^1].ShouldBe($"{s_symbol} 20240520-20240524", "it is tried again, and proved");
    }

    [Fact]
    public async Task Backfill_ProofThatTheVendorDoesNotAnswer_LeavesTheUnitsAndTriesAgain()
    {
        await using var rig = await StartAsync();
        rig.Market.Before = (request, _) =>
        {
            if (WatchedMarket.IsUnit(request, "daily") && IsBySymbol(request))
            {
                throw new IOException("the line is dead");
            }
        };

        var response = await rig.BackfillAsync(Backfill());

        response.Verdict.ShouldBe(Verdict.Incomplete);
        response.Run.Failed.ShouldBe(1);
        rig.Market.Before = null;
        (await rig.BackfillAsync(Backfill())).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Plan_BySymbolForTheFirstTime_CountsTheProofAndIsWhatRuns()
    {
        await using var rig = await StartAsync();
        var request = new PreviewRequest([], ["daily"])
        {
            Days = (new DateOnly(2024, 5, 30), new DateOnly(2024, 6, 5)),
            Symbols = [s_symbol],
        };
        var preview = await rig.Get<PreviewPlan>().RunAsync(request, default);
        var cost = preview.Datasets.ShouldHaveSingleItem();
        (cost.Units.Count, cost.Calls, cost.ProofCalls).ShouldBe((1, 3, 2));
        rig.Market.Calls("daily").ShouldBeEmpty();
        ChangeBySymbol(rig, rows => rows.Clear());

        var shown = await rig.Get<PreviewPlan>().ConfirmAsync(preview.Token, default);
        var plan = shown.ShouldHaveSingleItem().Plan;
        var run = await rig.RunAsync(new RunRequest(Pool.Universe, RunMode.Manual, "manual", plan), null);

        // What was shown is by symbol: days that nobody was shown are not put in its place.
        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("AXIS_DIFFERS");
        error.Message.ShouldContain("by symbol a row is absent that the day has. Make another plan");
        rig.Market.Calls("daily").Count.ShouldBe(2);
        var again = await rig.Get<PreviewPlan>().RunAsync(request, default);
        again.Token.ShouldNotBe(preview.Token);
        (again.Units.Count(), again.Calls, again.Datasets[0].ProofCalls).ShouldBe((5, 5, 0));
    }
}
