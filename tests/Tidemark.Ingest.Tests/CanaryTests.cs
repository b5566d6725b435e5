using System.Text.Json.Nodes;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// A day without the row of a symbol that the vendor is known to have is committed and not believed: it is asked for
/// again until the row is there, unless the symbol was not listed or was halted.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CanaryTests
{
    private const string Flows = "tushare.moneyflow/2024-06-11";
    private const string Factors = "tushare.adj_factor/2024-06-11";

    /// <summary>Listed long before, and traded on all of the days.</summary>
    private static string Canary { get; } =
        WatchedMarket.Codes("stock_basic").First(c => c.StartsWith('6') && c.EndsWith(".SH", StringComparison.Ordinal));

    /// <summary>A workspace without checks of the two datasets, whose canary the market has.</summary>
    private static async Task<IngestRig> StartAsync(string? symbols = null, string trades = "")
    {
        var rig = await IngestRig.StartAsync(more: ["moneyflow", "adj_factor"]);
        foreach (var dataset in new[] { "moneyflow", "adj_factor", "daily" })
        {
            var also = dataset == "daily" ? "" : trades;
            var line = $"canaries: {{ symbols: [{symbols ?? Canary}], symbols_of: tushare.stock_basic{also} }}";
            rig.Define(
                dataset,
                text =>
                    string.Join(
                        '\n',
                        text.Replace("standby: true", "standby: false", StringComparison.Ordinal)
                            .Split('\n')
                            .Select(l => l.StartsWith("canaries:", StringComparison.Ordinal) ? line : l)
                    )
            );
        }

        await rig.ReopenAsync();
        return rig;
    }

    /// <summary>Takes the canary's rows of the 11th out of the answers of some calls.</summary>
    private static void Lack(IngestRig rig, params string[] apis) =>
        rig.Market.Rewrite = (request, rows) =>
        {
            if (apis.Any(api => WatchedMarket.IsUnit(request, api, "20240611")))
            {
                rows.Remove(rows.First(r => r![0]!.GetValue<string>() == Canary));
            }
        };

    [Fact]
    public async Task Run_DayWithoutACanary_IsKeptToldAndAskedForUntilTheRowComes()
    {
        await using var rig = await StartAsync();
        Lack(rig, "adj_factor"); // as the factor of a CDR, which comes in the afternoon

        var first = await rig.RunAsync();

        first.Status.ShouldBe(RunStatus.Partial);
        first.Failed.ShouldBe(0);
        var open = first.Incomplete.ShouldHaveSingleItem();
        (open.Unit, open.Reason).ShouldBe((Factors, $"it has no row of {Canary}, which every day has"));
        (await rig.SnapshotAsync("ods_adj_factor")).RowsOf(Factors).ShouldBeGreaterThan(30, "what came is kept");
        (await rig.AttemptsAsync()).ShouldHaveSingleItem();
        rig.Market.Forget();

        rig.Clock.Advance(TimeSpan.FromMinutes(14));
        (await rig.RunScheduledAsync()).Waiting.ShouldHaveSingleItem().Unit.ShouldBe(Factors);
        rig.Market.Asked.ShouldBeEmpty("its time has not come");

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Market.Rewrite = null;
        var second = await rig.RunScheduledAsync();

        (second.Status, second.Planned, second.Counts.Inserted).ShouldBe((RunStatus.Success, 1, 1));
        (await rig.AttemptsAsync()).ShouldBeEmpty();
        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    [Fact]
    public async Task Run_AnEmptyDayOfADatasetThatMayBeEmpty_IsNoEvidenceWithoutTheCanary()
    {
        await using var rig = await StartAsync();
        rig.Define("moneyflow", text => text + "empty_is_ordinary: true\n");
        await rig.ReopenAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "moneyflow", "20240611"))
            {
                rows.Clear();
            }
        };

        var first = await rig.RunAsync();

        var open = first.Incomplete.ShouldHaveSingleItem();
        open.Unit.ShouldBe(Flows);
        open.Reason.ShouldContain(Canary);
    }

    [Fact]
    public async Task Run_CanaryThatNoListHas_OwesNothing()
    {
        await using var rig = await StartAsync("000009.SZ, 999999.SH");

        var run = await rig.RunAsync();

        run.Incomplete.ShouldBeEmpty();
        run.Status.ShouldBe(RunStatus.Success);
        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    [Theory]
    [InlineData("20240612", null, false)]
    [InlineData("20240611", null, true)]
    [InlineData("19991110", "20240611", false)]
    [InlineData("19991110", "20240612", true)]
    public async Task Run_CanaryIsOwedFromItsListingToItsDelisting(string listed, string? delisted, bool isOwed)
    {
        await using var rig = await StartAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "moneyflow") && WatchedMarket.Day(request) == "20240611")
            {
                rows.Remove(rows.First(r => r![0]!.GetValue<string>() == Canary));
            }
            else if (request.Api.Name == "stock_basic")
            {
                Relist(request, rows, listed, delisted);
            }
        };

        var run = await rig.RunAsync();

        run.Incomplete.Any(u => u.Unit == Flows).ShouldBe(isOwed);
    }

    [Fact]
    public async Task Run_CanaryThatDidNotTrade_OwesNothingWhereHaltsTakeRowsAway()
    {
        await using var rig = await StartAsync(trades: ", trades: tushare.daily");
        Lack(rig, "moneyflow", "daily");

        var run = await rig.RunAsync();

        // The check tells of the bar, and it alone.
        run.Incomplete.ShouldHaveSingleItem().Unit.ShouldBe("tushare.daily/2024-06-11");

        rig.Market.Rewrite = null;
        Lack(rig, "moneyflow");
        var second = await rig.RunAsync();
        second.Incomplete.ShouldBeEmpty();
        (await rig.RunAsync()).Incomplete.ShouldHaveSingleItem().Unit.ShouldBe(Flows, "it traded after all");
    }

    [Fact]
    public async Task Run_DayThatACheckJudges_IsToldByTheCheckAlone()
    {
        await using var rig = await StartAsync();
        Lack(rig, "daily");

        var open = (await rig.RunAsync()).Incomplete.ShouldHaveSingleItem();

        open.Unit.ShouldBe("tushare.daily/2024-06-11");
        open.Reason.ShouldContain("1 of ");
        open.Reason.ShouldContain("expected are missing");
    }

    /// <summary>Gives the canary other days on the list.</summary>
    private static void Relist(TushareRequest request, JsonArray rows, string listed, string? delisted)
    {
        string[] names = [.. request.Columns.Select(c => request.Api.Columns[c].Name)];
        foreach (var row in rows.Where(r => r![0]!.GetValue<string>() == Canary))
        {
            row![Array.IndexOf(names, "list_date")] = listed;
            row[Array.IndexOf(names, "delist_date")] = delisted;
        }
    }
}
