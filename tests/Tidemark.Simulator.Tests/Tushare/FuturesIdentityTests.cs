namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Contracts roll, settle and sum up; gold and exchange rates keep their units.</summary>
public sealed class FuturesIdentityTests(Vendor vendor) : IClassFixture<Vendor>
{
    [Fact]
    public async Task Mapping_OfAnyDay_NamesTheContractWithTheGreatestOpenInterest()
    {
        var mapping = await vendor.AskAsync("fut_mapping", "start_date=20260801");
        foreach (var day in mapping.Column("trade_date").Distinct())
        {
            var bars = new Dictionary<string, (string Code, decimal Interest)>();
            var rows = await EveryAsync("fut_daily", $"trade_date={day}");
            foreach (var row in rows)
            {
                bars[row["ts_code"]] = (row["ts_code"], decimal.Parse(row["oi"]));
            }

            foreach (var row in mapping.Rows.Where(r => r[1].GetString() == day))
            {
                var (product, ending) = Split(row[0].GetString()!);
                bars.ShouldContainKey(row[2].GetString()!, "it has a bar that day");
                var dominant = bars
                    .Values.Where(b => b.Code.EndsWith(ending) && IsContractOf(b.Code, product, ending))
                    .MaxBy(b => b.Interest);
                row[2].GetString().ShouldBe(dominant.Code);
                bars[row[0].GetString()!].Interest.ShouldBe(dominant.Interest, "the continuous code shows it");
            }
        }
    }

    [Fact]
    public async Task Contracts_ThatAreDominant_RollForwardOnly()
    {
        var mapping = await vendor.AskAsync("fut_mapping", "ts_code=CU.SHF&start_date=20240101");
        var contracts = mapping.Column("mapping_ts_code").Reverse().ToArray();

        contracts.ShouldBe(contracts.Order(StringComparer.Ordinal));
        contracts.Distinct().Count().ShouldBeInRange(28, 36, "once a month");
    }

    [Fact]
    public async Task Lists_OfContracts_RollWithTheMarketsToday()
    {
        var now = await vendor.AskAsync("fut_basic", "exchange=SHFE&fut_type=1&fut_code=CU");
        var then = TestMarkets.Ask(Vendor.Make("2025-09-30"), "fut_basic", "exchange=SHFE&fut_type=1&fut_code=CU");
        var continuous = await vendor.AskAsync("fut_basic", "exchange=SHFE&fut_type=2");

        now.Column("ts_code").ShouldContain("CU2708.SHF");
        then.Column("ts_code").ShouldNotContain("CU2708.SHF");
        then.Column("ts_code").Except(now.Column("ts_code")).ShouldBeEmpty();
        continuous.Column("ts_code").ShouldContain("CU.SHF");
        continuous.Column("list_date").ShouldAllBe(d => d.Length == 0);
        now.Column("multiplier").ShouldAllBe(m => m.Length == 0, "a commodity has units in a lot instead");
        (await vendor.AskAsync("fut_basic", "exchange=CFFEX")).Column("multiplier").ShouldAllBe(m => m.Length > 0);
        (await vendor.AskAsync("fut_basic", "exchange=CZCE")).Column("ts_code").ShouldAllBe(c => c.EndsWith(".ZCE"));
    }

    [Fact]
    public async Task Days_OfAContract_SettleOnEachOther()
    {
        var days = await vendor.AskAsync("fut_daily", "ts_code=CU2610.SHF");
        var list = await vendor.AskAsync("fut_basic", "exchange=SHFE&fut_code=CU");
        var row = Array.IndexOf([.. list.Column("ts_code")], "CU2610.SHF");

        days.Rows.Length.ShouldBeGreaterThan(150);
        days.Text(days.Rows.Length - 1, "trade_date").ShouldBe(list.Text(row, "list_date"));
        for (var i = 0; i < days.Rows.Length; i++)
        {
            days.Exact(i, "change1").ShouldBe(days.Exact(i, "close") - days.Exact(i, "pre_settle"));
            days.Exact(i, "change2").ShouldBe(days.Exact(i, "settle") - days.Exact(i, "pre_settle"));
            days.Exact(i, "amount").ShouldBe(days.Exact(i, "vol") * 5 * days.Exact(i, "settle") / 10_000, 0.001m);
            if (i + 1 < days.Rows.Length)
            {
                days.Exact(i, "pre_settle").ShouldBe(days.Exact(i + 1, "settle"));
                days.Exact(i, "pre_close").ShouldBe(days.Exact(i + 1, "close"));
                days.Exact(i, "oi_chg").ShouldBe(days.Exact(i, "oi") - days.Exact(i + 1, "oi"));
            }
        }

        var settled = await vendor.AskAsync("fut_settle", "ts_code=CU2610.SHF");
        settled.Column("settle").ShouldBe(days.Column("settle"));
        settled.Column("long_margin_rate").ShouldAllBe(m => double.Parse(m) > 0.05 && double.Parse(m) < 0.25);
    }

    [Fact]
    public async Task Weeks_OfAProduct_SumItsContractsAndAreNotPaddedIn2019()
    {
        var week = await vendor.AskAsync("fut_weekly_detail", "prd=CU&week=202638");
        var last = week.Text(0, "week_date");
        decimal volume = 0;
        for (
            var day = DateOnly.ParseExact(last, "yyyyMMdd").AddDays(-4);
            $"{day:yyyyMMdd}".CompareTo(last) <= 0;
            day = day.AddDays(1)
        )
        {
            var rows = await EveryAsync("fut_daily", $"trade_date={day:yyyyMMdd}&exchange=SHFE");
            volume += rows.Where(r => IsContractOf(r["ts_code"], "CU", "SHF")).Sum(r => decimal.Parse(r["vol"]));
        }

        week.Exact(0, "vol").ShouldBe(volume);
        var yearBefore = await vendor.AskAsync("fut_weekly_detail", "prd=CU&week=202538");
        week.Exact(0, "vol_yoy").ShouldBe(100 * ((volume / yearBefore.Exact(0, "vol")) - 1), 0.006m);
        var old = await vendor.AskAsync("fut_weekly_detail", "prd=CU,AL&week=20199");
        old.Column("week_date").Distinct().Single().ShouldStartWith("2019030");
        (await vendor.AskAsync("fut_weekly_detail", "prd=CU&week=202009")).Rows.Length.ShouldBe(1);

        // As texts, 20199 lies after 201952: a range of weeks misses it.
        var range = await vendor.AskAsync("fut_weekly_detail", "prd=CU&start_week=201901&end_week=201952");
        range.Column("week").ShouldNotContain("20199");
        range.Column("week").ShouldContain("201930");
    }

    [Fact]
    public async Task Rankings_OfBrokers_AreThoseOfTwentyAndLessThanTheWhole()
    {
        var bar = await vendor.AskAsync("fut_daily", "ts_code=CU2611.SHF&trade_date=20260930");
        var ranking = await vendor.AskAsync("fut_holding", "symbol=CU2611&trade_date=20260930");

        foreach (var (column, whole) in new[] { ("vol", "vol"), ("long_hld", "oi"), ("short_hld", "oi") })
        {
            var values = ranking.Column(column).Where(v => v.Length > 0).Select(decimal.Parse).ToArray();
            values.Length.ShouldBe(20);
            values.Sum().ShouldBeLessThan(bar.Exact(0, whole));
        }

        var before = await vendor.AskAsync("fut_holding", "symbol=CU2611&trade_date=20260929");
        for (var i = 0; i < ranking.Rows.Length; i++)
        {
            if (ranking[i, "long_hld"].ValueKind != System.Text.Json.JsonValueKind.Null)
            {
                ranking.Exact(i, "long_chg").ShouldBe(ranking.Exact(i, "long_hld") - before.Exact(i, "long_hld"));
            }
        }
    }

    [Fact]
    public async Task Receipts_OfADay_GoOnFromTheDayBefore()
    {
        var day = await vendor.AskAsync("fut_wsr", "symbol=ZN&trade_date=20260930");
        var before = await vendor.AskAsync("fut_wsr", "symbol=ZN&trade_date=20260929");

        day.Column("pre_vol").ShouldBe(before.Column("vol"));
        for (var i = 0; i < day.Rows.Length; i++)
        {
            day.Exact(i, "vol_chg").ShouldBe(day.Exact(i, "vol") - day.Exact(i, "pre_vol"));
        }

        Vendor.Lines(day).Distinct().Count().ShouldBeLessThan(day.Rows.Length, "equal rows are legal");
    }

    [Theory]
    [InlineData("SSE", 7)]
    [InlineData("SHFE", 7)]
    [InlineData("CFFEX", 7)]
    [InlineData("DCE", 7)]
    [InlineData("CZCE", 7)]
    [InlineData("INE", 7)]
    [InlineData("GFEX", 7)]
    [InlineData("SGE", 7)]
    [InlineData("NYSE", 0)]
    public async Task Calendars_OfExchanges_AreThere(string exchange, int days)
    {
        foreach (var api in new[] { "trade_cal", "fut_trade_cal" })
        {
            var week = await vendor.AskAsync(api, $"exchange={exchange}&start_date=20260907&end_date=20260913");
            week.Rows.Length.ShouldBe(days);
        }
    }

    [Fact]
    public async Task Gold_OfADay_IsWeighedInKilograms()
    {
        var day = await vendor.AskAsync("sge_daily", "trade_date=20260930");
        var list = await vendor.AskAsync("sge_basic");

        list.Rows.Length.ShouldBe(13);
        list.Column("ts_code").ShouldContain("Au(T+D)");
        day.Column("ts_code").Order().ShouldBe(list.Column("ts_code").Order());
        for (var i = 0; i < day.Rows.Length; i++)
        {
            // Numbers of this API come as texts.
            double Of(string column) => double.Parse(day.Text(i, column));
            Of("amount").ShouldBe(Of("vol") * 1000 * Of("price_avg"), 1);
            Of("price_avg").ShouldBeInRange(Of("low"), Of("high"));
            (day[i, "settle_dire"].ValueKind == System.Text.Json.JsonValueKind.Null).ShouldBe(
                !day.Text(i, "ts_code").Contains("(T+") && !day.Text(i, "ts_code").StartsWith("NY")
            );
        }
    }

    [Fact]
    public async Task Rates_OfExchange_HaveAnOfferAboveTheBid()
    {
        var days = await vendor.AskAsync("fx_daily", "ts_code=USDCNH.FXCM,XAUUSD.FXCM&start_date=20260901");
        for (var i = 0; i < days.Rows.Length; i++)
        {
            foreach (var price in new[] { "open", "close", "high", "low" })
            {
                days.Exact(i, $"ask_{price}").ShouldBeGreaterThan(days.Exact(i, $"bid_{price}"));
            }

            days.Exact(i, "bid_high").ShouldBeGreaterThanOrEqualTo(days.Exact(i, "bid_low"));
        }

        var pairs = await vendor.AskAsync("fx_obasic", "classify=FX");
        pairs.Column("ts_code").ShouldAllBe(c => c.EndsWith(".FXCM"));
        (await vendor.AskAsync("fx_obasic")).Rows.Length.ShouldBeGreaterThan(pairs.Rows.Length);
    }

    private async Task<List<Dictionary<string, string>>> EveryAsync(string api, string parameters)
    {
        var rows = new List<Dictionary<string, string>>();
        while (true)
        {
            var page = await vendor.AskAsync(api, $"{parameters}&offset={rows.Count}");
            rows.AddRange(
                page.Rows.Select(r => page.Fields.Zip(r).ToDictionary(p => p.First, p => p.Second.ToString()))
            );
            if (page.HasMore != true)
            {
                return rows;
            }
        }
    }

    private static (string Product, string Ending) Split(string code) => (code.Split('.')[0], code.Split('.')[1]);

    private static bool IsContractOf(string code, string product, string ending) =>
        code.Length == product.Length + 5 + ending.Length
        && code.StartsWith(product, StringComparison.Ordinal)
        && char.IsDigit(code[product.Length]);
}
