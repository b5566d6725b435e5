namespace Tidemark.Core.Tests;

public sealed class TradeDateTests
{
    [Fact]
    public void ToIsoAndCompact_AnyDay_ReadBackToTheDay()
    {
        for (var day = new DateOnly(1990, 1, 1); day < new DateOnly(2030, 1, 1); day = day.AddDays(13))
        {
            TradeDate.ParseIso(day.ToIso()).ShouldBe(day);
            TradeDate.TryParseCompact(day.ToCompact(), out var compact).ShouldBeTrue();
            compact.ShouldBe(day);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("20220601")]
    [InlineData("2022-6-1")]
    [InlineData("2022-02-29")]
    [InlineData(" 2022-06-01")]
    [InlineData("2022-06-01T00:00:00")]
    public void TryParseIso_OtherSpellings_AreRefused(string? text) =>
        TradeDate.TryParseIso(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("2022-06-01")]
    [InlineData("20220231")]
    [InlineData("2022061")]
    [InlineData("202206011")]
    public void TryParseCompact_OtherSpellings_AreRefused(string? text) =>
        TradeDate.TryParseCompact(text, out _).ShouldBeFalse();

    [Fact]
    public void ParseIso_NoDate_SaysWhatADateLooksLike() =>
        Should.Throw<FormatException>(() => TradeDate.ParseIso("June")).Message.ShouldContain("2022-06-01");
}
