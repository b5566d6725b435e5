using Tidemark.Control.Runs;
using Tidemark.Core.Columns;
using Tidemark.Core.Runs;
using Tidemark.Definitions;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Operations;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// The running day: the vendor has the present session alone, so what was captured of it stays and what is asked for
/// again is replaced by its key.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class LiveMinuteTests
{
    private static readonly DateOnly s_today = new(2024, 6, 12);

    private readonly SyntheticMarket _market = new(
        new SyntheticMarketOptions
        {
            Calendar = WatchedMarket.Calendar,
            LastDay = s_today,
            Seed = 11,
            Stocks = 40,
            Etfs = 40,
            Indices = 20,
        }
    );

    [Fact]
    public async Task Minutes_AskedForThroughTheSession_AddUpAndNoneIsThereTwice()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        foreach (var moment in new[] { "09:31", "09:32", "09:32", "10:15", "15:00", "15:00" })
        {
            await RefetchAsync(rig, "rt_idx_min", moment);
        }

        var codes = await rig.NumberAsync("SELECT count(DISTINCT ts_code) FROM ods.ods_rt_idx_min");
        codes.ShouldBeGreaterThan(1);
        var last = (await rig.RefetchAsync(Request("rt_idx_min"))).Run.Id;
        var steps = (await rig.StepsAsync(last)).ToDictionary(s => s.Stage);
        var extract = steps[StepStage.Extract];
        (extract.InputRows, extract.KeptRows, extract.OutputRows).ShouldBe((codes, codes * 3, codes * 4));
        steps[StepStage.Upsert]
            .Written.ShouldBe(new RowsWritten(0, 0, codes * 4, 0, steps[StepStage.Upsert].Written!.Version));
        (await TimesAsync(rig)).ShouldBe("09:31:00 09:32:00 10:15:00 15:00:00");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_rt_idx_min")).ShouldBe(codes * 4);
        (await rig.SnapshotAsync("ods_rt_idx_min")).Files.Keys.ShouldAllBe(f =>
            f.StartsWith("month=2024-06/", default)
        );
    }

    [Fact]
    public async Task Minutes_InAFileThatIsGone_AreReplacedByNothingUntilSomebodyGivesThemUp()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await RefetchAsync(rig, "rt_idx_min", "14:00");
        await RefetchAsync(rig, "rt_idx_min", "14:30");
        var file = Directory
            .GetFiles(Path.Combine(rig.LakeFolder, "ods", "ods_rt_idx_min"), "*.parquet", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .First();
        File.Move(file, file + ".away");
        _market.MoveTo(s_today, new TimeOnly(15, 0));

        var refused = await rig.RefetchAsync(Request("rt_idx_min"));
        File.Move(file + ".away", file);
        var kept = await TimesAsync(rig);
        File.Delete(file);
        var givenUp = await rig.RefetchAsync(Request("rt_idx_min") with { ShrinkReason = "the disk is gone" });

        refused.Run.Errors.ShouldHaveSingleItem().Code.ShouldBe("OBJECT_MISSING");
        kept.ShouldBe("14:00:00 14:30:00");
        givenUp.Verdict.ShouldBe(Verdict.Done);
        (await TimesAsync(rig)).ShouldBe("15:00:00");
    }

    [Fact]
    public async Task Minutes_OfADayWhoseFileIsGone_StayInTheTableWhenTheNextDayIsAskedFor()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await RefetchAsync(rig, "rt_idx_min", "15:00");
        var file = Directory
            .GetFiles(Path.Combine(rig.LakeFolder, "ods", "ods_rt_idx_min"), "*.parquet", SearchOption.AllDirectories)
            .Single();
        File.Move(file, file + ".away");
        rig.Clock.Advance(TimeSpan.FromDays(1));
        _market.MoveTo(s_today.AddDays(1), new TimeOnly(9, 31));

        await rig.RefetchAsync(Request("rt_idx_min"));
        File.Move(file + ".away", file);

        (await TimesAsync(rig)).ShouldBe("15:00:00");
        (await TimesAsync(rig, "2024-06-13")).ShouldBe("09:31:00");
    }

    [Fact]
    public async Task Run_OfWhatIsLive_AsksAgainAsLongAsTheDayLasts()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        foreach (var moment in new[] { "14:00", "14:30" })
        {
            _market.MoveTo(s_today, TimeOnly.Parse(moment, System.Globalization.CultureInfo.InvariantCulture));
            var wanted = rig.Get<WorkspacePlan>().ForRun(Pool.Universe, ["rt_idx_min"], asOf: null);
            await rig.RunAsync(rig.Request(rig.Host, Pool.Universe) with { Plan = wanted }, progress: null);
            rig.Clock.Advance(TimeSpan.FromMinutes(30));
        }

        (await TimesAsync(rig)).ShouldBe("14:00:00 14:30:00");
    }

    [Fact]
    public async Task Minutes_OfTheNextDay_LeaveThoseOfTheDayBefore()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await RefetchAsync(rig, "rt_idx_min", "14:00");
        await RefetchAsync(rig, "rt_idx_min", "15:00");
        rig.Clock.Advance(TimeSpan.FromDays(1));

        await RefetchAsync(rig, "rt_idx_min", "09:31", s_today.AddDays(1));

        (await TimesAsync(rig)).ShouldBe("14:00:00 15:00:00");
        (await TimesAsync(rig, "2024-06-13")).ShouldBe("09:31:00");
    }

    [Fact]
    public async Task Minutes_ThatComeAgainWithOtherValues_AreReplaced()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await RefetchAsync(rig, "rt_idx_min", "10:00");
        await RefetchAsync(rig, "rt_idx_min", "10:01");
        await rig.ReopenAsync(Setup("text_number: { vol: '77' }"));

        await RefetchAsync(rig, "rt_idx_min", "10:01");

        (await rig.TextAsync("SELECT string_agg(right(time, 8), ' ') FROM ods.ods_rt_idx_min WHERE vol = 77")).ShouldBe(
            "10:01:00",
            "the first row of the answer has it"
        );
        (await TimesAsync(rig)).ShouldBe("10:00:00 10:01:00");
    }

    [Fact]
    public async Task Minutes_ThatAnotherWriterBringsMeanwhile_StayToo()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await RefetchAsync(rig, "rt_idx_min", "10:00");
        await using var other = rig.OpenAgain();
        var calls = 0;
        rig.Market.Before = (request, stop) =>
        {
            if (WatchedMarket.IsUnit(request, "rt_idx_min") && Interlocked.Increment(ref calls) == 1)
            {
                // After our version was seen, and before our rows are committed.
                BringAsync(other.Get<DataLake>(), other.Get<DefinitionBundle>(), "09:59:00", stop)
                    .GetAwaiter()
                    .GetResult();
            }
        };
        await rig.ReopenAsync(Setup() with { Server = options => options with { Source = rig.Market } });
        rig.Market.Rewrite = (_, rows) => rows[0]!.AsArray()[1] = "2024-06-12 10:01:00";

        (await rig.RefetchAsync(Request("rt_idx_min"))).Verdict.ShouldBe(Verdict.Done);

        calls.ShouldBe(2, "it was fetched again, upon what had come meanwhile");
        var times = (await TimesAsync(rig)).Split(' ');
        times.ShouldContain("09:59:00");
        times.ShouldContain("10:00:00");
        times.ShouldContain("10:01:00");
    }

    [Fact]
    public async Task Minutes_WhoseAnswerNamesTheCodeOtherwise_KeepTheirCodes()
    {
        await using var rig = await StartAsync(["rt_min"]);
        rig.Define(
            "rt_min",
            text =>
                text.Replace("api: rt_min", "api: rt_min_daily", StringComparison.Ordinal)
                    .Replace(",600036.SH,600519.SH,601318.SH,000001.SZ,000333.SZ,000858.SZ,300750.SZ", "", default)
                    .Replace("600000.SH", Traded(), StringComparison.Ordinal)
        );
        await rig.ReopenAsync(Setup());

        await RefetchAsync(rig, "rt_min", "10:00");

        (
            await rig.TextAsync("SELECT min(ts_code) || ' ' || count(*) || ' ' || min(freq) FROM ods.ods_rt_min")
        ).ShouldBe($"{Traded()} 31 1MIN", "the opening auction and thirty minutes");
    }

    [Fact]
    public async Task Days_AskedForAgainInTheSession_AreReplacedByNewerOnes()
    {
        await using var rig = await StartAsync(["rt_idx_k", "rt_etf_k"]);
        await RefetchAsync(rig, "rt_idx_k", "10:00");
        await RefetchAsync(rig, "rt_etf_k", "10:00");
        var before = await rig.NumberAsync("SELECT count(*) FROM ods.ods_rt_etf_k");
        var volume = await rig.NumberAsync("SELECT sum(vol)::BIGINT FROM ods.ods_rt_idx_k");

        await RefetchAsync(rig, "rt_idx_k", "14:00");
        await RefetchAsync(rig, "rt_etf_k", "14:00");

        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_rt_etf_k")).ShouldBe(before);
        (await rig.NumberAsync("SELECT count(DISTINCT right(ts_code, 2)) FROM ods.ods_rt_etf_k")).ShouldBe(2);
        (await rig.NumberAsync("SELECT sum(vol)::BIGINT FROM ods.ods_rt_idx_k")).ShouldBeGreaterThan(volume);
        (
            await rig.NumberAsync(
                "SELECT count(*) FROM ods.ods_rt_idx_k WHERE trade_time < TIMESTAMPTZ '2024-06-12 14:00:00+08'"
            )
        ).ShouldBe(0);
    }

    [Fact]
    public async Task Account_ThatHasNotBoughtIt_IsToldSo()
    {
        await using var rig = await StartAsync(["rt_idx_min"]);
        await rig.ReopenAsync(
            Setup() with
            {
                Server = options =>
                    options with
                    {
                        Source = _market,
                        Points = [new PointsTranche(5000, new DateOnly(2030, 1, 1))],
                    },
            }
        );

        var response = await rig.RefetchAsync(Request("rt_idx_min"));

        response.Verdict.ShouldNotBe(Verdict.Done);
    }

    private static string Traded() => "600001.SH";

    /// <summary>Another process adds a bar of one index to the day's.</summary>
    private static async Task BringAsync(DataLake lake, DefinitionBundle bundle, string time, CancellationToken stop)
    {
        const string Unit = "tushare.rt_idx_min/2024-06-12";
        var dataset = bundle.Datasets.Get("rt_idx_min");
        var rows = new ColumnBatch(dataset.Columns);
        var standing = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(stop);
        await new UnitReader(lake).ReadAsync(standing, Unit, rows, stop);
        foreach (var (column, i) in rows.Columns.Select((column, i) => (column, i)).ToArray())
        {
            if (rows.Definitions[i].Name == "time")
            {
                ((TextColumn)column).Append(System.Text.Encoding.UTF8.GetBytes($"2024-06-12 {time}"));
            }
            else
            {
                column.AppendFrom(column, 0);
            }
        }

        using var staging = lake.Stage(TableDefinition.Of(dataset), "other");
        staging.Append(Unit, s_today, rows);
        await lake.CommitAsync(staging, new CommitRequest("TEST"), stop);
    }

    private Task<IngestRig> StartAsync(string[] datasets) => IngestRig.StartAsync(Setup(), more: datasets);

    private VendorSetup Setup(string effect = "") =>
        new()
        {
            Server = options => options with { Source = _market },
            Faults = effect.Length == 0 ? "" : $"- {{ api: rt_idx_min, do: {{ {effect} }} }}",
        };

    private static RefetchRequest Request(string dataset) => new([dataset], null, null, [], null);

    private async Task RefetchAsync(IngestRig rig, string dataset, string moment, DateOnly? day = null)
    {
        _market.MoveTo(day ?? s_today, TimeOnly.Parse(moment, System.Globalization.CultureInfo.InvariantCulture));
        var response = await rig.RefetchAsync(Request(dataset));
        response.Verdict.ShouldBe(Verdict.Done);
    }

    private static Task<string> TimesAsync(IngestRig rig, string day = "2024-06-12") =>
        rig.TextAsync(
            $"SELECT string_agg(DISTINCT right(time, 8), ' ' ORDER BY right(time, 8)) FROM ods.ods_rt_idx_min WHERE dt = '{day}'"
        );
}
