using Tidemark.Core;
using Tidemark.Lake.Staging;

namespace Tidemark.Bench.Warehouse;

/// <summary>
/// What dwd_stock_daily is made from: bars, factors, limits, valuations and halts of a made-up market, committed by the
/// product a day a unit, and lists of stocks and industries.
/// </summary>
internal static class Market
{
    public const int Days = 500;
    public const int Stocks = 5_400;
    private const int DaysACommit = 50;
    private static readonly DateOnly s_first = new(2020, 1, 2);

    // About 20 stocks are halted on a day.
    private const string IsHalted = "hash(i, d, 9) % 270 = 0";

    /// <summary>All days, in order.</summary>
    public static IReadOnlyList<DateOnly> DaysOf(Workplace place) =>
        [.. place.Calendar.OpenDays.Where(d => d >= s_first).Take(Days)];

    public static async Task FillAsync(Workplace place)
    {
        foreach (var days in DaysOf(place).Chunk(DaysACommit))
        {
            await FillAsync(place, "ods_daily", days, Bars(salt: 0));
            await FillAsync(
                place,
                "ods_adj_factor",
                days,
                $"SELECT {Code} AS ts_code, d AS dt, 1 + (i % 100)::DOUBLE / 10 AS adj_factor FROM rows"
            );
            await FillAsync(
                place,
                "ods_daily_basic",
                days,
                $"""
                SELECT {Code} AS ts_code, d AS dt, round((hash(i, d, 4) % 1000)::DOUBLE / 100, 4) AS turnover_rate, round((hash(i, d, 5) % 2000)::DOUBLE / 100, 4) AS turnover_rate_f,
                       20.5 AS pe_ttm, 2.25 AS pb, 100000.0 + i AS total_share, 50000.0 + i AS float_share, 1000000.0 + i AS total_mv, 500000.0 + i AS circ_mv
                FROM rows WHERE NOT {IsHalted}
                """
            );
            await FillAsync(
                place,
                "ods_suspend_d",
                days,
                $"SELECT {Code} AS ts_code, d AS dt, 'S' AS suspend_type FROM rows WHERE {IsHalted}"
            );
            await FillAsync(
                place,
                "ods_stk_limit",
                days,
                $"SELECT {Code} AS ts_code, d AS dt, round((hash(i, d, 0) % 20000)::DOUBLE / 100 * 1.1 + 1, 2) AS up_limit, round((hash(i, d, 0) % 20000)::DOUBLE / 100 * 0.9, 2) AS down_limit FROM rows"
            );
            await FillAsync(
                place,
                "ods_stock_st",
                days,
                $"SELECT {Code} AS ts_code, d AS dt, 'ST' AS type FROM rows WHERE i % 50 = 0"
            );
        }

        DateOnly[] last = [DaysOf(place)[^1]];
        await FillAsync(
            place,
            "ods_stock_basic",
            last,
            $"SELECT {Code} AS ts_code, d AS dt, 'stock ' || i AS name, '主板' AS market, 'L' AS list_status, DATE '2005-01-04' + (i % 3000)::INTEGER AS list_date FROM rows"
        );
        await FillAsync(
            place,
            "ods_index_member_all",
            last,
            $"SELECT {Code} AS ts_code, d AS dt, 'l' || (i % 31) AS l1_name, 'm' || (i % 134) AS l2_name, 'n' || (i % 346) AS l3_name, 'n' || (i % 346 + n) AS l3_code, DATE '2005-01-04' + (n * 1500 + i % 700)::INTEGER AS in_date, 'Y' AS is_new FROM rows, range(4) t(n)"
        );
    }

    /// <summary>Gives a day other bars.</summary>
    public static Task RepairAsync(Workplace place, DateOnly day) =>
        FillAsync(place, "ods_daily", [day], Bars(salt: 1));

    private const string Code = "printf('%06d.%s', 600000 + i, CASE WHEN i % 2 = 0 THEN 'SH' ELSE 'SZ' END)";

    private static string Bars(int salt) =>
        $"""
            SELECT {Code} AS ts_code, d AS dt, p AS open, round(p * 1.02, 2) AS high, round(p * 0.98, 2) AS low, round(p * 1.01, 2) AS close,
                   round(p * 0.99, 2) AS pre_close, round(p * 0.02, 2) AS change, 2.02 AS pct_chg, (hash(i, d, 2) % 100000000)::DOUBLE / 100 AS vol,
                   (hash(i, d, 3) % 10000000000)::DOUBLE / 1000 AS amount
            FROM (SELECT *, round((hash(i, d, {salt}) % 20000)::DOUBLE / 100 + 1, 2) AS p FROM rows) WHERE NOT {IsHalted}
            """;

    private static async Task FillAsync(Workplace place, string name, DateOnly[] days, string select)
    {
        var table = place.Sources.Single(s => s.Id.Name == name);
        using var session = await place.Lake.OpenSessionAtAsync([], CancellationToken.None);
        session.DefineEmpty(table);
        using var staging = place.Lake.Stage(table, "fill");
        var list = string.Join(", ", days.Select(d => $"DATE '{d.ToIso()}'"));
        // With every column of the dataset, whatever the select gives.
        var columns = string.Join(
            ", ",
            table.Columns.Select(c => c.Name == "trade_date" ? "dt AS trade_date" : $"\"{c.Name}\"")
        );
        var none = string.Join(", ", table.Columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS \"{c.Name}\""));
        var query = $"""
            WITH rows AS (SELECT i, d FROM range({Stocks}) t(i), (SELECT unnest([{list}]) AS d)), given AS ({select})
            SELECT {columns}, dt FROM (SELECT {none}, NULL::DATE AS dt WHERE false UNION ALL BY NAME SELECT * FROM given)
            ORDER BY dt, ts_code
            """;
        staging.AppendDays(
            session,
            [.. days.Select(d => new DayUnit($"tushare.{name}/{d.ToIso()}", d, new Dictionary<string, string>()))],
            query,
            CancellationToken.None
        );
        await place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), CancellationToken.None);
        place.Lake.Staging.Sweep("fill");
    }
}
