using Tidemark.Completeness.Results;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Tests;

public sealed class StatusTests : IDisposable
{
    private readonly Observatory _watch = new();

    [Fact]
    public async Task Status_AfterMaterializing_TellsPoolsBucketsChecksAndDays()
    {
        await using var books = await FilledAsync();

        var report = await books.StoredAsync(_watch.Checks, new StatusFilter());

        report.AsOf.ShouldBe(Observatory.Day(3));
        report.Pools.Select(p => p.Pool).ShouldBe([Pool.Universe, Pool.Targets]);
        report.Pools[0].Buckets.Select(b => b.Bucket).ShouldBe([Bucket.Stock, Bucket.Etf, Bucket.Index]);
        var bars = report.Pools[0].Buckets[0].Checks.Single(c => c.Check == "stock.daily_bars");
        bars.Title.ShouldBe("Stock daily bars");
        (bars.From, bars.To).ShouldBe((Observatory.Day(1), Observatory.Day(3)));
        bars.Counts.ShouldBe(new StatusCounts(4, 0, 2, 1, 0));
        bars.Counts.Cells.ShouldBe(7);
        bars.Reasons.ShouldBe(new Dictionary<string, long> { ["suspended"] = 1 });
        bars.Days.ShouldBe([
            new DayStatus(Observatory.Day(1), new StatusCounts(2, 0, 0, 0, 0)),
            new DayStatus(Observatory.Day(2), new StatusCounts(1, 0, 0, 1, 0)),
            new DayStatus(Observatory.Day(3), new StatusCounts(1, 0, 2, 0, 0)),
        ]);
        var target = report.Pools[1].Buckets[0].Checks.Single(c => c.Check == "stock.daily_bars");
        target.Counts.ShouldBe(new StatusCounts(2, 0, 0, 1, 0));
    }

    [Fact]
    public async Task Status_Filters_Narrow()
    {
        await using var books = await FilledAsync();

        var last = await books.StoredAsync(
            _watch.Checks,
            new StatusFilter(Pool.Universe, Bucket.Stock, "stock.daily_bars", Days: 1)
        );
        var check = last.Pools.Single().Buckets.Single().Checks.Single();
        (check.From, check.Counts).ShouldBe((Observatory.Day(3), new StatusCounts(1, 0, 2, 0, 0)));
        last.Total.ShouldBe(check.Counts);
        (await books.StoredAsync(_watch.Checks, new StatusFilter(Bucket: Bucket.Fx))).Pools.ShouldBeEmpty();
    }

    [Fact]
    public async Task Status_OneEntity_HasRangesWithReasonsAndCoverage()
    {
        await using var books = await FilledAsync();

        var report = await books.StoredAsync(
            _watch.Checks,
            new StatusFilter(Pool.Universe, Check: "stock.daily_bars", Entity: "new")
        );

        var check = report.Pools.Single().Buckets.Single().Checks.Single();
        check.Counts.ShouldBe(new StatusCounts(0, 0, 1, 0, 0));
        check.CoverageRatio.ShouldBe(0);
        check.Ranges.ShouldBe([
            new RangeStatus(Observatory.Day(1), Observatory.Day(2), "not_applicable", "not_listed", 2),
            new RangeStatus(Observatory.Day(3), Observatory.Day(3), "missing", "", 1),
        ]);
        var halted = await books.StoredAsync(
            _watch.Checks,
            new StatusFilter(Pool.Targets, Check: "stock.daily_bars", Entity: "a", Days: 2)
        );
        halted
            .Pools.Single()
            .Buckets.Single()
            .Checks.Single()
            .Ranges.ShouldBe([
                new RangeStatus(Observatory.Day(2), Observatory.Day(2), "not_applicable", "suspended", 1),
                new RangeStatus(Observatory.Day(3), Observatory.Day(3), "complete", "", 1),
            ]);
    }

    [Fact]
    public async Task StatusRows_LatestDay_HaveCoverageAndEvidence()
    {
        await using var books = await FilledAsync();

        var rows = (await books.Store.StatusesAsync(Pool.Universe, null, default)).Where(s =>
            s.CheckId == "stock.daily_bars"
        );

        rows.Select(r => $"{r.EntityId}|{r.Status.Name()}|{r.CoverageRatio}|{r.ModuleId}|{r.EntityType}")
            .ShouldBe([
                "a|complete|1|stock.market.daily|instrument",
                "b|missing|0.6667|stock.market.daily|instrument",
                "new|missing|0|stock.market.daily|instrument",
            ]);
        rows.First()
            .DetailJson.ShouldBe(
                """{"ratio":1,"required":[{"datasetId":"tushare.daily","present":true,"version":2}]}"""
            );
        (await books.Store.RunsAsync(10, default))
            .Select(r => (r.Pool, r.Status, r.SourceRunId))
            .ShouldBe([(Pool.Universe, "partial", "run-1"), (Pool.Targets, "partial", "run-1")], ignoreOrder: true);
    }

    [Fact]
    public async Task Materialize_EntityAndCheckThatLeft_AreRemoved()
    {
        await using var books = await FilledAsync();
        var onlyA = _watch
            .Checks.Select(c =>
                c.Entities is { } stocks && c.Bucket == Bucket.Stock
                    ? c with
                    {
                        Entities = stocks with { Where = "ts_code = 'a'" },
                    }
                    : c
            )
            .ToArray();
        var fewer = onlyA.Where(c => c.Id != "stock.adj_factor").ToArray();

        var request = new MaterializeRequest([Pool.Universe], new HashSet<string>(), null);
        var written = await books.Materializer.RunAsync(onlyA, _watch.Window(1, 3), request, default);
        await books.Materializer.RunAsync(fewer, _watch.Window(1, 3), request, default);

        written.Pools.Single().LeftEntities.ShouldBe(["b", "new"]);
        var report = await books.StoredAsync(_watch.Checks, new StatusFilter(Pool.Universe));
        report
            .Pools.Single()
            .Buckets[0]
            .Checks.Select(c => c.Check)
            .ShouldBe(["stock.daily_bars", "stock.list", "stock.valuation"]);
    }

    [Fact]
    public async Task Materialize_OfAWrongCheck_EvaluatesTheOthersAndShowsNoneOfItsCells()
    {
        await using var books = await FilledAsync();

        var bars = _watch.Check("stock.daily_bars");
        var wrong = bars with { Entities = bars.Entities! with { Where = "nonsense = 1" } };
        CheckDefinition[] checks = [.. _watch.Checks.Where(c => c.Id != bars.Id), wrong];
        var request = new MaterializeRequest(Pools.All, new HashSet<string>(), "run-2");
        var written = await books.Materializer.RunAsync(checks, _watch.Window(1, 3), request, default);

        written.Faults.ShouldHaveSingleItem().Error.Code.ShouldBe("CHECK_INVALID");
        written.Pools.Count.ShouldBe(2);
        (await books.Store.RunsAsync(1, default)).Single().Status.ShouldBe("failed");
        var present = await books.Present.EvaluateAsync(
            checks,
            _watch.Window(1, 3),
            Pools.All,
            request.Targets,
            default
        );
        var report = await books.ReadAsync(checks, present);
        report.Checks.First(c => c.Check == bars.Id).NotEvaluated!.Code.ShouldBe("CHECK_INVALID");
        report.Checks.First(c => c.Check == bars.Id).Counts.Complete.ShouldBe(0);
        report.Checks.First(c => c.Check != bars.Id).Counts.Cells.ShouldBeGreaterThan(0);
    }

    public void Dispose() => _watch.Dispose();

    /// <summary>
    /// a: complete, halted, complete; b: complete, complete, missing; new: listed on the third day, missing.
    /// </summary>
    private async Task<Books> FilledAsync()
    {
        await _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(3),
            "SELECT * FROM (VALUES ('a', DATE '2000-01-01'), ('b', DATE '2000-01-01'), ('new', DATE '2022-06-03')) AS v(ts_code, list_date)"
        );
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a", "b");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "b");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "a");
        await _watch.FillAsync("tushare.suspend_d", Observatory.Day(2), "SELECT 'a' AS ts_code, 'S' AS suspend_type");
        var books = await _watch.OpenBooksAsync();
        await books.Materializer.RunAsync(
            _watch.Checks,
            _watch.Window(1, 3),
            new MaterializeRequest(Pools.All, new HashSet<string> { "a", "510300.SH" }, "run-1"),
            default
        );
        return books;
    }
}
