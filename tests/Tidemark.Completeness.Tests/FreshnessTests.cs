using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Tests;

/// <summary>Results belong to versions: what changed is evaluated again, and nothing else.</summary>
public sealed class FreshnessTests : IDisposable
{
    private static readonly HashSet<string> s_targets = ["a"];
    private readonly Observatory _watch = new();

    [Fact]
    public async Task Present_NothingChanged_EvaluatesNothing()
    {
        await using var books = await FilledAsync();

        (await PresentAsync(books)).Evaluated.ShouldBeEmpty();
    }

    [Fact]
    public async Task Present_OneDayCommittedAgain_EvaluatesTheChecksThatReadIt()
    {
        await using var books = await FilledAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "b", "a");

        var present = await PresentAsync(books);

        present
            .Evaluated.Select(e => (e.Pool, e.Result.Check.Id))
            .ShouldBe(
                [
                    (Pool.Universe, "stock.daily_bars"),
                    (Pool.Targets, "stock.daily_bars"),
                    (Pool.Universe, "stock.valuation"),
                    (Pool.Targets, "stock.valuation"),
                ],
                ignoreOrder: true
            );
        var bars = present.Evaluated.Single(e => e is { Pool: Pool.Targets, Result.Check.Id: "stock.daily_bars" });
        bars.Result.Totals()[new Cell(CellStatus.Complete)]
            .ShouldBe(3, "a was halted on the second day, and has a bar");
    }

    [Fact]
    public async Task Present_RestoreOfAnEarlierVersion_IsSeen()
    {
        await using var books = await FilledAsync();
        var table = _watch.Lake.Table(TableId.Parse("ods.ods_daily"));
        await new TableRestore(table).RestoreAsync(0, default);

        var bars = (await PresentAsync(books)).Evaluated.First(e => e.Result.Check.Id == "stock.daily_bars");

        bars.Result.Totals()[new Cell(CellStatus.Complete)].ShouldBe(2);
        bars.Result.Totals()[new Cell(CellStatus.Missing)].ShouldBe(3);
    }

    [Fact]
    public async Task Present_ListOfADayAfterTheWindow_IsSeen()
    {
        await using var books = await FilledAsync();
        await _watch.FillAsync("tushare.index_basic", Observatory.Day(1), "SELECT '000300.SH' AS ts_code");
        var request = new MaterializeRequest(Pools.All, s_targets, null);
        await books.Materializer.RunAsync(_watch.Checks, _watch.Window(1, 3), request, default);
        await _watch.FillAsync("tushare.index_basic", Observatory.Day(6), "SELECT '000300.SH' AS ts_code");

        var list = (await PresentAsync(books)).Evaluated.Single(e => e.Result.Check.Id == "index.list");

        var whole = await _watch.Evaluator.EvaluateAsync([_watch.Check("index.list")], _watch.Window(1, 3), default);
        list.Result.Totals().ShouldBe(whole.Checks.Single().Totals(), ignoreOrder: true);
    }

    [Fact]
    public async Task Present_Compaction_EvaluatesNothing()
    {
        await using var books = await FilledAsync();
        var table = _watch.Lake.Table(TableId.Parse("ods.ods_daily"));
        var before = (await table.SnapshotAsync(default)).Version;
        await CompactAsync(table);
        (await table.SnapshotAsync(default)).Version.ShouldBeGreaterThan(before, "there was something to compact");

        (await PresentAsync(books)).Evaluated.ShouldBeEmpty();
    }

    [Fact]
    public async Task Present_CheckDeclaredAnew_IsEvaluated()
    {
        await using var books = await FilledAsync();
        var bars = _watch.Check("stock.daily_bars");
        var stricter = bars with
        {
            Values = new Dictionary<string, IReadOnlyList<string>> { ["tushare.daily"] = ["close", "vol"] },
        };

        (await PresentAsync(books, checks: [stricter])).Evaluated.Select(e => e.Pool).ShouldBe([.. Pools.All]);
        (await PresentAsync(books, checks: [bars])).Evaluated.ShouldBeEmpty();
    }

    [Fact]
    public async Task Present_CalendarWithAnotherHoliday_IsEvaluated()
    {
        await using var books = await FilledAsync();
        var window = _watch.Window(1, 3) with { Calendars = Observatory.Calendars(Observatory.Day(2)) };

        var evaluated = (await PresentAsync(books, window)).Evaluated;

        evaluated.Select(e => e.Result.Check.Id).Distinct().Count().ShouldBe(_watch.Checks.Count);
        evaluated[0].Result.Days.ShouldBe([Observatory.Day(1), Observatory.Day(3)]);
    }

    [Fact]
    public async Task Present_OtherTargets_ConcernTheirPoolAlone()
    {
        await using var books = await FilledAsync();

        var present = await books.Present.EvaluateAsync(
            _watch.Checks,
            _watch.Window(1, 3),
            Pools.All,
            new HashSet<string> { "b" },
            default
        );

        present.Evaluated.ShouldAllBe(e => e.Pool == Pool.Targets);
        var bars = present.Evaluated.Single(e => e.Result.Check.Id == "stock.daily_bars").Result;
        bars.Entities.ShouldBe(["b"]);
        bars.Totals()[new Cell(CellStatus.Complete)].ShouldBe(2);
    }

    [Fact]
    public async Task Present_RunOfTheTargets_LeavesTheOtherPoolBehind()
    {
        await using var books = await FilledAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "a", "b");
        var request = new MaterializeRequest([Pool.Targets], s_targets, "run-2");
        await books.Materializer.RunAsync(_watch.Checks, _watch.Window(1, 3), request, default);

        var present = await PresentAsync(books);

        present.Evaluated.Select(e => e.Pool).Distinct().ShouldBe([Pool.Universe]);
    }

    [Theory]
    [InlineData(false)] // gone, as a listing shows
    [InlineData(true)] // of the right size, as reading shows
    public async Task Present_FilesThatCannotBeRead_CountAsNotThereAndTheRestHolds(bool isGarbage)
    {
        await using var books = await FilledAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "a", "b");
        foreach (var file in _watch.DataFiles("ods/ods_daily"))
        {
            if (isGarbage)
            {
                File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
            }
            else
            {
                File.Delete(file);
            }
        }

        var present = await PresentAsync(books);
        var report = await books.Reader.ReadAsync(
            new StatusFilter(Pool.Universe, Bucket.Stock, "stock.daily_bars"),
            new StatusSources(_watch.Checks, present, DateTimeOffset.UnixEpoch),
            null,
            default
        );

        present.Faults.ShouldBeEmpty();
        present.Lost.Count.ShouldBe(3);
        present.Evaluated.Select(e => e.Result.Check.Id).Distinct().ShouldBe(["stock.daily_bars", "stock.valuation"]);
        report.Total.Complete.ShouldBe(0);
        report.Total.Cells.ShouldBeGreaterThan(0);
    }

    /// <summary>The entities and their windows are the same; whose the bars under an earlier code are is not.</summary>
    [Fact]
    public async Task Present_ListThatNoLongerHasAnEarlierCode_TakesItsBarsBack()
    {
        const string Bars = "stock.daily_bars";
        await using var books = await _watch.OpenBooksAsync();
        await ListAsync(2, "('830017.BJ', '凯德'), ('600000.SH', '浦发')");
        await ListAsync(3, "('920017.BJ', '凯德'), ('600000.SH', '浦发')");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "830017.BJ", "600000.SH");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "920017.BJ", "600000.SH");
        var request = new MaterializeRequest(Pools.All, s_targets, null);
        await books.Materializer.RunAsync([_watch.Check(Bars)], _watch.Window(2, 3), request, default);
        var before = await books.StoredAsync([_watch.Check(Bars)], new StatusFilter(Pool.Universe));
        await ListAsync(2, "('600000.SH', '浦发')");

        var present = await books.Present.EvaluateAsync(
            [_watch.Check(Bars)],
            _watch.Window(2, 3),
            [Pool.Universe],
            s_targets,
            default
        );

        before.Total.Complete.ShouldBe(4, "the list of the second day says whose the first day's bars are");
        var result = present.Evaluated.Single().Result;
        result.Entities.ShouldBe(["600000.SH", "920017.BJ"]);
        result.Totals()[new Cell(CellStatus.Complete)].ShouldBe(3);
        result.Totals()[new Cell(CellStatus.Missing)].ShouldBe(1);

        Task ListAsync(int day, string rows) =>
            _watch.FillAsync(
                "tushare.stock_basic",
                Observatory.Day(day),
                $"SELECT *, DATE '2020-07-27' AS list_date FROM (VALUES {rows}) AS v(ts_code, name)"
            );
    }

    /// <summary>
    /// Whatever changes, what is taken over and what is evaluated anew add up to an evaluation of everything.
    /// </summary>
    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Present_AnySequenceOfChanges_EqualsAnEvaluationOfEverything(int seed)
    {
        var random = new Random(seed);
        await using var books = await _watch.OpenBooksAsync();
        var parts = 0;
        for (var step = 0; step < 25; step++)
        {
            var deed = await ChangeAsync(random);
            var window = _watch.Window(random.Next(1, 4), random.Next(20, 25));
            HashSet<string> targets = random.Next(4) == 0 ? ["b", "c"] : ["a"];
            var present = await books.Present.EvaluateAsync(_watch.Checks, window, Pools.All, targets, default);
            parts += present.Evaluated.Count < _watch.Checks.Sum(c => c.InPools.Count) ? 1 : 0;
            var request = new MaterializeRequest(Pools.All, targets, null);
            await books.Materializer.WriteAsync(present, _watch.Checks, window.To, request, default);

            var whole = await _watch.Evaluator.EvaluateAsync(_watch.Checks, window, default);
            foreach (var check in whole.Checks)
            {
                foreach (var pool in check.Check.InPools)
                {
                    var expected = pool == Pool.Targets ? check.Restrict(targets) : check;
                    var why = $"seed {seed}, step {step} ({deed}), {pool} {check.Check.Id}";
                    var stored = await books.Store.DaysAsync(new(Pool: pool, CheckId: check.Check.Id), default);
                    stored
                        .Select(d => $"{d.Day:O} {d.Status} {d.Reason} {d.Entities}")
                        .ShouldBe(
                            expected.DayCells().Select(c => $"{c.Day:O} {c.Cell.Status} {c.Cell.Reason} {c.Entities}"),
                            ignoreOrder: true,
                            why
                        );
                    for (var i = 0; i < expected.Entities.Count; i++)
                    {
                        (await books.Store.RangesAsync(pool, expected.Entities[i], default))
                            .Where(r => r.CheckId == check.Check.Id)
                            .ShouldBe(StatusRows.DayRanges(expected, i), why);
                    }
                }
            }
        }

        parts.ShouldBeGreaterThan(0, $"seed {seed}: nothing was ever taken over");
    }

    public void Dispose() => _watch.Dispose();

    private async Task<string> ChangeAsync(Random random)
    {
        string[] datasets = ["tushare.daily", "tushare.adj_factor", "tushare.daily_basic"];
        string[] all = ["a", "b", "c", "d"];
        var day = Observatory.Day(random.Next(1, 28)); // closed days and later ones, too
        var some = all.Where(_ => random.Next(3) > 0).ToArray();
        switch (random.Next(8))
        {
            case 0:
                var rows = string.Join(", ", all.Select(s => $"('{s}', DATE '2022-06-{random.Next(1, 9):D2}')"));
                await _watch.FillAsync(
                    "tushare.stock_basic",
                    day,
                    $"SELECT * FROM (VALUES {rows}) AS v(ts_code, list_date)"
                );
                return $"a list of {day}";
            case 1:
                await _watch.FillAsync(
                    "tushare.suspend_d",
                    day,
                    $"SELECT '{all[random.Next(4)]}' AS ts_code, 'S' AS suspend_type"
                );
                return $"a halt on {day}";
            case 2:
                var tables = await _watch.Lake.TablesAsync(default);
                if (tables.Count == 0)
                {
                    return "nothing";
                }

                var table = tables[random.Next(tables.Count)];
                var newest = (await table.SnapshotAsync(default)).Version;
                await new TableRestore(table).RestoreAsync(random.NextInt64(newest + 1), default);
                return $"a restore of {table.Id}";
            case 3:
                foreach (var each in await _watch.Lake.TablesAsync(default))
                {
                    await CompactAsync(each);
                }

                return "a compaction";
            default:
                var dataset = datasets[random.Next(datasets.Length)];
                await _watch.FillSymbolsAsync(dataset, day, some);
                return $"{dataset} of {day}: {string.Join(' ', some)}";
        }
    }

    private Task CompactAsync(LakeTable table) =>
        _watch.Compactor.CompactAsync(table.Id, new CompactOptions(), null, default);

    private Task<PresentResults> PresentAsync(
        Books books,
        EvaluationWindow? window = null,
        IReadOnlyList<CheckDefinition>? checks = null
    ) =>
        books.Present.EvaluateAsync(
            checks ?? _watch.Checks,
            window ?? _watch.Window(1, 3),
            Pools.All,
            s_targets,
            default
        );

    /// <summary>a: complete, halted, complete; b: complete, complete, missing.</summary>
    private async Task<Books> FilledAsync()
    {
        await _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(3),
            "SELECT * FROM (VALUES ('a', DATE '2000-01-01'), ('b', DATE '2000-01-01')) AS v(ts_code, list_date)"
        );
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a", "b");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "b");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "a");
        await _watch.FillAsync("tushare.suspend_d", Observatory.Day(2), "SELECT 'a' AS ts_code, 'S' AS suspend_type");
        var books = await _watch.OpenBooksAsync();
        var request = new MaterializeRequest(Pools.All, s_targets, "run-1");
        await books.Materializer.RunAsync(_watch.Checks, _watch.Window(1, 3), request, default);
        return books;
    }
}
