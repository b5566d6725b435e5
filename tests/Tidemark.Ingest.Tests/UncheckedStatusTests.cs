using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;

namespace Tidemark.Ingest.Tests;

/// <summary>Status tells of datasets that no check asks about what a run would fetch, and a run fetches that.</summary>
public sealed class UncheckedStatusTests
{
    private static async Task<string[]> StatusAsync(IngestRig rig) =>
        [
            .. (
                await rig.Get<StatusOperation>().RunAsync(new StatusRequest(), CancellationToken.None)
            ).Unchecked.Select(u =>
                $"{u.Dataset} {u.There}+{u.Missing}+{u.GivenUp}={u.Wanted} {u.Newest}{(u.Problem is null ? "" : " !")}"
            ),
        ];

    private static async Task<int> MissingAsync(IngestRig rig) =>
        (await rig.Get<StatusOperation>().RunAsync(new StatusRequest(), CancellationToken.None)).Unchecked.Sum(u =>
            u.Missing
        );

    [Fact]
    public async Task Status_OfEveryShape_CountsTheUnitsThatARunFetches()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        rig.PlanFrom = "2024-04-01";
        await rig.ReopenAsync(vendor.Setup());
        (await StatusAsync(rig)).ShouldBe([
            "tushare.bak_daily 0+47+0=47 ",
            "tushare.moneyflow 0+0+0=0  !",
            "tushare.repurchase 0+3+0=3 ",
            "tushare.cn_cpi 0+4+0=4 ",
        ]);

        (await rig.RunAsync()).Errors.ShouldBeEmpty();

        (await StatusAsync(rig)).ShouldBe([
            "tushare.bak_daily 47+0+0=47 2024-06-12",
            "tushare.moneyflow 6+0+0=6 2024-06",
            "tushare.repurchase 3+0+0=3 2024-06",
            "tushare.cn_cpi 3+1+0=4 2024-04",
        ]);

        rig.Clock.Advance(TimeSpan.FromDays(1));
        using var tomorrow = ShapedDatasets.Vendor("202402 202403 202404 202405", "2024-06-13");
        await rig.ReopenAsync(tomorrow.Setup());
        await new TableRestore(rig.Lake.Table(new TableId("ods", "ods_bak_daily"))).RestoreAsync(0, default);
        var missing = await MissingAsync(rig);
        var run = await rig.RunAsync();

        run.Work.Committed.Count(c =>
                c.Unit.Dataset.Id
                    is "tushare.bak_daily"
                        or "tushare.cn_cpi"
                        or "tushare.moneyflow"
                        or "tushare.repurchase"
            )
            .ShouldBe(missing);
        (await MissingAsync(rig)).ShouldBe(0);
    }

    [Fact]
    public async Task Status_WithABar_IsNotReachedWhileUnitsAreMissing()
    {
        using var vendor = ShapedDatasets.Vendor("202404 202405");
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        var operation = rig.Get<StatusOperation>();
        var request = new StatusRequest(FailOn: StatusBar.Missing);
        var bars = rig.Get<WorkspacePlan>().ForRun(Pool.Universe, ["stock_basic", "suspend_d", "daily"], null);
        await rig.RunAsync(rig.Request(rig.Host, Pool.Universe) with { Plan = bars }, progress: null);

        var without = await operation.RunAsync(request, CancellationToken.None);
        without.Report.Total.Missing.ShouldBe(0);
        without.Verdict.ShouldBe(Verdict.Incomplete);
        (await operation.RunAsync(new StatusRequest(), CancellationToken.None)).Verdict.ShouldBe(Verdict.Done);
        var part = await operation.RunAsync(request with { Check = "stock.daily_bars" }, CancellationToken.None);
        part.Unchecked.ShouldBeEmpty("who asks for a check is told of that");
        part.Verdict.ShouldBe(Verdict.Done);

        await rig.RunAsync();
        (await operation.RunAsync(request, CancellationToken.None)).Verdict.ShouldBe(Verdict.Done);
    }

    [Fact]
    public async Task Refetch_WhatBringsNothing_IsToldByShape()
    {
        using var vendor = ShapedDatasets.Vendor();
        await using var rig = await ShapedDatasets.StartAsync(vendor);
        await rig.BackfillAsync("2024-05-01", "2024-06-12", "stock_basic", "moneyflow");

        var unknown = await rig.RefetchAsync(new RefetchRequest(["moneyflow"], null, null, ["600009.SH"], null));
        var unpublished = await rig.RefetchAsync(
            new RefetchRequest(["cn_cpi"], new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 5), [], null)
        );

        unknown.Run.Planned.ShouldBe(0);
        unknown.Notes.ShouldNotContain(n => n.Contains("Whole days", StringComparison.Ordinal));
        unknown.Notes.ShouldContain(n => n.Contains("Of tushare.moneyflow nothing", StringComparison.Ordinal));
        unpublished.Run.Planned.ShouldBe(0);
        unpublished.Notes.ShouldHaveSingleItem().ShouldContain("no month of 2024-06-03 … 2024-06-05");
    }
}
