using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Tests.Datasets;

public sealed class UnitIdTests
{
    private static readonly Gen<UnitPeriod> s_periods =
        from kind in Gen.Elements(Enum.GetValues<PeriodKind>())
        from number in Gen.Choose(0, DateOnly.MaxValue.DayNumber)
        from minute in Gen.Choose(0, (24 * 60) - 1)
        let day = DateOnly.FromDayNumber(number)
        select kind switch
        {
            PeriodKind.Moment => UnitPeriod.OfMoment(day, TimeOnly.MinValue.AddMinutes(minute)),
            PeriodKind.Range => UnitPeriod.OfRange(
                day,
                DateOnly.FromDayNumber(Math.Min(number + minute, DateOnly.MaxValue.DayNumber))
            ),
            _ => UnitPeriod.Containing(kind, day),
        };

    private static readonly Gen<UnitId> s_units =
        from name in Gen.Elements("tushare.daily", "tushare.fund_daily", "a", "with/slash", "名字")
        from period in s_periods
        from part in Gen.Elements(null, "600519.SH", "AAPL", "SSE", "EUR/USD", "2022", "沪深")
        select new UnitId(name, period, part);

    [Fact]
    public void Parse_TextOfAnyUnit_GivesTheUnit() =>
        Prop.ForAll(s_units.ToArbitrary(), unit => UnitId.Parse(unit.ToString()) == unit)
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void ToString_Unit_IsTheTagInTheLake()
    {
        new UnitId("tushare.daily", new DateOnly(2022, 6, 1)).ToString().ShouldBe("tushare.daily/2022-06-01");
        Of(PeriodKind.Month, "tushare.cn_cpi").ShouldBe("tushare.cn_cpi/2022-06");
        Of(PeriodKind.Quarter, "tushare.cn_gdp").ShouldBe("tushare.cn_gdp/2022Q2");
        Of(PeriodKind.Year, "tushare.repurchase").ShouldBe("tushare.repurchase/2022");
        Of(PeriodKind.Month, "tushare.stk_mins", "600519.SH").ShouldBe("tushare.stk_mins/2022-06/600519.SH");
        new UnitId("ibkr.option_quotes", UnitPeriod.OfMoment(new DateOnly(2025, 12, 5), new TimeOnly(10, 0)), "AAPL")
            .ToString()
            .ShouldBe("ibkr.option_quotes/2025-12-05T10:00/AAPL");
        new UnitId("tushare.daily", UnitPeriod.OfRange(new(2012, 1, 4), new(2022, 6, 30)), "600519.SH")
            .ToString()
            .ShouldBe("tushare.daily/2012-01-04--2022-06-30/600519.SH");

        static string Of(PeriodKind kind, string dataset, string? part = null) =>
            new UnitId(dataset, UnitPeriod.Containing(kind, new DateOnly(2022, 6, 17)), part).ToString();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tushare.daily")]
    [InlineData("/2022-06-01")]
    [InlineData("tushare.daily/20220601")]
    [InlineData("tushare.daily/2022-06-31")]
    [InlineData("tushare.daily/2022-06-01/")]
    [InlineData("tushare.daily/2022-13")]
    [InlineData("tushare.daily/2022Q5")]
    [InlineData("tushare.daily/2022q2")]
    [InlineData("tushare.daily/0000")]
    [InlineData("tushare.daily/2022-06-01T24:00")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        UnitId.TryParse(text, out var unit).ShouldBeFalse();
        unit.ShouldBe(default);
        Should.Throw<FormatException>(() => UnitId.Parse(text ?? "")).Message.ShouldContain("tushare.daily/2022-06-01");
    }

    [Fact]
    public void CompareTo_TwoUnits_OrdersByDatasetThenPeriodThenPart() =>
        Prop.ForAll(
                s_units.ToArbitrary(),
                s_units.ToArbitrary(),
                (a, b) =>
                {
                    var expected = Math.Sign(string.CompareOrdinal(a.Dataset, b.Dataset));
                    expected = expected != 0 ? expected : a.Day.CompareTo(b.Day);
                    expected = expected != 0 ? expected : a.LastDay.CompareTo(b.LastDay);
                    if (expected != 0)
                    {
                        Math.Sign(a.CompareTo(b)).ShouldBe(expected);
                    }

                    (a.CompareTo(b) == 0).ShouldBe(a == b);
                    Math.Sign(a.CompareTo(b)).ShouldBe(-Math.Sign(b.CompareTo(a)));
                    (a < b).ShouldBe(a.CompareTo(b) < 0);
                    (a >= b).ShouldBe(a.CompareTo(b) >= 0);
                    (a > b).ShouldBe(a.CompareTo(b) > 0);
                    (a <= b).ShouldBe(a.CompareTo(b) <= 0);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Period_OfAnyDay_BeginsAndEndsAroundItAndThoseBetweenTwoDaysMeet() =>
        Prop.ForAll(
                (
                    from kind in Gen.Elements(PeriodKind.Day, PeriodKind.Month, PeriodKind.Quarter, PeriodKind.Year)
                    from first in Gen.Choose(0, DateOnly.MaxValue.DayNumber)
                    from days in Gen.Choose(0, 800)
                    select (kind, first, Math.Min(first + days, DateOnly.MaxValue.DayNumber))
                ).ToArbitrary(),
                x =>
                {
                    var (kind, from, to) = (x.kind, DateOnly.FromDayNumber(x.first), DateOnly.FromDayNumber(x.Item3));
                    var periods = UnitPeriod.Between(kind, from, to).ToArray();

                    periods[0].Has(from).ShouldBeTrue();
                    periods[^1].Has(to).ShouldBeTrue();
                    periods.ShouldBeUnique();
                    periods.Zip(periods.Skip(1)).ShouldAllBe(p => p.First.Last.AddDays(1) == p.Second.First);
                    periods.ShouldAllBe(p => UnitPeriod.Containing(kind, p.Last) == p && p.First <= p.Last);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("d/2022-06-01", "d/2022-06-01--2022-06-30/a", true)]
    [InlineData("d/2022-06-30", "d/2022-06-01--2022-06-30/a", true)]
    [InlineData("d/2022-07-01", "d/2022-06-01--2022-06-30/a", false)]
    [InlineData("d/2022-06-15--2022-07-30/a", "d/2022-06-01--2022-06-30/a", true)]
    [InlineData("d/2022-06-15--2022-07-30/b", "d/2022-06-01--2022-06-30/a", false)]
    [InlineData("e/2022-06-01", "d/2022-06-01--2022-06-30/a", false)]
    [InlineData("d/2022-06/a", "d/2022Q2", true)]
    public void Overlaps_UnitsThatShareRows_SaysSoBothWays(string left, string right, bool overlap)
    {
        UnitId.Parse(left).Overlaps(UnitId.Parse(right)).ShouldBe(overlap);
        UnitId.Parse(right).Overlaps(UnitId.Parse(left)).ShouldBe(overlap);
    }

    [Theory]
    [InlineData("d/2022-06-30--2022-06-01/a")]
    [InlineData("d/2022-06-01-2022-06-30/a")]
    [InlineData("d/2022-06-01--2022-06-31/a")]
    public void Parse_RangeThatIsNone_IsNoUnit(string text) => UnitId.TryParse(text, out _).ShouldBeFalse();
}
