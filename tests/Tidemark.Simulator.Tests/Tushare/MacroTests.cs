using System.Globalization;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Rates and the economy: what is published when, what is revised, and what is younger than the rest.</summary>
public sealed class MacroTests(Vendor vendor) : IClassFixture<Vendor>
{
    [Theory]
    [InlineData("cn_cpi", "month", "202412", "2025-01-09", "2025-01-10")]
    [InlineData("cn_ppi", "month", "202412", "2025-01-09", "2025-01-10")]
    [InlineData("cn_pmi", "month", "202412", "2024-12-30", "2024-12-31")]
    [InlineData("cn_m", "month", "202412", "2025-01-11", "2025-01-12")]
    [InlineData("sf_month", "month", "202412", "2025-01-11", "2025-01-12")]
    [InlineData("cn_gdp", "quarter", "2024Q4", "2025-01-16", "2025-01-17")]
    public void Figure_OfAPeriod_AppearsOnTheDayOfItsPublication(
        string api,
        string column,
        string period,
        string dayBefore,
        string day
    )
    {
        TestMarkets.Ask(Vendor.Make(dayBefore), api, "", column).Rows[0][0].GetString().ShouldNotBe(period);
        TestMarkets.Ask(Vendor.Make(day), api, "", column).Rows[0][0].GetString().ShouldBe(period);
    }

    [Theory]
    [InlineData("sf_month", "m=202412", "2025-01-20", "2025-02-20")]
    [InlineData("cn_m", "m=202412", "2025-01-20", "2025-02-20")]
    [InlineData("cn_gdp", "q=2024Q4", "2025-02-01", "2026-01-05")]
    public void Figure_ThatIsRevised_IsTheEarlierOneForAnEarlierToday(
        string api,
        string ask,
        string first,
        string later
    )
    {
        var (then, since) = (
            TestMarkets.Ask(Vendor.Make(first), api, ask),
            TestMarkets.Ask(Vendor.Make(later), api, ask)
        );

        then.Rows.Length.ShouldBe(1);
        Vendor.Lines(since).ShouldNotBe(Vendor.Lines(then));
        Vendor.Lines(TestMarkets.Ask(Vendor.Make(), api, ask)).ShouldBe(Vendor.Lines(since), "it is revised once");
    }

    [Fact]
    public async Task Financing_OfAYear_IsNotTheSumOfItsMonths()
    {
        var year = await vendor.AskAsync("sf_month", "start_m=202501&end_m=202512");
        decimal Of(int i, string column) => decimal.Parse(year.Text(i, column), CultureInfo.InvariantCulture);

        year.Rows.Length.ShouldBe(12);
        Enumerable
            .Range(0, 11)
            .Count(i => Of(i, "inc_cumval") - Of(i + 1, "inc_cumval") != Of(i, "inc_month"))
            .ShouldBeGreaterThan(6, "earlier months were revised meanwhile");
        year.Column("month").ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task Product_OfAQuarter_IsThatOfItsParts()
    {
        var quarters = await vendor.AskAsync("cn_gdp", "start_q=2023Q1&end_q=2025Q4");
        decimal Of(int i, string column) => decimal.Parse(quarters.Text(i, column), CultureInfo.InvariantCulture);

        quarters.Rows.Length.ShouldBe(12);
        for (var i = 0; i < 12; i++)
        {
            Of(i, "gdp").ShouldBe(Of(i, "pi") + Of(i, "si") + Of(i, "ti"));
        }

        Of(0, "gdp").ShouldBeGreaterThan(Of(1, "gdp"), "cumulated over the year");
        Of(3, "gdp").ShouldBeLessThan(Of(4, "gdp"));
    }

    [Fact]
    public async Task Parameters_OfMonths_AreListsAndRanges()
    {
        (await vendor.AskAsync("cn_cpi", "m=202501,202503")).Column("month").ShouldBe(["202503", "202501"]);
        (await vendor.AskAsync("cn_cpi", "start_m=202501&end_m=202503")).Rows.Length.ShouldBe(3);

        // A wrong name is no error: the whole history comes.
        (await vendor.AskAsync("cn_cpi", "start_date=20250101")).Rows.Length.ShouldBeGreaterThan(300);
    }

    [Theory]
    [InlineData("us_tycr", "m4", "20221018", "20221019")]
    [InlineData("us_tycr", "m2", "20181015", "20181016")]
    [InlineData("us_tbr", "w17_bd", "20221018", "20221019")]
    [InlineData("us_tbr", "w8_ce", "20181015", "20181016")]
    [InlineData("shibor_lpr", "5y", "20190819", "20190820")]
    public async Task Tenor_ThatIsYounger_IsNothingBefore(string api, string column, string before, string since)
    {
        var rows = await vendor.AskAsync(api, $"start_date={before}&end_date={since}", column);

        rows.Column(column).Select(v => v.Length > 0).ShouldBe([true, false]);
    }

    [Fact]
    public async Task Rates_OfBanks_AreOfOpenDaysAndThePrimeRateIsMonthly()
    {
        var days = await vendor.AskAsync("shibor", "start_date=20260901&end_date=20260930");
        var open = await vendor.AskAsync("trade_cal", "is_open=1&start_date=20260901&end_date=20260930");
        var prime = await vendor.AskAsync("shibor_lpr", "start_date=20260101&end_date=20260831");

        days.Column("date").ShouldBe(open.Column("cal_date"));
        days.Text(0, "3m").ShouldContain(".");
        prime.Rows.Length.ShouldBe(8);
        prime.Column("date").Select(d => int.Parse(d[6..])).ShouldAllBe(d => d >= 20 && d <= 23);
        (await vendor.AskAsync("shibor", "date=20260930")).Rows.Length.ShouldBe(1);
    }
}
