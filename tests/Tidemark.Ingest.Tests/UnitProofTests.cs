using System.Text.Json.Nodes;
using Tidemark.Control.Findings;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// A vendor that changes what a number counts, without a word: it is a finding as long as the rows are there, or the
/// unit fails where the dataset says so.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class UnitProofTests
{
    private const int Volume = 9;
    private const int Close = 5;

    private static readonly DateOnly s_day = new(2024, 6, 11);

    private static Task<RefetchResponse> RefetchAsync(IngestRig rig) =>
        rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day, [], ShrinkReason: null));

    private static async Task<IReadOnlyList<StoredFinding>> FoundAsync(IngestRig rig) =>
        (await rig.Get<ListFindings>().RunAsync(new FindingsRequest(FindingStore.Units), default)).Findings;

    /// <summary>The volume of every n-th stock comes in shares on the 11th.</summary>
    private static void SendShares(IngestRig rig, int every = 1) =>
        rig.Market.Rewrite = (request, rows) =>
            Change(request, rows, every, row => row[Volume] = (double)row[Volume]! * 100);

    private static void Change(
        Simulator.Tushare.TushareRequest request,
        JsonArray rows,
        int every,
        Action<JsonArray> change
    )
    {
        for (var i = 0; WatchedMarket.IsUnit(request, "daily", "20240611") && i < rows.Count; i += every)
        {
            change(rows[i]!.AsArray());
        }
    }

    [Fact]
    public async Task Run_RowsThatProveTheDeclaredUnits_FindsNothing()
    {
        await using var rig = await IngestRig.StartAsync();

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        (await FoundAsync(rig)).ShouldBeEmpty();
        var daily = await rig.SnapshotAsync("ods_daily");
        daily.Units.Count.ShouldBe(4);
        foreach (var unit in daily.Units)
        {
            var proved = Extraction.UnitRemarks.Of(daily.SlicesOf(unit)[0]).Scale.ShouldNotBeNull();
            proved.Scale.ShouldBe(10);
            proved.Declared.ShouldBe(proved.Traded);
            proved.Traded.ShouldBeGreaterThan(30);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // one exchange of two
    public async Task Run_SharesInTheColumnOfHands_IsOneFindingUntilTheRowsAreMended(int every)
    {
        await using var rig = await IngestRig.StartAsync();
        SendShares(rig, every);

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        var found = (await FoundAsync(rig)).ShouldHaveSingleItem();
        found.Subject.ShouldBe("tushare.daily × 100");
        found.Detail.ShouldContain("vol counts share, not hand as declared");
        found.Detail.ShouldContain("rows of 1 unit prove");
        found.Detail.ShouldContain("2024-06-11");
        found.Detail.ShouldContain("`tidemark refetch tushare.daily --from 2024-06-11 --to 2024-06-11`");

        rig.Market.Rewrite = null;
        (await RefetchAsync(rig)).Run.Errors.ShouldBeEmpty();
        (await FoundAsync(rig)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refetch_OfTheSameRows_IsNoNewVersion()
    {
        await using var rig = await IngestRig.StartAsync();
        SendShares(rig);
        await rig.RunAsync();
        var before = await rig.VersionsAsync();

        (await RefetchAsync(rig)).Run.Errors.ShouldBeEmpty();

        (await rig.VersionsAsync()).ShouldBe(before);
        (await FoundAsync(rig)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Run_WhereOtherUnitsBlock_FailsTheUnitAndLeavesTheLakeAsItWas()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.Define(
            "daily",
            text => text.Replace("high: high }", "high: high, on_other: block }", StringComparison.Ordinal)
        );
        await rig.ReopenAsync();
        SendShares(rig);

        var run = await rig.RunAsync();

        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("UNITS_CHANGED");
        error.Message.ShouldStartWith("tushare.daily/2024-06-11: ");
        error.Message.ShouldContain("vol counts share, not hand as declared");
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(["2024-06-06", "2024-06-07", "2024-06-12"]);
        (await FoundAsync(rig)).ShouldBeEmpty();
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_PricesThatAreAdjusted_ProveNoOtherUnitAndAreTold()
    {
        await using var rig = await IngestRig.StartAsync();

        // Forward-adjusted: each stock by a factor of its own, one of them by chance ten.
        rig.Market.Rewrite = (request, rows) =>
        {
            var factor = 1.5;
            Change(
                request,
                rows,
                every: 1,
                row =>
                {
                    for (var price = Close - 3; price <= Close; price++)
                    {
                        row[price] = (double)row[price]! / factor;
                    }

                    factor = factor > 9 ? 1.5 : factor + 0.5;
                }
            );
        };

        (await rig.RunAsync()).Errors.ShouldBeEmpty();

        var found = (await FoundAsync(rig)).ShouldHaveSingleItem();
        found.Subject.ShouldBe("tushare.daily unproved");
        found.Detail.ShouldContain("1 unit");
    }
}
