namespace Tidemark.Warehouse.Tests;

/// <summary>
/// <c>dim.universe(which, day)</c>: what was listed on a day, under the codes and names of the day, on the days on which
/// something changes.
/// </summary>
public sealed class UniverseTests : IAsyncLifetime
{
    private readonly Workshop _shop = new();

    /// <summary>
    /// Lists of three days. a is renamed, b is delisted on the 2nd, c is listed on the 2nd, d gets another code on the
    /// 3rd, e is a B share. The index has a and b until the list of the 2nd, which has a and c.
    /// </summary>
    public async ValueTask InitializeAsync()
    {
        const string Always =
            "('600001.SH', 'a', 'L', '2001-01-01', NULL), ('900901.SH', 'e', 'L', '1992-01-01', NULL)";
        const string Gone = "('600002.SH', 'b', 'D', '2001-01-01', '2022-06-02')";
        const string Old = "('830017.BJ', '凯德', 'L', '2020-07-27', NULL)";
        await ListAsync(1, $"{Always}, {Old}, ('600002.SH', 'b', 'L', '2001-01-01', NULL)");
        await ListAsync(2, $"{Always}, {Old}, {Gone}, ('000003.SZ', 'c', 'L', '2022-06-02', NULL)");
        await ListAsync(
            3,
            $"{Always}, {Gone}, ('920017.BJ', '凯德', 'L', '2020-07-27', NULL), ('000003.SZ', 'c', 'L', '2022-06-02', NULL)"
        );
        await FillAsync(
            "ods_namechange",
            3,
            """
            SELECT * FROM (VALUES ('600001.SH', 'ST旧', DATE '2001-01-01', DATE '2022-06-01'), ('600001.SH', '新', DATE '2022-06-02', NULL))
            AS v(ts_code, name, start_date, end_date)
            """
        );
        await FillAsync("ods_index_weight", 1, Weights(1, "'600001.SH', '600002.SH'"));
        await FillAsync("ods_index_weight", 2, Weights(2, "'600001.SH', '000003.SZ'"));
        await FillAsync(
            "ods_fund_basic",
            3,
            "SELECT '510300.SH' AS ts_code, '300ETF' AS name, 'L' AS status, DATE '2022-06-03' AS list_date"
        );
        (await _shop.BuildAsync(Workshop.ShippedProject(), "dim")).Failed.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync()
    {
        _shop.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("all_a", "1992-01-01", "")]
    [InlineData("all_a", "2022-06-01", "600001.SH/600001.SH/ST旧 600002.SH/600002.SH/b 920017.BJ/830017.BJ/凯德")]
    [InlineData("ALL_A", "2022-06-02", "000003.SZ/000003.SZ/c 600001.SH/600001.SH/新 920017.BJ/830017.BJ/凯德")]
    [InlineData("all_a", "2022-06-03", "000003.SZ/000003.SZ/c 600001.SH/600001.SH/新 920017.BJ/920017.BJ/凯德")]
    [InlineData("bse", "2022-06-02", "920017.BJ/830017.BJ/凯德")]
    [InlineData("sse_a", "2022-06-02", "600001.SH/600001.SH/新")]
    [InlineData("csi300", "2022-06-01", "600001.SH/600001.SH/ST旧 600002.SH/600002.SH/b")]
    [InlineData("csi300", "2022-06-02", "000003.SZ/000003.SZ/c 600001.SH/600001.SH/新")]
    [InlineData("etf", "2022-06-02", "")]
    [InlineData("etf", "2022-06-03", "510300.SH/510300.SH/300ETF")]
    public async Task Universe_OfADay_HasWhatWasListedUnderItsCodesAndNamesThen(string which, string day, string has) =>
        string.Join(
                ' ',
                await _shop.CatalogRowsAsync(
                    $"SELECT symbol || '/' || code || '/' || coalesce(name, '?') FROM dim.universe('{which}', '{day}')"
                )
            )
            .ShouldBe(has);

    /// <summary>b had no name that is known before its first list; its row is there all the same.</summary>
    [Fact]
    public async Task Universe_OfADayBeforeTheFirstList_HasItsInstrumentsWithoutNames() =>
        (
            await _shop.CatalogRowsAsync(
                "SELECT symbol, name FROM dim.universe('sse_a', DATE '2022-05-31') ORDER BY symbol"
            )
        ).ShouldBe(["600001.SH|ST旧", "600002.SH|null"]);

    [Theory]
    [InlineData(
        "csi3000",
        "2022-06-01",
        "There is no universe csi3000. SELECT universe FROM dim.universes lists them."
    )]
    [InlineData("csi500", "2022-06-01", "No list of the index 000905.SH of 2022-06-01 or before")]
    [InlineData("csi300", "2022-05-31", "No list of the index 399300.SZ of 2022-05-31 or before")]
    public async Task Universe_ThatCannotBeTold_IsAnErrorAndNotEmpty(string which, string day, string says) =>
        (
            await Should.ThrowAsync<Exception>(() =>
                _shop.CatalogRowsAsync($"SELECT count(*) FROM dim.universe('{which}', '{day}')")
            )
        ).Message.ShouldContain(says);

    private static string Weights(int day, string codes) =>
        $"SELECT '399300.SZ' AS index_code, unnest([{codes}]) AS con_code, 1.0 AS weight, DATE '2022-06-0{day}' AS trade_date";

    private Task ListAsync(int day, string rows) =>
        FillAsync(
            "ods_stock_basic",
            day,
            $"SELECT ts_code, name, list_status, list_date::DATE AS list_date, delist_date::DATE AS delist_date FROM (VALUES {rows}) AS v(ts_code, name, list_status, list_date, delist_date)"
        );

    private Task FillAsync(string table, int day, string select) =>
        _shop.FillAsync(Workshop.ShippedSources().Single(s => s.Id.Name == table), new DateOnly(2022, 6, day), select);
}
