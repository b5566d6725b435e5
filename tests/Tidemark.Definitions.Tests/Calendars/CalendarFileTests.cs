using Tidemark.Core.Errors;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Tests.Calendars;

/// <summary>
/// What is wrong with a calendar's file is told with its line; what a calendar answers is tested with Core.
/// </summary>
public sealed class CalendarFileTests
{
    private const string File = "calendars/XTST.csv";

    [Theory]
    [InlineData("2022-06-08,0", 7, "expected date,open,early_close")]
    [InlineData("2022-06-08,2,", 7, "expected date,open,early_close")]
    [InlineData("20220608,0,", 7, "expected date,open,early_close")]
    [InlineData("2022-06-31,0,", 7, "expected date,open,early_close")]
    [InlineData("2022-06-08,1,1pm", 7, "'1pm' is not a time")]
    [InlineData("2022-06-08,0,\n2022-06-08,1,", 8, "listed twice")]
    [InlineData("2022-06-08,0,13:00", 7, "a closed day has no early close")]
    [InlineData("2023-06-08,0,", 7, "outside")]
    public void Parse_MalformedRow_NamesFileAndLine(string row, int line, string problem)
    {
        var text =
            "# timezone: Asia/Shanghai\n# first: 2022-06-06\n# last: 2022-06-12\n\n# x\ndate,open,early_close\n" + row;

        var error = Should.Throw<InvalidDefinitionException>(() => CalendarFile.Parse("XTST", text, File));

        error.Kind.ShouldBe(ErrorKind.Configuration);
        error.Code.ShouldBe("CALENDAR_INVALID");
        error.Problems.ShouldHaveSingleItem().Origin.ShouldBe(new YamlOrigin(File, line));
        error.Problems[0].Text.ShouldContain(problem);
    }

    [Theory]
    [InlineData("# timezone: Asia/Shanghai\n# first: 2022-06-06\n")]
    [InlineData("# timezone: Asia/Shanghai\n# last: 2022-06-06\n")]
    [InlineData("# first: 2022-06-06\n# last: 2022-06-12\n")]
    [InlineData("# timezone: Mars/Olympus\n# first: 2022-06-06\n# last: 2022-06-12\n")]
    [InlineData("# timezone: Asia/Shanghai\n# first: 2022-06-12\n# last: 2022-06-06\n")]
    public void Parse_SettingMissingOrWrong_IsInvalid(string text)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => CalendarFile.Parse("XTST", text, File));

        error.Code.ShouldBe("CALENDAR_INVALID");
        error.Message.ShouldContain(File);
    }

    [Theory]
    [InlineData("# time_zone: Asia/Shanghai", "unknown key 'time_zone'")]
    [InlineData("# source: the exchange", "unknown key 'source'")]
    [InlineData("# last: 2022-06-31", "'# last: 2022-06-31' is not a day")]
    [InlineData("# timezone: Mars/Olympus", "'Mars/Olympus' is no time zone")]
    public void Parse_SettingThatIsUnknownOrWrong_NamesItsLine(string line, string problem)
    {
        var text = $"# first: 2022-06-06\n{line}\n# Spring Festival 2023: see the announcement\n";

        var found = Should
            .Throw<InvalidDefinitionException>(() => CalendarFile.Parse("XTST", text, File))
            .Problems.ShouldHaveSingleItem();

        found.Origin.ShouldBe(new YamlOrigin(File, 2));
        found.Text.ShouldContain(problem);
    }

    [Fact]
    public void Parse_SeveralFaults_AreAllTold()
    {
        const string text = """
            # timezone: Asia/Shanghai
            # first: 2022-06-06
            # last: 2022-06-12
            date,open,early_close
            2022-06-08,2,
            2022-06-09,0,
            2022-06-10,1,1pm
            """;

        Should
            .Throw<InvalidDefinitionException>(() => CalendarFile.Parse("XTST", text, File))
            .Problems.Select(p => p.Origin.Line)
            .ShouldBe([5, 7]);
    }
}
