namespace Tidemark.Cli.Tests;

/// <summary>What a user sees of flags and sources.</summary>
[Trait("Speed", "Slow")]
public sealed class FlagsCommandTests(SmallLake lake) : IClassFixture<SmallLake>
{
    [Fact]
    public async Task Demo_SwitchesOnTheWavesOnceAndSaysSo()
    {
        lake.Demo.Out.ShouldContain(
            "Flags that the demo switched on (`tidemark flags`): universeIndexDailyEnabled, universeDailyBasicEnabled, universeMoneyflowEnabled"
        );

        var flags = (await lake.RunAsync("flags")).Out;

        flags.ShouldContain("universeDailyBasicEnabled             on, since");
        flags.ShouldContain("by tidemark demo");
        flags.ShouldContain("p2SpecialPermissionStkPremarketV1     off");
    }

    [Fact]
    public async Task Flags_OneSwitchedOff_IsToldByEveryCommandWithTheWayBack()
    {
        using var copy = await lake.CopyAsync();

        var set = await copy.RunAsync("flags", "set", "universeDailyBasicEnabled", "off");

        set.ExitCode.ShouldBe(0);
        set.Out.ShouldContain("off, since");
        set.Out.ShouldContain("daily runs leave out tushare.daily_basic");
        const string Line = "outside the plan: tushare.daily_basic (universeDailyBasicEnabled)";
        const string Way = "`tidemark flags set universeDailyBasicEnabled on`";
        foreach (var command in new[] { "plan", "status" })
        {
            var said = (await copy.RunAsync(command)).Out.ReplaceLineEndings(" ");
            said.ShouldContain(Line);
            said.ShouldContain(Way);
        }

        (await copy.RunAsync("flags", "set", "universeDailyBasicEnabled", "on")).ExitCode.ShouldBe(0);
        (await copy.RunAsync("status")).Out.ShouldNotContain("outside the plan");
    }

    [Fact]
    public async Task Set_WithoutTheProbeThatItNeeds_IsBlockedWithTheCommandThatMakesIt()
    {
        var set = await lake.RunAsync("flags", "set", "p2SpecialPermissionStkPremarketV1", "on");

        set.ExitCode.ShouldBe(3);
        set.Error.ShouldContain("FLAG_UNPROVED");
        set.Error.ShouldContain("`tidemark sources test stock.premarket`");
    }

    [Theory]
    [InlineData("flags set universeDailyBasic on", "universeDailyBasicEnabled")]
    [InlineData("flags set p0Enabled maybe", "maybe")]
    [InlineData("sources enable stock.moneyflw", "stock.moneyflow")]
    [InlineData("sources test bonds", "tidemark sources")]
    [InlineData("token clear --domain future", "futures")]
    public async Task Names_ThatThereAreNot_EndWith2(string command, string said)
    {
        var answer = await lake.RunAsync(command.Split(' '));

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldContain(said);
    }

    [Fact]
    public async Task Sources_OfALakeThatWasFetched_TellsStatesAndWhoSaidNo()
    {
        using var copy = await lake.CopyAsync();
        await copy.RunAsync("sources", "disable", "stock.adj_factor");

        var sources = (await copy.RunAsync("sources")).Out;

        sources.ShouldContain("stock  tushare, token: env_fallback");
        sources.ShouldMatch(@"stock\.adj_factor +off +\w+ +`sources disable`");
        sources.ShouldMatch(@"stock\.moneyflow +off +untested +stands by");
        sources.ShouldMatch(@"etf\.daily_quote +on +untested", "the demo had its vendor at another address");
    }
}
