using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Tests.Datasets;

public sealed class UnitIdTests
{
    private static readonly Gen<UnitId> s_units =
        from name in Gen.Elements("tushare.daily", "tushare.fund_daily", "a", "with/slash", "名字")
        from day in Gen.Choose(0, DateOnly.MaxValue.DayNumber)
        select new UnitId(name, DateOnly.FromDayNumber(day));

    [Fact]
    public void Parse_TextOfAnyUnit_GivesTheUnit() =>
        Prop.ForAll(s_units.ToArbitrary(), unit => UnitId.Parse(unit.ToString()) == unit)
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void ToString_Unit_IsTheTagInTheLake() =>
        new UnitId("tushare.daily", new DateOnly(2022, 6, 1)).ToString().ShouldBe("tushare.daily/2022-06-01");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tushare.daily")]
    [InlineData("/2022-06-01")]
    [InlineData("tushare.daily/20220601")]
    [InlineData("tushare.daily/2022-06-31")]
    [InlineData("tushare.daily/2022-06-01/0")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        UnitId.TryParse(text, out var unit).ShouldBeFalse();
        unit.ShouldBe(default);
        Should.Throw<FormatException>(() => UnitId.Parse(text ?? "")).Message.ShouldContain("tushare.daily/2022-06-01");
    }

    [Fact]
    public void CompareTo_TwoUnits_OrdersByDatasetThenDay() =>
        Prop.ForAll(
                s_units.ToArbitrary(),
                s_units.ToArbitrary(),
                (a, b) =>
                {
                    var expected = (string.CompareOrdinal(a.Dataset, b.Dataset), a.Day.CompareTo(b.Day)) switch
                    {
                        (0, var byDay) => byDay,
                        (var byDataset, _) => byDataset,
                    };
                    Math.Sign(a.CompareTo(b)).ShouldBe(Math.Sign(expected));
                    (a < b).ShouldBe(expected < 0);
                    (a >= b).ShouldBe(expected >= 0);
                    (a > b).ShouldBe(expected > 0);
                    (a <= b).ShouldBe(expected <= 0);
                }
            )
            .Check(Config.QuickThrowOnFailure);
}
