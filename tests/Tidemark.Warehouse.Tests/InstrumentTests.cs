using Tidemark.Core.Markets;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Tests;

/// <summary>Instruments over time: what was known when, and codes that change.</summary>
public sealed class InstrumentTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TableDefinition s_list = Workshop
        .ShippedSources()
        .Single(s => s.Id.Name == "ods_stock_basic");

    private readonly Workshop _shop = new();

    [Fact]
    public async Task History_EachChangeOfAList_IsARowFromTheDayOnThatToldIt()
    {
        await ListAsync(1, "('a.SH', '旧名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(2, "('a.SH', '旧名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(3, "('a.SH', '新名', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");
        await ListAsync(6, "('a.SH', '旧名', 'D', '2001-01-01')");
        await ListAsync(7, "('a.SH', '旧名', 'D', '2001-01-01'), ('b.SZ', 'b', 'L', '2001-01-01')");

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, name, list_status, known_from, known_until, listed_as_of FROM dim.dim_instrument_history ORDER BY symbol, known_from"
            )
        ).ShouldBe([
            "a.SH|旧名|L|2022-06-01|2022-06-03|2022-06-02",
            "a.SH|新名|L|2022-06-03|2022-06-06|2022-06-03",
            "a.SH|旧名|D|2022-06-06|null|2022-06-07",
            "b.SZ|b|L|2022-06-01|2022-06-06|2022-06-03",
            "b.SZ|b|L|2022-06-07|null|2022-06-07",
        ]);
        (
            await _shop.RowsAsync("SELECT symbol, name, known_from, listed_as_of FROM dim.dim_instrument ORDER BY 1")
        ).ShouldBe(["a.SH|旧名|2022-06-06|2022-06-07", "b.SZ|b|2022-06-07|2022-06-07"]);
    }

    [Fact]
    public async Task Codes_OneThatTookTheOthersPlace_AreOneInstrument()
    {
        await ListAsync(1, "('830017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await ListAsync(2, "('920017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await ListAsync(3, "('921017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, symbol, valid_from, valid_to, known_from FROM dim.dim_instrument_code ORDER BY code"
            )
        ).ShouldBe([
            "600000.SH|600000.SH|1999-11-10|null|2022-06-01",
            "830017.BJ|921017.BJ|2020-07-27|2022-06-01|2022-06-03",
            "920017.BJ|921017.BJ|2022-06-02|2022-06-02|2022-06-03",
            "921017.BJ|921017.BJ|2022-06-03|null|2022-06-03",
        ]);
        (await _shop.RowsAsync("SELECT symbol, name FROM dim.dim_instrument ORDER BY 1")).ShouldBe([
            "600000.SH|浦发",
            "921017.BJ|凯德",
        ]);
        (
            await _shop.RowsAsync(
                "SELECT code, known_from, known_until FROM dim.dim_instrument_history WHERE symbol = '921017.BJ' ORDER BY 2"
            )
        ).ShouldBe(["830017.BJ|2022-06-01|2022-06-02", "920017.BJ|2022-06-02|2022-06-03", "921017.BJ|2022-06-03|null"]);
    }

    /// <summary>Of two lists of one day the later one is left; the change that they told is kept beside them.</summary>
    [Fact]
    public async Task Codes_ThatChangedWithinOneDay_AreOneInstrument()
    {
        await ListAsync(2, "('920017.BJ', '凯德', 'L', '2020-07-27'), ('600000.SH', '浦发', 'L', '1999-11-10')");
        await _shop.FillAsync(
            Workshop.ShippedSources().Single(s => s.Id.Name == "ods_code_change"),
            new DateOnly(2022, 6, 2),
            """
            SELECT 'tushare.stock_basic' AS list, earlier, later, 'n' AS name, DATE '2020-07-27' AS list_date
            FROM (VALUES ('830017.BJ', '920017.BJ'), ('600000.SH', '600001.SH')) AS v(earlier, later)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, symbol, valid_from, valid_to, known_from FROM dim.dim_instrument_code ORDER BY code"
            )
        ).ShouldBe([
            "600000.SH|600000.SH|1999-11-10|null|2022-06-02",
            "830017.BJ|920017.BJ|2020-07-27|2022-06-02|2022-06-02",
            "920017.BJ|920017.BJ|2022-06-02|null|2022-06-02",
        ]);
    }

    /// <summary>
    /// The table and the rule that status goes by are written in two languages, and say the same of any lists.
    /// </summary>
    [Fact]
    public async Task Codes_OfRandomLists_AreThoseOfTheRuleInCore()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var seen = new SortedDictionary<string, ListedCode>(StringComparer.Ordinal);
        int[] days = [1, 2, 3, 6, 7, 8];
        foreach (var day in days)
        {
            // Few names, days and exchanges, so that doubtful cases are as frequent as clear ones.
            var rows = Enumerable
                .Range(0, 14)
                .Where(_ => random.NextDouble() < 0.5)
                .Select(i => (Code: $"{i:D6}.{(i % 3 == 0 ? "SH" : "BJ")}", Name: $"n{i / 5}", Listed: 1 + (i % 2)))
                .ToArray();
            await ListAsync(
                day,
                rows.Length == 0
                    ? "('999999.SH', 'z', 'L', '2000-01-01')"
                    : string.Join(", ", rows.Select(r => $"('{r.Code}', '{r.Name}', 'L', '2020-01-0{r.Listed}')"))
            );
            foreach (var (code, name, listed) in rows)
            {
                var on = new DateOnly(2022, 6, day);
                seen[code] = seen.TryGetValue(code, out var known)
                    ? known with
                    {
                        LastSeen = on,
                    }
                    : new ListedCode(code, name, name, new DateOnly(2020, 1, listed), on, on);
            }
        }

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim_instrument_code");

        var newest = CodeChanges.Newest(CodeChanges.Find(seen.Values, days.Select(d => new DateOnly(2022, 6, d))));
        (
            await _shop.RowsAsync(
                "SELECT code, symbol FROM dim.dim_instrument_code WHERE code <> '999999.SH' ORDER BY code"
            )
        ).ShouldBe(seen.Keys.Select(code => $"{code}|{newest.GetValueOrDefault(code, code)}"));
    }

    /// <summary>Beijing's table of old and new codes has no day of the change.</summary>
    [Fact]
    public async Task Codes_OfTheTableOfBoth_AreOneInstrumentWithoutADayOfTheChange()
    {
        await ListAsync(1, "('920017.BJ', '凯德', 'L', '2020-07-27'), ('920018.BJ', '同辉', 'L', '2020-08-01')");
        await FillAsync(
            "ods_bse_mapping",
            2,
            """
            SELECT * FROM (VALUES ('凯德', '830017.BJ', '920017.BJ', DATE '2020-07-27'), ('同辉', '920018.BJ', '920018.BJ', NULL))
            AS v(name, o_code, n_code, list_date)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, symbol, valid_from, valid_to, known_from FROM dim.dim_instrument_code ORDER BY code"
            )
        ).ShouldBe([
            "830017.BJ|920017.BJ|2020-07-27|null|2022-06-02",
            "920017.BJ|920017.BJ|2020-07-27|null|2022-06-01",
            "920018.BJ|920018.BJ|2020-08-01|null|2022-06-01",
        ]);
    }

    [Fact]
    public async Task Instruments_OfEveryBucket_HaveTheirSymbolsLotsAndTicks()
    {
        await ListAsync(
            1,
            "('600519.SH', '贵州茅台', 'L', '2001-08-27'), ('688256.SH', '寒武纪', 'L', '2020-07-20'), ('900901.SH', '云赛B股', 'L', '1992-02-21')"
        );
        await FillAsync(
            "ods_fund_basic",
            1,
            "SELECT '510300.SH' AS ts_code, '沪深300ETF' AS name, 'L' AS status, DATE '2012-05-28' AS list_date"
        );
        await FillAsync(
            "ods_index_basic",
            1,
            "SELECT unnest(['000001.SH', 'H30269.CSI']) AS ts_code, 'i' AS name, DATE '1991-07-15' AS list_date"
        );
        await FillAsync(
            "ods_fut_basic",
            1,
            """
            SELECT * FROM (VALUES
                ('IF2206.CFX', 'IF2206', 'IF', 300.0, 1.0, '0.2指数点', 'CFFEX', DATE '2021-10-18', DATE '2022-06-17'),
                ('CU2206.SHF', 'CU2206', 'CU', NULL, 5.0, '10元/吨', 'SHFE', DATE '2021-06-16', DATE '2022-05-16'),
                ('CU.SHF', '沪铜主力', 'CU', NULL, 5.0, '10元/吨', 'SHFE', NULL, NULL))
            AS v(ts_code, name, fut_code, multiplier, per_unit, quote_unit_desc, exchange, list_date, delist_date)
            """
        );
        await FillAsync(
            "ods_sge_basic",
            1,
            "SELECT 'Au99.99' AS ts_code, '黄金9999' AS ts_name, 10.0 AS t_unit, 0.01 AS min_change, DATE '2002-10-30' AS list_date"
        );
        await FillAsync(
            "ods_fx_obasic",
            1,
            "SELECT unnest(['USDCNH.FXCM', 'US30.FXCM']) AS ts_code, 'n' AS name, unnest(['FX', 'INDEX']) AS classify, 1000.0 AS min_unit, 0.0001 AS pip"
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, symbol_prefixed, symbol_plain, kind, bucket, exchange, currency, lot_size, tick_size, list_status, delist_date FROM dim.dim_instrument ORDER BY symbol"
            )
        ).ShouldBe([
            "000001.SH|sh000001|000001|index|index|XSHG|null|null|null|L|null",
            "510300.SH|sh510300|510300|etf|etf|XSHG|CNY|100|0.001|L|null",
            "600519.SH|sh600519|600519|stock|stock|XSHG|CNY|100|0.01|L|null",
            "688256.SH|sh688256|688256|stock|stock|XSHG|CNY|200|0.01|L|null",
            "900901.SH|sh900901|900901|stock|stock|XSHG|USD|100|0.001|L|null",
            "Au99.99|null|Au99.99|spot|spot|SGE|CNY|10|0.01|L|null",
            "CU.SHF|null|CU|continuous|futures|SHFE|CNY|5|10|L|null",
            "CU2206.SHF|null|CU2206|future|futures|SHFE|CNY|5|10|D|2022-05-17",
            "H30269.CSI|null|H30269|index|index|null|null|null|null|L|null",
            "IF2206.CFX|null|IF2206|future|futures|CFFEX|CNY|300|0.2|L|2022-06-18",
            "US30.FXCM|null|US30|fx|fx|null|null|1000|0.0001|L|null",
            "USDCNH.FXCM|null|USDCNH|fx|fx|null|CNH|1000|0.0001|L|null",
        ]);
    }

    [Fact]
    public async Task Names_OfAStock_AreThoseOfTheHistoryAndOfOthersThoseOfTheLists()
    {
        await ListAsync(1, "('a.SH', '*ST旧', 'L', '2001-01-01'), ('b.SZ', 'b退', 'L', '2001-01-01')");
        await ListAsync(2, "('a.SH', '*ST旧', 'L', '2001-01-01'), ('b.SZ', 'c', 'L', '2001-01-01')");
        // A row that stands twice, one without an announcement, one whose end reaches into the next, one name in two
        // rows.
        await FillAsync(
            "ods_namechange",
            2,
            """
            SELECT 'a.SH' AS ts_code, * FROM (VALUES
                ('初', DATE '2001-01-01', DATE '2010-03-31', NULL, '其他'),
                ('ST初', DATE '2010-04-01', DATE '2011-05-31', DATE '2010-03-30', 'ST'),
                ('ST初', DATE '2010-04-01', DATE '2011-05-31', DATE '2010-03-30', 'ST'),
                ('旧', DATE '2011-06-01', DATE '2015-12-31', DATE '2011-05-30', '撤销ST'),
                ('旧', DATE '2013-01-01', DATE '2022-06-09', DATE '2012-12-30', '其他'),
                ('*ST旧', DATE '2022-06-01', NULL, DATE '2022-05-30', '*ST'))
            AS v(name, start_date, end_date, ann_date, change_reason)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, name, treatment, is_delisting, valid_from, valid_to, source FROM dim.dim_instrument_name ORDER BY symbol, valid_from"
            )
        ).ShouldBe([
            "a.SH|初|null|false|2001-01-01|2010-03-31|tushare.namechange",
            "a.SH|ST初|ST|false|2010-04-01|2011-05-31|tushare.namechange",
            "a.SH|旧|null|false|2011-06-01|2022-05-31|tushare.namechange",
            "a.SH|*ST旧|*ST|false|2022-06-01|null|tushare.namechange",
            "b.SZ|b退|null|true|2022-06-01|2022-06-01|tushare.stock_basic",
            "b.SZ|c|null|false|2022-06-02|null|tushare.stock_basic",
        ]);
        (
            await _shop.CatalogRowsAsync(
                "SELECT name, treatment FROM dim.dim_instrument_name_at('2011-05-31') WHERE symbol = 'a.SH'"
            )
        ).ShouldBe(["ST初|ST"]);
    }

    [Fact]
    public async Task Industries_OfAStock_FollowEachOtherAndAFutureEndIsNotSeenBefore()
    {
        await ListAsync(1, "('a.SH', 'a', 'L', '2001-01-01'), ('b.SZ', 'b', 'L', '2003-01-01')");
        await FillAsync("ods_index_member_all", 1, Members("NULL"));
        await FillAsync("ods_index_member_all", 2, Members("DATE '2022-12-31'"));

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, l3_code, valid_from, valid_to, known_from FROM dim.dim_instrument_industry ORDER BY symbol, valid_from"
            )
        ).ShouldBe([
            "a.SH|1.SI|2001-01-01|2009-12-31|2022-06-01",
            "a.SH|2.SI|2010-01-01|2022-12-30|2022-06-01",
            "b.SZ|1.SI|2003-01-01|null|2022-06-01",
        ]);
        const string At =
            "SELECT symbol, l3_code, COLUMNS('valid_to') FROM dim.dim_instrument_industry_at('2022-06-30')";
        (await Should.ThrowAsync<Exception>(() => _shop.CatalogRowsAsync(At))).Message.ShouldContain("valid_to");
        (
            await _shop.CatalogRowsAsync(
                "SELECT symbol, l3_code FROM dim.dim_instrument_industry_at('2010-01-01') ORDER BY 1"
            )
        ).ShouldBe(["a.SH|2.SI", "b.SZ|1.SI"]);
        foreach (var (day, isIn) in new[] { ("2022-12-30", true), ("2022-12-31", false) })
        {
            (
                await _shop.CatalogRowsAsync(
                    $"SELECT count(*) FROM dim.dim_instrument_industry_at('{day}') WHERE symbol = 'a.SH'"
                )
            ).ShouldBe([isIn ? "1" : "0"]);
        }

        // The vendor's out_date is the first day out: mostly the next one's first.
        static string Members(string end) =>
            $"""
                SELECT 'L1' AS l1_code, '一' AS l1_name, 'L2' AS l2_code, '二' AS l2_name, l3_code, '三' AS l3_name, ts_code, in_date, out_date, CASE WHEN out_date IS NULL THEN 'Y' ELSE 'N' END AS is_new
                FROM (VALUES ('1.SI', 'a.SH', DATE '2001-01-01', DATE '2010-01-01'), ('2.SI', 'a.SH', DATE '2010-01-01', {end}), ('1.SI', 'b.SZ', NULL, NULL))
                AS v(l3_code, ts_code, in_date, out_date)
                """;
    }

    [Fact]
    public async Task IndexMembers_OfListsAMonth_AreInFromTheFirstListToTheDayBeforeTheOneWithoutThem()
    {
        foreach (var (day, codes) in new[] { (1, "'a.SH', 'b.SZ'"), (10, "'a.SH'"), (20, "'a.SH', 'b.SZ', 'c.SZ'") })
        {
            await FillAsync(
                "ods_index_weight",
                day,
                $"SELECT '399300.SZ' AS index_code, unnest([{codes}]) AS con_code, 1.0 AS weight, DATE '2022-06-{day:D2}' AS trade_date"
            );
        }

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT symbol, valid_from, valid_to, listed_as_of FROM dim.dim_index_member ORDER BY symbol, valid_from"
            )
        ).ShouldBe([
            "a.SH|2022-06-01|null|2022-06-20",
            "b.SZ|2022-06-01|2022-06-09|2022-06-01",
            "b.SZ|2022-06-20|null|2022-06-20",
            "c.SZ|2022-06-20|null|2022-06-20",
        ]);
        (
            await _shop.CatalogRowsAsync(
                "SELECT symbol FROM dim.dim_index_member_at('399300.SZ', '2022-06-09') ORDER BY 1"
            )
        ).ShouldBe(["a.SH", "b.SZ"]);
    }

    /// <summary>A code that took another's place has the names and industries of its instrument on its own days.</summary>
    [Fact]
    public async Task Status_OfACode_IsThatOfItsInstrumentOnTheDaysOfTheCode()
    {
        await ListAsync(1, "('830017.BJ', '凯德', 'L', '2020-07-27')");
        await ListAsync(3, "('920017.BJ', '凯德', 'L', '2020-07-27')");
        await FillAsync(
            "ods_namechange",
            3,
            """
            SELECT '920017.BJ' AS ts_code, * FROM (VALUES
                ('凯德', DATE '2020-07-27', DATE '2021-12-31'), ('ST凯德', DATE '2022-01-01', NULL)) AS v(name, start_date, end_date)
            """
        );

        await _shop.BuildAsync(Workshop.ShippedProject(), "dim");

        (
            await _shop.RowsAsync(
                "SELECT code, name, treatment, list_date, valid_from, valid_to FROM dim.dim_instrument_status ORDER BY code, valid_from"
            )
        ).ShouldBe([
            "830017.BJ|凯德|null|2020-07-27|2020-07-27|2021-12-31",
            "830017.BJ|ST凯德|ST|2020-07-27|2022-01-01|2022-06-01",
            "920017.BJ|ST凯德|ST|2020-07-27|2022-06-03|null",
        ]);
    }

    public void Dispose() => _shop.Dispose();

    private Task FillAsync(string table, int day, string select) =>
        _shop.FillAsync(Workshop.ShippedSources().Single(s => s.Id.Name == table), new DateOnly(2022, 6, day), select);

    private Task ListAsync(int day, string rows) =>
        _shop.FillAsync(
            s_list,
            new DateOnly(2022, 6, day),
            $"SELECT ts_code, name, list_status, list_date::DATE AS list_date FROM (VALUES {rows}) AS v(ts_code, name, list_status, list_date)"
        );
}
