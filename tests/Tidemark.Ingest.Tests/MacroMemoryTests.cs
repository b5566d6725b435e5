using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>The vendor replaces a macro figure when it is revised; the lake keeps what it was.</summary>
public sealed class MacroMemoryTests
{
    private const string Vintages = "ods_macro_vintage";
    private const string April = "dataset = 'tushare.cn_cpi' AND field = 'nt_yoy' AND period = '2024-04-30'";

    [Fact]
    public async Task Refetch_AFigureThatWasRevised_AddsItsValueAndKeepsTheOneBefore()
    {
        await using var rig = await IngestRig.StartAsync(more: ["cn_cpi", "cn_gdp"]);
        (await rig.BackfillAsync("2024-03-01", "2024-05-31", "cn_cpi")).Verdict.ShouldBe(Verdict.Done);
        var first = await rig.TextAsync($"SELECT value::VARCHAR FROM ods.{Vintages} WHERE {April}");
        // Every figure of every month is there once, in its unit, found today.
        var figures = await rig.NumberAsync($"SELECT count(*) FROM ods.{Vintages}");
        figures.ShouldBe(12 * await rig.NumberAsync("SELECT count(*) FROM ods.ods_cn_cpi"));
        (await rig.TextAsync($"SELECT string_agg(DISTINCT unit, ' ' ORDER BY unit) FROM ods.{Vintages}")).ShouldBe(
            "% index"
        );
        (await rig.TextAsync($"SELECT string_agg(DISTINCT dt::VARCHAR, ' ') FROM ods.{Vintages}")).ShouldBe(
            "2024-06-12"
        );

        var version = (await rig.SnapshotAsync(Vintages)).Version;
        await rig.RefetchAsync(Cpi());
        (await rig.SnapshotAsync(Vintages)).Version.ShouldBe(version, "nothing is new");

        // Revised twice, the second time within the same day.
        foreach (var (value, days) in new[] { (77.7, 3), (88.8, 0) })
        {
            rig.Clock.Advance(TimeSpan.FromDays(days) + TimeSpan.FromMinutes(1));
            rig.Market.Rewrite = (request, rows) =>
            {
                if (WatchedMarket.IsUnit(request, "cn_cpi"))
                {
                    foreach (var row in rows.Where(r => r![0]!.ToString() == "202404"))
                    {
                        row![2] = value;
                    }
                }
            };
            await rig.RefetchAsync(Cpi());
        }

        (await rig.NumberAsync($"SELECT count(*) FROM ods.{Vintages}")).ShouldBe(figures + 2);
        (
            await rig.TextAsync(
                $"SELECT string_agg(dt::VARCHAR || ' ' || value, ', ' ORDER BY seen_at) FROM ods.{Vintages} WHERE {April}"
            )
        ).ShouldBe($"2024-06-12 {first}, 2024-06-15 77.7, 2024-06-15 88.8");
        (
            await rig.NumberAsync(
                $"SELECT count(*) FROM ods.{Vintages} WHERE {April} AND seen_at <= '2024-06-12 16:00:00+00'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Run_WithoutMacroFigures_KeepsNothing()
    {
        await using var rig = await IngestRig.StartAsync(more: ["cn_cpi"]);

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        (await rig.SnapshotAsync(Vintages)).Exists.ShouldBeFalse();
    }

    private static RefetchRequest Cpi() =>
        new(["cn_cpi"], new DateOnly(2024, 3, 1), new DateOnly(2024, 5, 31), [], null);
}
