using Tidemark.Ingest.Preflight;

namespace Tidemark.Ingest.Tests;

public sealed class PreflightReasonsTests
{
    [Fact]
    public void Reasons_OneRefusalOfManyApis_IsToldOnceAndNamesTheOthers() =>
        Report(
                Failed("stock.basic", "stock_basic", "'stock_basic' could not be asked for."),
                Failed("stock.market.daily", "daily", "'daily' could not be asked for."),
                Failed("index.daily", "index_daily", "'index_daily' could not be asked for.")
            )
            .Reasons()
            .ShouldBe(
                "1. stock.basic: 'stock_basic' could not be asked for. Likewise stock.market.daily, index.daily."
            );

    [Fact]
    public void Reasons_OtherRefusals_AreNumbered() =>
        Report(Failed("stock.basic", "stock_basic", "No."), Failed("stock.market.daily", "daily", "Never."))
            .Reasons()
            .ShouldBe("1. stock.basic: No. | 2. stock.market.daily: Never.");

    private static ProbeRecord Failed(string module, string api, string message) =>
        new("module", "stock", module, api, ProbeRecord.Fail, TestedAt: null, "Transient", message);

    private static PreflightReport Report(params ProbeRecord[] probes) =>
        new(
            probes,
            [
                .. probes.Select(p => new ReadinessIssue(
                    ReadinessIssue.Error,
                    "MODULE_TEST_FAILED",
                    $"{p.ModuleId}: {p.Message}",
                    p.DomainId,
                    p.ModuleId
                )),
            ]
        );
}
