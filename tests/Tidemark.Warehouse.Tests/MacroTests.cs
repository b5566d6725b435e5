using System.Globalization;
using System.Text.Json;
using Tidemark.Core;
using Tidemark.DuckDb;

namespace Tidemark.Warehouse.Tests;

/// <summary>Macro figures in both times: the period that they are about, and the day from which they were known.</summary>
public sealed class MacroTests(ITestOutputHelper output) : IDisposable
{
    private const string Figures = "dwd.dwd_macro_observation";
    private const string Snapshots = "dws.dws_macro_snapshot";
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    /// <summary>
    /// What was fetched long after: known from the rule's moment and the safety lag on, on the next open day. Holidays are
    /// those of 2024: 12 to 16 February, 4 and 5 April, 1 to 3 May.
    /// </summary>
    [Theory]
    [InlineData("tushare.cn_gdp", "gdp_yoy", "2024-03-31", "2024-04-30")]
    [InlineData("tushare.cn_cpi", "nt_yoy", "2024-01-31", "2024-02-19")] // a Sunday and the day before it
    [InlineData("tushare.cn_ppi", "ppi_yoy", "2024-02-29", "2024-03-18")]
    [InlineData("tushare.cn_pmi", "pmi010000", "2024-03-31", "2024-04-02")]
    [InlineData("tushare.cn_m", "m2_yoy", "2024-03-31", "2024-04-19")] // 18 April, 17:00, and 12 hours
    [InlineData("tushare.shibor", "overnight", "2024-03-29", "2024-03-29")]
    [InlineData("tushare.shibor", "overnight", "2024-04-07", "2024-04-08")] // a working Sunday
    [InlineData("tushare.us_tycr", "y10", "2024-03-27", "2024-03-29")] // published the next morning in Shanghai, and 18 hours
    [InlineData("tushare.us_tycr", "m1", "2024-04-30", "2024-05-06")]
    [InlineData("tushare.us_tycr", "y10", "2024-12-30", "null")] // the calendar ends: never the last open day instead
    [InlineData("mine.credit", "level", "2024-03-31", "2024-12-31")] // no rule: when the lake had it
    public async Task AvailableDate_OfAFigureFetchedLater_IsByItsRuleLagAndCalendar(
        string dataset,
        string field,
        string period,
        string available
    )
    {
        await CalendarAsync();
        await SeeAsync("2024-12-31 02:00", $"('{dataset}', '{field}', '{period}', 1.5)");

        await BuildAsync();

        (await _shop.RowsAsync($"SELECT available_date, revision FROM {Figures}")).ShouldBe([$"{available}|1"]);
        var isLate = available is not ("null" or "2024-12-31");
        (await _shop.RowsAsync($"SELECT is_backfilled FROM {Figures}")).ShouldBe([isLate ? "true" : "false"]);
        (await AsOfAsync("2024-12-31")).Count.ShouldBe(available == "null" ? 0 : 1);
    }

    /// <summary>A lake that fetches as figures appear knows them from then on, and both values of a revised one.</summary>
    [Fact]
    public async Task AsOf_AFigureThatIsRevised_IsWhatWasKnownOnTheDay()
    {
        await CalendarAsync();
        // 17 April 15:00 in Shanghai, before the day of the rule (30 April): known on the 18th, 12 hours later.
        await SeeAsync("2024-04-17 07:00", "('tushare.cn_gdp', 'gdp_yoy', '2024-03-31', 5.3)");
        await SeeAsync("2024-07-19 12:00", "('tushare.cn_gdp', 'gdp_yoy', '2024-03-31', 5.4)");

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT revision, value, available_date, is_backfilled, known_from, region, topic, frequency FROM {Figures} ORDER BY 1"
            )
        ).ShouldBe([
            "1|5.3|2024-04-18|false|2024-04-17|CN|growth_inflation|Q",
            "2|5.4|2024-07-22|false|2024-07-19|CN|growth_inflation|Q",
        ]);
        (await AsOfAsync("2024-04-17")).ShouldBeEmpty();
        (await AsOfAsync("2024-04-18")).ShouldBe(["cn_gdp.gdp_yoy|2024-03-31|5.3"]);
        (await AsOfAsync("2024-07-21")).ShouldBe(["cn_gdp.gdp_yoy|2024-03-31|5.3"]);
        (await AsOfAsync("2024-07-22")).ShouldBe(["cn_gdp.gdp_yoy|2024-03-31|5.4"]);
    }

    /// <summary>Two recorded vintages of GDP: eight quarters were revised, and neither is served for the other.</summary>
    [Fact]
    public async Task AsOf_TwoRecordedVintagesOfGdp_AreEachServedInTheirTime()
    {
        var first = DuckDbSql.Literal(Workshop.Recorded("cn_tushare_multiseries", "macro", "gdp.csv"));
        var second = DuckDbSql.Literal(Workshop.Recorded("cn_macro_vintages", "cn_gdp_vintage_2026.csv"));
        const string Quarter =
            "last_day(make_date(left(quarter, 4)::INTEGER, 3 * right(quarter, 1)::INTEGER, 1)) AS period";
        await CalendarAsync("2023-01-01", "2026-12-31");
        var older = $"SELECT {Quarter}, macro_gdp_gdp AS value FROM read_csv({first})";
        var newer = $"SELECT {Quarter}, \"GDP累计值（亿元）\" AS value FROM read_csv({second})";
        const string Row = "SELECT 'tushare.cn_gdp' AS dataset, 'gdp' AS field, period, value";
        await SeeRowsAsync("2025-10-23 08:00", $"{Row} FROM ({older})");
        await SeeRowsAsync(
            "2026-05-08 08:00",
            $"{Row} FROM ({newer}) AS n WHERE period >= '2023-01-01' AND NOT EXISTS (SELECT 1 FROM ({older}) AS o WHERE o.period = n.period AND o.value = n.value)"
        );

        await BuildAsync();

        (
            await _shop.RowsAsync(
                $"SELECT count(*) FILTER (revision = 2), count(*) FILTER (is_backfilled) FROM {Figures}"
            )
        ).ShouldBe(["8|12"]);
        (await AsOfAsync("2026-05-10")).Last(r => r.Contains("2023-03-31")).ShouldBe("cn_gdp.gdp|2023-03-31|284996.6");
        (await AsOfAsync("2026-05-11")).Last(r => r.Contains("2023-03-31")).ShouldBe("cn_gdp.gdp|2023-03-31|292368.8");
    }

    /// <summary>
    /// Whatever was seen when: a day is served nothing that was available later, the last of each period that was available, and the
    /// same once more was learned. No revision is available before the one before it.
    /// </summary>
    [Fact]
    public async Task AsOf_AnyHistory_ServesNothingOfLaterAndNeverChanges()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await CalendarAsync();
        (string Dataset, string Field)[] series =
        [
            ("tushare.cn_cpi", "nt_yoy"),
            ("tushare.shibor", "overnight"),
            ("tushare.us_tycr", "y10"),
            ("mine.credit", "level"),
        ];
        var asked = Enumerable.Range(0, 12).Select(_ => new DateOnly(2024, 1, 1).AddDays(random.Next(366))).ToArray();
        var before = new Dictionary<DateOnly, List<string>>();
        var seen = new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc);
        for (var round = 0; round < 8; round++)
        {
            seen = seen.AddHours(random.Next(24, 24 * 60)); // a day's rows are filled in once
            if (seen.Year > 2024)
            {
                break;
            }

            // A value is about a day that is over, at times long over.
            var rows = Enumerable
                .Range(0, 30)
                .Select(_ =>
                    (Series: series[random.Next(4)], Period: DateOnly.FromDateTime(seen).AddDays(-random.Next(1, 120)))
                )
                .Distinct()
                .Select(r =>
                    $"('{r.Series.Dataset}', '{r.Series.Field}', '{r.Period.ToIso()}', {random.Next(1000).ToString(CultureInfo.InvariantCulture)})"
                );
            await SeeAsync(seen.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), string.Join(", ", rows));
            await BuildAsync();

            (
                await _shop.RowsAsync(
                    $"""
                    SELECT count(*) FROM (SELECT *, lag(available_date) OVER (PARTITION BY series, period_end ORDER BY revision) AS earlier FROM {Figures})
                    WHERE available_date < earlier OR available_date <= period_end AND series <> 'shibor.overnight' OR available_date < period_end
                        OR (revision > 1 AND available_date < known_from)
                    """
                )
            ).ShouldBe(["0"]);
            foreach (var day in asked)
            {
                var served = await _shop.CatalogRowsAsync(
                    $"SELECT series, period_end, revision, value, available_date FROM dwd.dwd_macro_observation_at('{day.ToIso()}') ORDER BY ALL"
                );
                var told = await _shop.RowsAsync(
                    $"SELECT series, period_end, revision, value, available_date FROM {Figures}"
                );
                served.ShouldBe(Naive(told, day));
                // Of days that were over, nothing that is learned now may change; what was unknown of a period may be filled in from behind.
                if (before.TryGetValue(day, out var earlier))
                {
                    earlier.Except(served).ShouldBeEmpty();
                }

                if (day < DateOnly.FromDateTime(seen))
                {
                    before[day] = served;
                }
            }
        }
    }

    [Fact]
    public async Task Snapshot_OfModules_CountsWhatWasKnownAndWhatIsStale()
    {
        await CalendarAsync();
        await SeeAsync(
            "2024-03-01 01:00",
            """
            ('tushare.cn_cpi', 'nt_yoy', '2024-01-31', -0.8), ('tushare.cn_ppi', 'ppi_yoy', '2024-01-31', -2.5),
            ('tushare.shibor', 'overnight', '2024-02-29', 1.7),
            ('tushare.us_tycr', 'y10', '2024-02-28', 4.2), ('tushare.us_tbr', 'w13_ce', '2024-02-28', 5.3),
            ('tushare.us_tltr', 'ltc', '2024-02-28', 4.5), ('tushare.us_trltr', 'ltr_avg', '2024-02-28', 2.1)
            """
        );
        await SeeAsync("2024-04-20 01:00", "('tushare.cn_m', 'm2_yoy', '2024-03-31', 8.3)");
        // Seen later than the day of its rule, 2024-04-30, from which it counts.
        await SeeAsync("2024-06-03 01:00", "('tushare.cn_gdp', 'gdp_yoy', '2024-03-31', 5.3)");

        await BuildAsync();

        // 2024-02-19 knew the prices, and of rates nothing yet; on 2024-03-01 rates are 2 days old; on 2024-04-22 rates and prices are stale, and
        // there is credit without a rate; GDP is known from 2024-04-30 on.
        (await StatusesAsync("2024-02-19")).ShouldBe(["complete|0.5", "missing|0", "partial|0.5", "missing|0"]);
        (await StatusesAsync("2024-03-01")).ShouldBe(["complete|0.5", "partial|0.5", "complete|1", "complete|0.8"]);
        (await StatusesAsync("2024-04-22")).ShouldBe(["missing|0", "partial|0.5", "missing|0", "missing|0"]);
        (await StatusesAsync("2024-04-30")).ShouldBe(["partial|0.25", "partial|0.5", "partial|0.5", "missing|0"]);
        (
            await _shop.RowsAsync(
                $"SELECT count(*), max(as_of_date) FROM {Snapshots} WHERE available_date > as_of_date OR as_of_date >= '2024-06-03'"
            )
        ).ShouldBe(["0|null"]);

        var payload = await _shop.RowsAsync(
            $"SELECT payload FROM {Snapshots} WHERE as_of_date = '2024-04-22' AND module LIKE '%growth%' OR as_of_date = '2024-03-01' AND module IN ('macro.cn_liquidity', 'macro.cross_market') ORDER BY as_of_date DESC, module"
        );
        var growth = JsonDocument.Parse(payload[0]).RootElement;
        Words(growth, "expected_components").ShouldBe(["cpi", "gdp", "pmi", "ppi"]);
        Words(growth, "missing_components").ShouldBe(["cpi", "gdp", "pmi", "ppi"]);
        Words(growth, "stale_components").ShouldBe(["cpi", "ppi"]);
        var liquidity = JsonDocument.Parse(payload[1]).RootElement;
        Words(liquidity, "available_components").ShouldBe(["rate"]);
        liquidity.GetProperty("available_series")[0].GetProperty("series").GetString().ShouldBe("shibor.overnight");
        liquidity.GetProperty("available_series")[0].GetProperty("period_end").GetString().ShouldBe("2024-02-29");
        payload[2].ShouldBe("""{"cn_growth_status":"complete","us_rates_status":"complete"}""");
    }

    [Fact]
    public async Task Build_WithoutMacroFigures_IsEmpty()
    {
        await CalendarAsync();

        await BuildAsync();

        (await _shop.RowsAsync($"SELECT count(*) FROM {Figures} UNION ALL SELECT count(*) FROM {Snapshots}")).ShouldBe([
            "0",
            "0",
        ]);
    }

    private static IEnumerable<string?> Words(JsonElement payload, string name) =>
        payload.GetProperty(name).EnumerateArray().Select(w => w.GetString());

    /// <summary>What a day may know, row by row.</summary>
    private static List<string> Naive(List<string> rows, DateOnly day) =>
        [
            .. rows.Select(r => r.Split('|'))
                .Where(r => r[4] != "null" && string.CompareOrdinal(r[4], day.ToIso()) <= 0)
                .GroupBy(r => (r[0], r[1]))
                .Select(g => string.Join('|', g.MaxBy(r => int.Parse(r[2], CultureInfo.InvariantCulture))!))
                .Order(StringComparer.Ordinal),
        ];

    private Task<List<string>> StatusesAsync(string day) =>
        _shop.RowsAsync($"SELECT status, coverage_ratio FROM {Snapshots} WHERE as_of_date = '{day}' ORDER BY module");

    private Task<List<string>> AsOfAsync(string day) =>
        _shop.CatalogRowsAsync(
            $"SELECT series, period_end, value FROM dwd.dwd_macro_observation_at('{day}') ORDER BY ALL"
        );

    private async Task BuildAsync() =>
        (
            await _shop.BuildAsync(
                Workshop.ShippedProject(),
                "dim_trade_calendar",
                "dwd_macro_observation",
                "dws_macro_snapshot"
            )
        ).Failed.ShouldBeEmpty();

    /// <summary>Weekdays of Shanghai without the holidays of 2024 that matter here.</summary>
    private Task CalendarAsync(string first = "2024-01-01", string last = "2024-12-31") =>
        _shop.FillAsync(
            Workshop.Shipped("ods_trade_cal"),
            DateOnly.Parse(first, CultureInfo.InvariantCulture),
            $"""
            SELECT 'SSE' AS exchange, day::DATE AS cal_date,
                CASE WHEN isodow(day) > 5 OR day BETWEEN '2024-02-12' AND '2024-02-16' OR day IN ('2024-04-04', '2024-04-05')
                    OR day BETWEEN '2024-05-01' AND '2024-05-05' THEN 0 ELSE 1 END AS is_open
            FROM range(TIMESTAMP '{first}', TIMESTAMP '{last}' + INTERVAL 1 DAY, INTERVAL 1 DAY) AS r(day)
            """
        );

    private Task SeeAsync(string utc, string values) =>
        SeeRowsAsync(
            utc,
            $"SELECT dataset, field, period::DATE AS period, value::DOUBLE AS value FROM (VALUES {values}) AS v(dataset, field, period, value)"
        );

    /// <summary>What the lake found at a moment.</summary>
    private Task SeeRowsAsync(string utc, string select)
    {
        var moment = DateTime.ParseExact(utc, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return _shop.FillAsync(
            Workshop.Shipped("ods_macro_vintage"),
            DateOnly.FromDateTime(moment.AddHours(8)),
            $"SELECT *, '%' AS unit, '{utc}:00+00'::TIMESTAMPTZ AS seen_at FROM ({select})"
        );
    }
}
