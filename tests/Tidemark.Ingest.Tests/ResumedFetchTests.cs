using Tidemark.Core.Runs;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// A unit of five pages, killed at each of them: the next run asks for the rest alone, and the lake is as if nothing
/// had happened.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ResumedFetchTests
{
    private const int RowCap = 9;
    private const int Pages = 5;
    private const string Day = "20240612";
    private const string Content =
        "SELECT md5(string_agg(d::VARCHAR, '|' ORDER BY trade_date, ts_code)) FROM ods.ods_daily d";

    [Fact]
    public async Task Run_KilledAtAnyPage_GoesOnThere()
    {
        await using var undisturbed = await StartAsync();
        (await undisturbed.RunAsync()).Status.ShouldBe(RunStatus.Success);
        undisturbed.Market.Offsets("daily", Day).ShouldBe([0, 9, 18, 27, 36]);
        var content = await undisturbed.TextAsync(Content);

        for (var page = 0; page < Pages; page++)
        {
            await using var rig = await StartAsync();
            await KillAsync(rig, page);
            rig.Market.Offsets("daily", Day).Count.ShouldBe(page + 1);

            var asked = await GoOnAsync(rig);

            asked.Count.ShouldBe(Pages - page, $"killed at page {page}");
            asked[0].ShouldBe(page == 0 ? 0 : (page * RowCap) - 1);
            (await rig.TextAsync(Content)).ShouldBe(content, $"killed at page {page}");
            Marks(rig).ShouldBeEmpty();
            await rig.ShouldBeWholeAsync();
        }
    }

    [Fact]
    public async Task Run_PageThatFails_IsWhereTheNextGoesOn()
    {
        await using var rig = await StartAsync(
            new VendorSetup
            {
                Faults = $"- {{ api: daily, params: {{ trade_date: '{Day}', offset: '18' }}, do: {{ http: 503 }} }}",
            }
        );
        (await rig.RunAsync()).Failed.ShouldBe(1);

        (await GoOnAsync(rig)).ShouldBe([17, 26, 35]);
    }

    [Theory]
    [InlineData("old")]
    [InlineData("another request")]
    [InlineData("refetch")]
    [InlineData("no marks")]
    public async Task Run_KeptPagesThatMayBeOfAnotherAnswer_AreNotUsed(string why)
    {
        await using var rig = await StartAsync();
        await KillAsync(rig, page: 3);
        switch (why)
        {
            case "old":
                rig.Clock.Advance(PageMarks.Age + TimeSpan.FromMinutes(1));
                break;
            case "another request":
                rig.Define("daily", t => t.Replace("row_cap: 9", "row_cap: 8", StringComparison.Ordinal));
                break;
            case "no marks":
                await File.WriteAllTextAsync(
                    Marks(rig).Single(m => m.Contains("daily_2024-06-12", StringComparison.Ordinal)),
                    "x\ty"
                );
                break;
        }

        (await GoOnAsync(rig, again: why == "refetch"))[0].ShouldBe(0);

        (await rig.NumberAsync("SELECT count(*) - count(DISTINCT (ts_code, trade_date)) FROM ods.ods_daily")).ShouldBe(
            0
        );
    }

    [Fact]
    public async Task Run_DamagedPayload_IsAskedForAgainWithAllBehindIt()
    {
        await using var rig = await StartAsync();
        await KillAsync(rig, page: 3);
        var second = Directory
            .EnumerateFiles(rig.LakeFolder, "*-2.json.gz", SearchOption.AllDirectories)
            .Single(f => f.Contains("daily_2024-06-12", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(second, [1, 2, 3]);

        (await GoOnAsync(rig)).ShouldBe([8, 17, 26, 35]);
    }

    private static Task<IngestRig> StartAsync(VendorSetup? vendor = null) =>
        IngestRig.StartAsync(
            vendor,
            rowCap: RowCap,
            environment: new Dictionary<string, string> { ["TIDEMARK__RAW__ENABLED"] = "true" }
        );

    /// <summary>Runs until the vendor is asked for a page of the last day, and ends it there.</summary>
    private static async Task KillAsync(IngestRig rig, int page)
    {
        using var stop = new CancellationTokenSource();
        rig.Market.Before = (request, cancellationToken) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", Day) && request.Offset == page * RowCap)
            {
                stop.Cancel();
                cancellationToken.WaitHandle.WaitOne();
            }
        };
        (await rig.RunAsync(stop.Token)).Status.ShouldBe(RunStatus.Canceled);
        rig.Market.Before = null;
    }

    /// <summary>The offsets that the next process asks for of the last day.</summary>
    private static async Task<IReadOnlyList<long>> GoOnAsync(IngestRig rig, bool again = false)
    {
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        rig.Market.Forget();
        var request = rig.Request(rig.Host, Pool.Universe);
        var run = await rig.RunAsync(request with { Plan = request.Plan with { Again = again } }, progress: null);
        run.Status.ShouldBe(RunStatus.Success, string.Join("\n", run.Errors.Select(e => e.Message)));
        return rig.Market.Offsets("daily", Day);
    }

    private static string[] Marks(IngestRig rig) =>
        [.. Directory.EnumerateFiles(rig.LakeFolder, "*.pages", SearchOption.AllDirectories)];
}
