using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Tests.Files;

public sealed class SwitchesTests
{
    private static readonly YamlOrigin s_line = new("tidemark.yaml", 9);

    [Fact]
    public void EnsureKnown_MisspeltIds_AreAllNamedWithTheLineAndTheNearest()
    {
        var switches = new Switches([
            new("tushare.fund_dayly", s_line),
            new("stock.list", s_line),
            new("weather", s_line),
        ]);

        var error = Should.Throw<InvalidDefinitionException>(() =>
            switches.EnsureKnown(new HashSet<string> { "tushare.fund_daily", "stock.list" }, [], "/home/me/lake")
        );

        error.Code.ShouldBe("CONFIG_INVALID");
        error.Message.ShouldStartWith("2 problems in the workspace /home/me/lake:");
        error
            .Problems.Select(p => p.ToString())
            .ShouldBe([
                "tidemark.yaml:9: 'off' names 'tushare.fund_dayly', which is no module, dataset, check or table; did you mean 'tushare.fund_daily'?",
                "tidemark.yaml:9: 'off' names 'weather', which is no module, dataset, check or table; known: stock.list, tushare.fund_daily",
            ]);
    }

    [Fact]
    public void EnsureKnown_KnownIdsOrNone_IsContent()
    {
        Switches.None.EnsureKnown(new HashSet<string>(), [], "");
        new Switches([new("a", s_line)]).EnsureKnown(new HashSet<string> { "a", "b" }, [], "");
    }
}
