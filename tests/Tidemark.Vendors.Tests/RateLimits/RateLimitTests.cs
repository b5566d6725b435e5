using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.Tests.RateLimits;

public sealed class RateLimitTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(200, 0)] // at once
    [InlineData(201, 60)]
    [InlineData(1452, 420)]
    public void TimeFor_Calls_IsThatOfTheWindowsBeforeTheLast(long calls, int seconds) =>
        RateLimit.Parse("200/min").TimeFor(calls).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("200/min", 200, 60, "200/min")]
    [InlineData("1/h", 1, 3600, "1/hour")]
    [InlineData("10 / day", 10, 86400, "10/day")]
    [InlineData("5/s", 5, 1, "5/s")]
    public void Parse_Limit_IsCallsAndWindow(string text, int calls, int seconds, string canonical)
    {
        var limit = RateLimit.Parse(text);

        limit.ShouldBe(new RateLimit(calls, TimeSpan.FromSeconds(seconds)));
        limit.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("200")]
    [InlineData("/min")]
    [InlineData("0/min")]
    [InlineData("-5/min")]
    [InlineData("200/week")]
    [InlineData("99999999999/min")]
    public void TryParse_NoLimit_Refuses(string? text) => RateLimit.TryParse(text, out _).ShouldBeFalse();
}
