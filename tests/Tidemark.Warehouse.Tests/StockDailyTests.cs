using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// <c>dwd_stock_daily</c> where lists and limits meet bars: what each source decides, and which days a late one makes
/// out of date.
/// </summary>
public sealed class StockDailyTests : IDisposable
{
    private const string Bars = "dwd.dwd_stock_daily";
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task LimitFlags_OfADay_AreByLimitsAndByTrades()
    {
        await FillAsync(
            "ods_daily",
            1,
            """
            SELECT ts_code, open, high, low, close, 10.0 AS pre_close, vol, vol AS amount FROM (VALUES
                ('closed-up.SH', 10.5, 11.0, 10.4, 11.0, 9.0), ('locked-up.SH', 11.0, 11.0, 11.0, 11.0, 9.0), ('locked-down.SH', 9.0, 9.0, 9.0, 9.0, 9.0),
                ('touched.SH', 10.0, 11.0, 9.0, 10.0, 9.0), ('no-limit.SH', 10.0, 11.0, 9.0, 10.0, 9.0), ('untraded.SH', 11.0, 11.0, 11.0, 11.0, 0.0))
            AS v(ts_code, open, high, low, close, vol)
            """
        );
        await FillAsync("ods_suspend_d", 1, "SELECT 'untraded.SH' AS ts_code, 'S' AS suspend_type");
        await FillAsync(
            "ods_stk_limit",
            1,
            "SELECT unnest(['closed-up.SH', 'locked-up.SH', 'locked-down.SH', 'touched.SH', 'untraded.SH']) AS ts_code, 11.0 AS up_limit, 9.0 AS down_limit"
        );

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT symbol, is_at_limit_up, is_at_limit_down, is_locked_at_limit, up_limit FROM {Bars} ORDER BY 1"
            )
        ).ShouldBe([
            "closed-up.SH|true|false|false|11",
            "locked-down.SH|false|true|true|11",
            "locked-up.SH|true|false|true|11",
            "no-limit.SH|null|null|null|null",
            "touched.SH|false|false|false|11",
            "untraded.SH|null|null|null|11",
        ]);
    }

    /// <summary>On a day with the vendor's list that list decides, and on others the name; nothing decides for neither.</summary>
    [Fact]
    public async Task SpecialTreatment_OfADay_IsByTheListAndWithoutOneByTheName()
    {
        foreach (var day in new[] { 1, 2 })
        {
            await FillAsync("ods_daily", day, "SELECT unnest(['a.SH', 'b.SH', 'c.SH']) AS ts_code, 1.0 AS close");
        }

        await ListAsync("('a.SH', 'x'), ('b.SH', 'x'), ('c.SH', 'x')");
        await NamesAsync("('a.SH', '*ST甲', '2001-01-01', NULL), ('b.SH', '乙', '2001-01-01', NULL)");
        await FillAsync("ods_stock_st", 2, "SELECT 'b.SH' AS ts_code, '乙' AS name, 'ST' AS type");

        await BuildAsync();

        (await _shop.RowsAsync($"SELECT day(dt), symbol, name, is_st FROM {Bars} ORDER BY ALL")).ShouldBe([
            "1|a.SH|*ST甲|true",
            "1|b.SH|乙|false",
            "1|c.SH|null|null",
            "2|a.SH|*ST甲|false",
            "2|b.SH|乙|true",
            "2|c.SH|null|false",
        ]);
    }

    [Fact]
    public async Task Build_ALateFactorLimitOrListOfTreatment_MakesItsDayAlone()
    {
        foreach (var day in new[] { 1, 2, 3 })
        {
            await FillAsync("ods_daily", day, "SELECT 'a.SH' AS ts_code, 2.0 AS close");
        }

        await BuildAsync();
        await FillAsync("ods_adj_factor", 2, "SELECT 'a.SH' AS ts_code, 1.5 AS adj_factor");
        (await BuildAsync()).ShouldBe([2]);
        (await _shop.RowsAsync($"SELECT close_hfq FROM {Bars} ORDER BY dt")).ShouldBe(["null", "3", "null"]);
        await FillAsync("ods_stk_limit", 3, "SELECT 'a.SH' AS ts_code, 2.2 AS up_limit, 1.8 AS down_limit");
        (await BuildAsync()).ShouldBe([3]);
        await FillAsync("ods_stock_st", 1, "SELECT 'a.SH' AS ts_code");
        (await BuildAsync()).ShouldBe([1]);
        (await BuildAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_AListThatBringsANameAnIndustryOrADelisting_MakesTheDaysThatItTouches()
    {
        foreach (var day in new[] { 1, 2, 3, 6, 7 })
        {
            await FillAsync("ods_daily", day, "SELECT unnest(['a.SH', 'b.SH']) AS ts_code, 2.0 AS close");
        }

        await ListAsync("('a.SH', 'x'), ('b.SH', 'x')");
        await NamesAsync("('a.SH', '甲', '2001-01-01', NULL)");
        await BuildAsync();

        // A new name from the 3rd on; a name that begins after the last day; a stock that has no bars.
        await NamesAsync("('a.SH', '甲', '2001-01-01', '2022-06-02'), ('a.SH', 'ST甲', '2022-06-03', NULL)");
        (await BuildAsync()).ShouldBe([3, 6, 7]);
        await NamesAsync(
            "('a.SH', '甲', '2001-01-01', '2022-06-02'), ('a.SH', 'ST甲', '2022-06-03', '2022-06-30'), ('a.SH', '丙', '2022-07-01', NULL)"
        );
        (await BuildAsync()).ShouldBeEmpty("what begins in July is no part of any day in June");

        await IndustriesAsync("('一', 'b.SH', '2022-06-01', NULL)");
        (await BuildAsync()).ShouldBe([1, 2, 3, 6, 7]);
        await IndustriesAsync("('一', 'b.SH', '2022-06-01', '2022-06-06'), ('二', 'b.SH', '2022-06-07', NULL)");
        (await BuildAsync()).ShouldBe([7]);
        await IndustriesAsync("('一', 'b.SH', '2022-06-01', '2022-06-06'), ('二', 'b.SH', '2022-06-07', '2022-12-31')");
        (await BuildAsync()).ShouldBeEmpty("an end that has not come is seen by no day");

        (
            await _shop.RowsAsync(
                $"SELECT day(dt), name, industry_l1 FROM {Bars} WHERE dt >= '2022-06-06' ORDER BY ALL"
            )
        ).ShouldBe(["6|ST甲|null", "6|null|一", "7|ST甲|null", "7|null|二"], ignoreOrder: true);
    }

    private async Task<int[]> BuildAsync()
    {
        var result = await _shop.BuildAsync(Workshop.ShippedProject(), new BuildRequest("run", []));
        result.Failed.ShouldBeEmpty();
        return [.. result.Built.Where(b => b.Table == Bars).Select(b => b.Dt!.Value.Day)];
    }

    private Task ListAsync(string rows) =>
        FillAsync(
            "ods_stock_basic",
            20,
            $"SELECT *, 'L' AS list_status, DATE '2001-01-01' AS list_date FROM (VALUES {rows}) AS v(ts_code, name)"
        );

    private Task NamesAsync(string rows) =>
        FillAsync(
            "ods_namechange",
            20,
            $"SELECT ts_code, name, start_date::DATE AS start_date, end_date::DATE AS end_date FROM (VALUES {rows}) AS v(ts_code, name, start_date, end_date)"
        );

    private Task IndustriesAsync(string rows) =>
        FillAsync(
            "ods_index_member_all",
            20,
            $"SELECT l1_name, l1_name AS l3_code, ts_code, in_date::DATE AS in_date, out_date::DATE AS out_date, 'Y' AS is_new FROM (VALUES {rows}) AS v(l1_name, ts_code, in_date, out_date)"
        );

    private Task FillAsync(string table, int day, string select)
    {
        var source = Workshop.ShippedSources().Single(s => s.Id.Name == table);
        return _shop.FillAsync(source, new DateOnly(2022, 6, day), select);
    }
}
