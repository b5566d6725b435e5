using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.RateLimits;

/// <summary>A limit of a single api that datasets declare, beside what the workspace says.</summary>
public sealed class DeclaredLimitsTests
{
    [Theory]
    [InlineData("200/min", "50/min", "50/min")]
    [InlineData("50/min", "100/min", "50/min")]
    [InlineData("200/min", "10/day", "200/min 10/day")]
    [InlineData("501/min", "50/min", "501/min")] // no vendor grants it: a server of one's own
    public async Task Api_KeepsToWhatIsLower_AndTheOthersToTheDefault(string standard, string declared, string expected)
    {
        using var rig = new TushareRig(limit: standard, declared: [("daily", declared)]);

        string.Join(' ', await rig.Client.LimitsAsync("daily", default)).ShouldBe(expected);
        string.Join(' ', await rig.Client.LimitsAsync("adj_factor", default)).ShouldBe(standard);
    }

    [Fact]
    public async Task Api_ThatTheWorkspaceNames_KeepsToItsWord()
    {
        using var rig = new TushareRig(declared: [("default", "50/min")]); // the rig names `default` alone

        string.Join(' ', await rig.Client.LimitsAsync("default", default)).ShouldBe("200/min");
    }
}
