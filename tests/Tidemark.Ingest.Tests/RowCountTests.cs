using System.Text.Json.Nodes;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>A day with fewer rows than usual is not whole, or fails where its dataset says so.</summary>
[Trait("Speed", "Slow")]
public sealed class RowCountTests
{
    private const string Cut = "tushare.moneyflow/2024-06-12";

    /// <summary>Money flow, which no check judges, of ten days: nine are there before the last one comes.</summary>
    private static async Task<IngestRig> StartAsync(string rule, int kept)
    {
        var rig = await IngestRig.StartAsync(more: ["moneyflow"]);
        rig.PlanFrom = "2024-05-30";
        rig.Define(
            "moneyflow",
            text =>
                string.Join(
                    '\n',
                    text.Replace("standby: true", "standby: false", StringComparison.Ordinal)
                        .Split('\n')
                        .Select(line => line.StartsWith("canaries:", StringComparison.Ordinal) ? rule : line)
                )
        );
        await rig.ReopenAsync();
        var before = rig.Get<WorkspacePlan>().ForRun(Pool.Universe, [], asOf: new DateOnly(2024, 6, 11));
        (
            await rig.RunAsync(new RunRequest(Pool.Universe, RunMode.Manual, "manual", before), progress: null)
        ).Status.ShouldBe(RunStatus.Success);
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "moneyflow", "20240612"))
            {
                Keep(rows, kept);
            }
        };
        return rig;
    }

    private static void Keep(JsonArray rows, int kept)
    {
        while (rows.Count > kept)
        {
            rows.RemoveAt(rows.Count - 1);
        }
    }

    [Theory]
    [InlineData("", 25, false)]
    [InlineData("", 10, true)]
    [InlineData("row_count: { fall: 0.2 }", 25, true)]
    [InlineData("row_count: { fall: 0.9 }", 10, false)]
    [InlineData("row_count: { min: 26 }", 25, true)]
    [InlineData("row_count: { min: 25 }", 25, false)]
    public async Task Run_DayWithFewerRows_IsKeptAndNotWholeByItsRule(string rule, int kept, bool isOpen)
    {
        await using var rig = await StartAsync(rule, kept);

        var run = await rig.RunAsync();

        run.Failed.ShouldBe(0);
        (await rig.SnapshotAsync("ods_moneyflow")).RowsOf(Cut).ShouldBe(kept);
        run.Incomplete.Select(u => u.Unit).ShouldBe(isOpen ? [Cut] : []);
        rig.Market.Rewrite = null;
        (await rig.RunAsync()).Planned.ShouldBe(isOpen ? 1 : 0);
        (await rig.RunAsync()).Planned.ShouldBe(0);
    }

    [Theory]
    [InlineData("row_count: { fall: 0.2, on_break: block }", "25 rows came where ")]
    [InlineData("row_count: { min: 26, on_break: block }", "25 rows came, and 26 are the least")]
    public async Task Run_DayWithFewerRowsThanItMust_FailsUntilSomebodyTakesIt(string rule, string told)
    {
        await using var rig = await StartAsync(rule, kept: 25);

        var run = await rig.RunAsync();

        var error = run.Errors.ShouldHaveSingleItem();
        (error.Unit.ToString(), error.Code).ShouldBe((Cut, "RULE_BROKEN"));
        error.Message.ShouldContain(told);
        error.Message.ShouldContain("refetch tushare.moneyflow --from 2024-06-12 --to 2024-06-12 --allow-shrink");
        (await rig.SnapshotAsync("ods_moneyflow")).HasUnit(Cut).ShouldBeFalse();

        var day = new DateOnly(2024, 6, 12);
        await rig.RefetchAsync(new RefetchRequest(["moneyflow"], day, day, [], "it was a short day"));
        (await rig.SnapshotAsync("ods_moneyflow")).RowsOf(Cut).ShouldBe(25);
    }

    [Fact]
    public async Task Run_ListWithFewerRowsThanItMust_Fails()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.Define("stock_basic", text => text + "row_count: { fall: 0.2, on_break: block }\n");
        await rig.ReopenAsync();
        await rig.RunAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "stock_basic"))
            {
                Keep(rows, rows.Count * 2 / 3);
            }
        };

        var error = (await rig.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("LIST_SHRINKS");
        error.Message.ShouldContain("the one before has ");
    }
}
