using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Operations.Tests;

public sealed class StepSummaryTests
{
    private static readonly DateTimeOffset s_now = new(2022, 6, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Steps_OfSeveralDatasets_AddUpToALineEach()
    {
        StepRow[] steps =
        [
            Step("stock.market.daily", "tushare.daily/2022-06-01", StepStage.Extract, 10, 0),
            Step("stock.market.daily", "tushare.daily/2022-06-01", StepStage.Normalize, 9, 1),
            Step("stock.market.daily", "tushare.daily/2022-06-01", StepStage.Upsert, 9, 0),
            Step("stock.market.daily", "tushare.daily/2022-06-03", StepStage.Extract, 7, 0, StepStatus.Failed),
            Step("macro.cpi", "tushare.cn_cpi/2022-05", StepStage.Extract, 1, 0),
        ];

        StepSummary
            .Of(steps)
            .ShouldBe([
                new StepSummary("tushare.daily", 2, new(2022, 6, 1), new(2022, 6, 3), Rows(10, 1, 0, 9, 1), 1),
                new StepSummary("tushare.cn_cpi", 1, new(2022, 5, 1), new(2022, 5, 31), Rows(1, 0, 1, 0, 0), 0),
            ]);
    }

    /// <summary>A moment and a part have separators of their own.</summary>
    [Theory]
    [InlineData("ibkr.option_quotes/2025-12-05T10:00/AAPL", "ibkr.option_quotes")]
    [InlineData("tushare.stk_mins/2022-06/600519.SH", "tushare.stk_mins")]
    public void Unit_WithAMomentOrAPart_IsOfItsDataset(string unit, string dataset) =>
        StepSummary.Of([Step("m", unit, StepStage.Extract, 1, 0)]).Single().Name.ShouldBe(dataset);

    [Fact]
    public void StepsOfEarlierVersions_WithADayAlone_AreTheirModules() =>
        StepSummary
            .Of([
                Step("stock.market.daily", "2022-06-01", StepStage.Extract, 5, 0),
                Step("stock.market.daily", "2022-06-02", StepStage.Extract, 5, 0),
            ])
            .ShouldBe([new StepSummary("stock.market.daily", 2, null, null, Rows(10, 0, 10, 0, 0), 0)]);

    private static RunNumbers Rows(long received, long dropped, long notCommitted, long committed, int units) =>
        new(units, received, 0, new DropCounts(0, dropped), notCommitted, committed, 0, 0, 0, 0, null, null);

    private static StepRow Step(
        string module,
        string key,
        StepStage stage,
        long rows,
        long dropped,
        StepStatus status = StepStatus.Success
    ) =>
        new(
            StepRow.Id(module, key, stage),
            Pool.Universe,
            null,
            module,
            stage,
            status,
            rows + dropped,
            rows,
            dropped,
            null,
            s_now,
            s_now
        );
}
