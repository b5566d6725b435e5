using System.Text.Json.Nodes;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Tables;
using Tidemark.Operations;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Symbols;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Fetching again what is there: what changed is said, less is refused without a reason, and attempts begin anew.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class RefetchTests
{
    private static readonly DateOnly s_day = new(2024, 6, 11);

    private static RefetchRequest OfTheEleventh(string? reason = null, params string[] symbols) =>
        new(["daily"], s_day, s_day, symbols, reason);

    private static void Shorten(IngestRig rig, int rows) =>
        rig.Market.Rewrite = (request, answer) =>
        {
            while (WatchedMarket.IsUnit(request, "daily", "20240611") && answer.Count > rows)
            {
                answer.RemoveAt(answer.Count - 1);
            }
        };

    private static Task<long> RowsAsync(IngestRig rig) =>
        rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'");

    [Fact]
    public async Task Refetch_RevisedDay_ReplacesItRowByRowAndSaysWhatChanged()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var rows = await RowsAsync(rig);
        string? changed = null;
        rig.Market.Rewrite = (request, answer) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                changed = answer[0]![0]!.ToString();
                answer[0]!.AsArray()[5] = 0.01;
                var added = answer[1]!.DeepClone().AsArray();
                added[0] = "999999.SZ";
                answer.Add((JsonNode)added);
            }
        };
        rig.Market.Forget();

        var response = await rig.RefetchAsync(OfTheEleventh(null, "999999.SZ", "000000.XX"));

        response.Verdict.ShouldBe(Verdict.Done);
        response.Run.Planned.ShouldBe(1);
        response.Rows.ShouldBe(new RowChanges(1, 1, 0, rows - 1));
        response.Symbols.ShouldBe([
            new SymbolChanges("999999.SZ", "tushare.daily", new RowChanges(1, 0, 0, 0)),
            new SymbolChanges("000000.XX", "tushare.daily", new RowChanges(0, 0, 0, 0)),
        ]);
        (
            await rig.NumberAsync($"SELECT count(*) FROM ods.ods_daily WHERE ts_code = '{changed}' AND close = 0.01")
        ).ShouldBe(1);
        rig.Market.Asked.ShouldAllBe(a => a == "daily 20240611");
        (await rig.RunRowAsync(response.Run.Id)).Mode.ShouldBe(RunMode.OnDemand);
    }

    [Fact]
    public async Task Refetch_NothingNew_ChangesNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var versions = await rig.VersionsAsync();

        var response = await rig.RefetchAsync(new RefetchRequest(["daily", "suspend_d"], null, null, [], null));

        response.Run.Planned.ShouldBe(8, "without a range: every day that is there");
        (response.Rows.Added, response.Rows.Changed, response.Rows.Removed).ShouldBe((0, 0, 0));
        (await rig.VersionsAsync()).ShouldBe(versions);
    }

    [Fact]
    public async Task Refetch_SmallerAnswer_IsRefusedWithoutAReasonAndRecordedWithOne()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var rows = await RowsAsync(rig);
        Shorten(rig, 30);

        var refused = await rig.RefetchAsync(OfTheEleventh());

        refused.Verdict.ShouldBe(Verdict.Incomplete);
        refused.Run.Errors.ShouldHaveSingleItem().Message.ShouldContain("--allow-shrink REASON");
        (await RowsAsync(rig)).ShouldBe(rows);

        var allowed = await rig.RefetchAsync(OfTheEleventh("the vendor took ten back"));

        allowed.Run.Failed.ShouldBe(0);
        allowed.Rows.ShouldBe(new RowChanges(0, 0, rows - 30, 30));
        (await RowsAsync(rig)).ShouldBe(30);
        var history = await rig.Lake.Table(new TableId("ods", "ods_daily")).HistoryAsync(CancellationToken.None);
        history[0].ShrinkReason.ShouldBe("the vendor took ten back");
        history.Skip(1).ShouldAllBe(v => v.ShrinkReason == null);
    }

    [Fact]
    public async Task Refetch_ReasonThatNobodyNeeds_IsNotRecorded()
    {
        await using var rig = await IngestRig.StartAsync();
        Shorten(rig, 30);
        await rig.RunAsync();
        rig.Market.Rewrite = null;

        var response = await rig.RefetchAsync(OfTheEleventh("whatever"));

        response.Rows.Added.ShouldBeGreaterThan(0);
        var history = await rig.Lake.Table(new TableId("ods", "ods_daily")).HistoryAsync(CancellationToken.None);
        history.ShouldAllBe(v => v.ShrinkReason == null);
    }

    [Fact]
    public async Task Refetch_UnitThatWasGivenUp_BeginsAnew()
    {
        await using var rig = await IngestRig.StartAsync();
        Shorten(rig, 30);
        await rig.RunAsync();
        rig.Sql("update unit_attempts set step = 13, attempts = 13, next_at = null, state = 'given_up'");
        (await rig.RunAsync()).GivenUp.Count.ShouldBe(1);

        var response = await rig.RefetchAsync(OfTheEleventh());

        response.Verdict.ShouldBe(Verdict.Incomplete);
        var kept = (await rig.AttemptsAsync()).Values.ShouldHaveSingleItem();
        (kept.Attempts, kept.Step, kept.IsGivenUp).ShouldBe((1, 1, false));
        (await rig.RunAsync()).Planned.ShouldBe(2, "the day and its halts");
    }

    [Fact]
    public async Task Refetch_RangeWithDaysThatAreNotThere_FetchesThemToo()
    {
        await using var rig = await IngestRig.StartAsync();

        var response = await rig.RefetchAsync(
            new RefetchRequest(["tushare.daily"], new DateOnly(2024, 5, 30), new DateOnly(2024, 6, 4), [], null)
        );

        response.Run.Committed.ShouldBe(4);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(["2024-05-30", "2024-05-31", "2024-06-03", "2024-06-04"]);
    }

    [Fact]
    public async Task Refetch_ListOfThePast_SaysThatItCannotBeHadAndAsksForNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();

        var past = await rig.RefetchAsync(
            new RefetchRequest(["stock_basic"], new DateOnly(2024, 6, 6), new DateOnly(2024, 6, 7), [], null)
        );

        past.Verdict.ShouldBe(Verdict.Done);
        (past.Run.Planned, past.Run.PastLists.Single()).ShouldBe((0, "tushare.stock_basic"));
        rig.Market.Asked.ShouldBeEmpty();
        (await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null))).Run.Committed.ShouldBe(1);
    }

    /// <summary>
    /// The list that had the earlier code is replaced by the one that has the later; nothing else would tell that they
    /// are one.
    /// </summary>
    [Fact]
    public async Task Refetch_ListOfTheSameDayWithAnotherCode_JoinsItToTheOneBefore()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var before = await rig.StatusAsync("stock.daily_bars", "2024-06-07");
        var earlier = WatchedMarket.Codes("stock_basic").First(c => c.EndsWith(".SH", StringComparison.Ordinal));
        rig.Market.Rewrite = (_, rows) =>
        {
            foreach (var row in rows.Where(r => r![0]!.GetValue<string>() == earlier))
            {
                row![0] = "699999.SH";
            }
        };

        await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null));

        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldBe(before);
        (await rig.Get<SymbolDirectory>().EntityAsync(earlier, default)).ShouldBe("699999.SH");
        (await rig.Get<SymbolFindings>().RunAsync(days: null, default)).Codes.ShouldBeEmpty();
        var version = (await rig.SnapshotAsync("ods_code_change")).Version;
        await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null));
        (await rig.SnapshotAsync("ods_code_change")).Version.ShouldBe(version, "it is known already");
        (await rig.StatusAsync("stock.daily_bars", "2024-06-07")).ShouldBe(before);
    }

    /// <summary>
    /// The vendor gives the day under the new code now; before, the rows stood under the earlier one.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refetch_SymbolWhoseCodeChanged_CountsTheRowsOfBothCodes(bool isKnownBefore)
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync();
        var earlier = WatchedMarket.Codes("stock_basic").First(c => c.EndsWith(".SH", StringComparison.Ordinal));
        const string Later = "699999.SH";
        var isBarRenamed = false;
        rig.Market.Rewrite = (request, rows) =>
        {
            var isList = WatchedMarket.IsUnit(request, "stock_basic");
            foreach (var row in rows.Where(r => (isList || isBarRenamed) && r![0]!.GetValue<string>() == earlier))
            {
                row![0] = Later;
            }
        };
        if (isKnownBefore)
        {
            await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null));
            var same = await rig.RefetchAsync(OfTheEleventh(null, earlier));
            same.Symbols.ShouldBe([new SymbolChanges(Later, "tushare.daily", new RowChanges(0, 0, 0, 1))]);
        }

        isBarRenamed = true;
        string[] datasets = isKnownBefore ? ["daily"] : ["stock_basic", "daily"];
        var renamed = await rig.RefetchAsync(new RefetchRequest(datasets, s_day, null, [earlier], null));

        renamed
            .Symbols[^1]
            .ShouldBe(
                new SymbolChanges(
                    isKnownBefore ? Later : earlier,
                    "tushare.daily",
                    new RowChanges(Added: 2, Changed: 0, Removed: 2, Unchanged: 0)
                )
            );
    }

    [Fact]
    public async Task Refetch_SymbolThatMayBeSeveral_IsRefusedBeforeAnythingIsFetched()
    {
        await using var rig = await IngestRig.StartAsync(
            more: ["index_basic", "index_daily"],
            checks: ["index.list", "index.daily_bars"]
        );
        rig.Market.Rewrite = (request, rows) =>
        {
            if (request.Api.Name == "stock_basic" && request.Parameters["list_status"] == "L")
            {
                rows[0]![0] = "000001.SZ"; // the index of the same digits is 000001.SH
            }
        };
        await rig.RunAsync();
        rig.Market.Forget();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            rig.RefetchAsync(OfTheEleventh(null, "nobody", "000001"))
        );

        (error.Code, error.Message).ShouldBe(
            ("SYMBOL_AMBIGUOUS", "--symbols: 000001 may be 000001.SH or 000001.SZ: write it out. Nothing was fetched.")
        );
        rig.Market.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refetch_NothingToFetch_SaysSo()
    {
        await using var rig = await IngestRig.StartAsync();

        var nothing = await rig.RefetchAsync(new RefetchRequest(["tushare.daily"], null, null, [], null));
        nothing.Notes.ShouldHaveSingleItem().ShouldContain("the lake has no whole day yet");

        await rig.RunAsync();
        var all = await rig.RefetchAsync(new RefetchRequest(["tushare.daily"], null, null, ["nobody"], null));
        all.Notes.Count.ShouldBe(2);
        all.Notes[0].ShouldContain("'nobody' is in no list");
        all.Notes[1].ShouldContain("every day that the lake has was asked for: 4, 2024-06-06 … 2024-06-12");
        var holiday = new DateOnly(2024, 6, 10);
        (await rig.RefetchAsync(new RefetchRequest(["tushare.daily"], holiday, holiday, [], null)))
            .Notes.ShouldHaveSingleItem()
            .ShouldContain("has no trading day whose data is due");
    }

    [Fact]
    public async Task Refetch_RangeTheWrongWayRound_IsRefused()
    {
        await using var rig = await IngestRig.StartAsync();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day.AddDays(-1), [], null))
        );

        error.Code.ShouldBe("RANGE_EMPTY");
    }
}
