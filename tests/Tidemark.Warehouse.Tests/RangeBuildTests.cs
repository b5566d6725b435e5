using Tidemark.Core;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// Tables with <c>mode: range</c>: one query makes the partitions of many days, and what is stale is decided by inputs
/// and reach alone.
/// </summary>
public sealed class RangeBuildTests : IDisposable
{
    private const string InRange = "WHERE dt BETWEEN '${RANGE_FROM}' AND '${RANGE_TO}'";

    private const string Copy = Header + "SELECT code, price, dt FROM ods.ods_price " + InRange;

    // 25 calendar days are never more than 20 trading days.
    private const string Sum =
        "/* { partition: dt, key: [code], mode: range, calendar: XSHG, reach: { ods.ods_price: 20 trading days } } */\n"
        + "SELECT code, dt, sum(price) OVER (PARTITION BY code ORDER BY dt RANGE BETWEEN INTERVAL 25 DAYS PRECEDING AND CURRENT ROW) AS total "
        + "FROM ods.ods_price QUALIFY dt BETWEEN '${RANGE_FROM}' AND '${RANGE_TO}'";

    private const string Header = "/* { partition: dt, key: [code], mode: range, reach: { ods.ods_price: day } } */\n";

    private static readonly TableId s_copy = new("dwd", "dwd_copy");
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_FirstTime_MakesEveryDayByOneQueryAndOneCommit()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await FillAsync(3);

        var result = await _shop.BuildAsync(_shop.Load());

        Days(result).ShouldBe(["06-01|2|0", "06-02|2|0", "06-03|2|0"]);
        (await RowsAsync("code, price, dt")).ShouldBe([
            "a|1|2022-06-01",
            "a|2|2022-06-02",
            "a|3|2022-06-03",
            "b|1|2022-06-01",
            "b|2|2022-06-02",
            "b|3|2022-06-03",
        ]);
        var table = await _shop.Lake.Table(s_copy).SnapshotAsync(default);
        table.Units.ShouldContain("dwd.dwd_copy/2022-06-02");
        table.Commit!.Inputs!.ShouldBe([new KeyValuePair<string, long>("ods.ods_price", 2)]);
        (await _shop.BuildAsync(_shop.Load())).Skipped.ShouldBe([new SkippedTable("dwd.dwd_copy", 3, "up to date")]);
    }

    [Fact]
    public async Task Build_MoreFailingDaysThanAreTried_SaysHowManyWereLeft()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price, dt", "error('no') AS price, dt"));
        await FillAsync(14);

        var result = await _shop.BuildAsync(_shop.Load());

        result.Failed.Count(f => f.Code == "BUILD_SQL").ShouldBe(10);
        var rest = result.Failed.Single(f => f.Code == "BUILD_GIVEN_UP");
        rest.Error.ShouldContain("4 of its days");
        result.Built.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_DaysWithoutRows_BecomeEmptyPartitions()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy + " AND price <> 2");
        await FillAsync(3);

        Days(await _shop.BuildAsync(_shop.Load())).ShouldBe(["06-01|2|0", "06-02|0|0", "06-03|2|0"]);

        (await _shop.BuildAsync(_shop.Load())).Built.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_ByMonth_PutsEveryRowIntoItsDay()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("partition: dt", "partition: month"));
        await FillAsync(3);

        Days(await _shop.BuildAsync(_shop.Load())).ShouldBe(["06-01|2|0", "06-02|2|0", "06-03|2|0"]);

        (await RowsAsync("DISTINCT dt, price, month")).ShouldBe([
            "2022-06-01|1|2022-06",
            "2022-06-02|2|2022-06",
            "2022-06-03|3|2022-06",
        ]);
    }

    [Theory]
    [InlineData("dt + 1 AS dt", "has dt 2022-06-02, which is none of the days")]
    [InlineData("dt - 400 AS dt", "has dt 2021-04-27, which is none of the days")]
    [InlineData("NULL::DATE AS dt", "has dt null, which is none of the days")]
    [InlineData("'2022-07-01' AS dt", "has dt 2022-07-01, which is none of the days")]
    public async Task Build_RowOutsideOfTheRange_IsNamed(string day, string expected)
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price, dt", "price, " + day));
        await FillAsync(1);

        var failed = (await _shop.BuildAsync(_shop.Load())).Failed.ShouldHaveSingleItem();

        (failed.Code, failed.Dt).ShouldBe(("BUILD_SQL", Workshop.Day1));
        failed.Error.ShouldContain("the row (code = ");
        failed.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task Build_OneDayFails_IsFoundAndTheOthersAreBuilt()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("price, dt", "CASE WHEN price = 4 THEN error('no four') ELSE price END AS price, dt")
        );
        await FillAsync(7);

        var result = await _shop.BuildAsync(_shop.Load());

        result.Failed.Select(f => f.Dt).ShouldBe([Workshop.Day1.AddDays(5)]); // the fourth trading day
        result.Failed[0].Error.ShouldContain("no four");
        result.Built.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Build_OneDayBreaksTheKey_IsLeftOutAndTheOthersAreBuilt()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("SELECT code", "SELECT CASE WHEN price = 2 THEN 'x' ELSE code END AS code")
        );
        await FillAsync(3);

        var result = await _shop.BuildAsync(_shop.Load());

        result.Failed.Select(f => (f.Dt, f.Code)).ShouldBe([(Workshop.Day2, "BUILD_KEY")]);
        Days(result).ShouldBe(["06-01|2|0", "06-03|2|0"]);
    }

    [Fact]
    public async Task Build_ARepairedDay_RebuildsTheTwentyDaysThatLookBackOnIt()
    {
        _shop.Write("dwd/dwd_sum.sql", Sum);
        await FillAsync(45);
        var project = _shop.Load();
        (await _shop.BuildAsync(project)).Built.Count.ShouldBe(45);
        var days = TradingDays(45);
        await _shop.FillPricesAsync(days[10], "('a', 1000), ('b', 0)");

        var result = await _shop.BuildAsync(project);

        result.Built.Select(b => b.Dt!.Value).ShouldBe(days[10..30]);
        result.Built.Select(b => b.Version).Distinct().Count().ShouldBe(1);
        (await _shop.BuildAsync(project)).Built.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_AReachThatChanges_MakesEveryDayStale()
    {
        _shop.Write("dwd/dwd_sum.sql", Sum);
        await FillAsync(3);
        await _shop.BuildAsync(_shop.Load());
        _shop.Write("dwd/dwd_sum.sql", Sum.Replace("20 trading", "21 trading"));

        (await _shop.BuildAsync(_shop.Load())).Built.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("day", "1|1|1|1")]
    [InlineData("2 trading days", "1|2|2|2")]
    [InlineData("everything", "4|4|4|4")]
    public async Task Build_SqlThatLooksFurtherThanItsReach_SeesNothingThere(string reach, string expected)
    {
        // Wednesday, Thursday, Friday, Monday; a day at a time, so that the range shows no more than the reach of one.
        var calendar = reach.Contains("trading") ? "calendar: XSHG, " : "";
        _shop.Write(
            "dwd/dwd_n.sql",
            $"/* {{ partition: dt, key: [n], mode: range, {calendar}reach: {{ ods.ods_price: {reach} }} }} */\n"
                + "SELECT count(DISTINCT dt) AS n, DATE '${RANGE_TO}' AS dt FROM ods.ods_price WHERE '${RANGE_FROM}' <> ''"
        );
        await FillAsync(4);
        var builder = new WarehouseBuilder(
            _shop.Lake,
            TimeProvider.System,
            new BuildLimits(UnitsMax: 1),
            Workshop.Calendars
        );

        (await builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), null, default)).IsSuccess.ShouldBeTrue();

        string.Join('|', await _shop.RowsAsync("SELECT n FROM dwd.dwd_n ORDER BY dt")).ShouldBe(expected);
    }

    [Fact]
    public async Task Build_InDayMode_APlainReferenceSeesItsReachAlone()
    {
        _shop.Write(
            "dwd/dwd_n.sql",
            "/* { partition: dt, key: [n], calendar: XSHG, reach: { ods.ods_price: 2 trading days } } */\n"
                + "SELECT count(DISTINCT dt) AS n, (SELECT count(*) FROM ods.ods_price_dt(DATE '${PARTITION_DATE}' - 1)) AS before FROM ods.ods_price"
        );
        await FillAsync(4);

        await _shop.BuildAsync(_shop.Load());

        (await _shop.RowsAsync("SELECT n, before FROM dwd.dwd_n ORDER BY dt")).ShouldBe(["1|0", "2|2", "2|2", "2|0"]);
    }

    [Fact]
    public async Task Build_AnInputThatIsReachedAsAWhole_RebuildsAllWhenItChanges()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("ods.ods_price: day", "ods.ods_price: day, ods.ods_list: everything")
                .Replace("FROM ods", "FROM (SELECT *, (SELECT max(name) FROM ods.ods_list) AS name FROM ods")
                .Replace("price, dt", "price, dt, name") + ")"
        );
        await FillAsync(3);
        var project = _shop.Load();
        (await _shop.BuildAsync(project)).IsSuccess.ShouldBeTrue();
        await _shop.FillAsync(Workshop.Sources[1], Workshop.Day1, "code, name", "('a', 'Ant')");

        (await _shop.BuildAsync(project)).Built.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Build_StaleDaysApart_MakesThemByThemselvesInOneCommit()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price, dt", "price, dt, '${RANGE_FROM} ${RANGE_TO}' AS made"));
        await FillAsync(7);
        var project = _shop.Load();
        await _shop.BuildAsync(project);
        var days = TradingDays(7);
        foreach (var i in new[] { 1, 2, 5 })
        {
            await _shop.FillPricesAsync(days[i], "('a', 50), ('b', 51)");
        }

        var result = await _shop.BuildAsync(project);

        result.Built.Select(b => b.Dt!.Value).ShouldBe([days[1], days[2], days[5]]);
        result.Built.Select(b => b.Version).Distinct().ShouldBe([1]);
        (await _shop.RowsAsync("SELECT DISTINCT made FROM dwd.dwd_copy WHERE price >= 50 ORDER BY 1")).ShouldBe([
            $"{days[1].ToIso()} {days[2].ToIso()}",
            $"{days[5].ToIso()} {days[5].ToIso()}",
        ]);
    }

    [Fact]
    public async Task Build_ManyRows_AreCommittedInChunksAndACancellationLeavesThose()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await FillAsync(7);
        using var stop = new CancellationTokenSource();
        var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, new BuildLimits(RowsMax: 6));

        await Should.ThrowAsync<OperationCanceledException>(() =>
            builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), new StopAt(4, stop), stop.Token)
        );

        (await RowsAsync("count(DISTINCT dt)")).ShouldBe(["3"]);
        var rest = await _shop.BuildAsync(_shop.Load());
        Days(rest).ShouldBe(["06-06|2|1", "06-07|2|1", "06-08|2|1", "06-09|2|1"]);
    }

    [Fact]
    public async Task Build_DeclarationChanged_ReplacesTheTableInOneVersion()
    {
        _shop.Write("dwd/dwd_copy.sql", Copy);
        await FillAsync(5);
        await _shop.BuildAsync(_shop.Load());
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace("price, dt", "price AS cost, dt"));
        var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, new BuildLimits(UnitsMax: 2));

        var result = await builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), null, default);

        result.Built.Select(b => b.Version).ShouldBe([1, 1, 1, 1, 1]);
        (await RowsAsync("sum(cost)")).ShouldBe(["30"]);
    }

    [Fact]
    public async Task Build_OfACalendarThatIsNotThere_SaysSo()
    {
        _shop.Write("dwd/dwd_sum.sql", Sum.Replace("XSHG", "XNYS"));
        await FillAsync(1);

        (await _shop.BuildAsync(_shop.Load())).Failed.ShouldHaveSingleItem().Code.ShouldBe("CALENDAR_UNKNOWN");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Build_AfterAnyRepairs_TheTableIsWhatAFreshBuildMakes(int seed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        _shop.Write("dwd/dwd_sum.sql", Sum.Replace("20 trading", "4 trading").Replace("25 DAYS", "3 DAYS"));
        var days = TradingDays(12);
        var project = _shop.Load();
        for (var round = 0; round < 6; round++)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                await _shop.FillPricesAsync(
                    days[random.Next(days.Length)],
                    $"('a', {random.Next(100)}), ('b', {round})"
                );
            }

            var limits = new BuildLimits(UnitsMax: random.Next(1, 6));
            var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, limits, Workshop.Calendars);
            (await builder.BuildAsync(project, new BuildRequest("run", []), null, default)).IsSuccess.ShouldBeTrue();
        }

        const string Rows = "SELECT code, total, dt FROM dwd.dwd_sum ORDER BY ALL";
        var built = await _shop.RowsAsync(Rows);
        await _shop.BuildAsync(project, new BuildRequest("run", [], Full: true));
        built.ShouldBe(await _shop.RowsAsync(Rows));
    }

    /// <summary>Two codes a trading day from Wednesday, 2022-06-01 on; the n-th day has the price n.</summary>
    private async Task FillAsync(int count)
    {
        var days = TradingDays(count);
        for (var i = 0; i < count; i++)
        {
            await _shop.FillPricesAsync(days[i], $"('a', {i + 1}), ('b', {i + 1})");
        }
    }

    private static DateOnly[] TradingDays(int count) =>
        [.. Workshop.Calendars["XSHG"].OpenDays.Where(d => d >= Workshop.Day1).Take(count)];

    private static IEnumerable<string> Days(BuildResult result) =>
        result.Built.Select(b => $"{b.Dt:MM-dd}|{b.Rows}|{b.Version}");

    private Task<List<string>> RowsAsync(string what) =>
        _shop.RowsAsync($"SELECT {what} FROM dwd.dwd_copy ORDER BY ALL");

    /// <summary>Stops the build when so many partitions are done.</summary>
    private sealed class StopAt(int done, CancellationTokenSource stop) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value)
        {
            if (value.Done >= done)
            {
                stop.Cancel();
            }
        }
    }
}
