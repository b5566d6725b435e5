using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Tests.Yaml;

public sealed class YamlSectionTests
{
    private readonly YamlProblems _problems = new();

    private YamlSection Parse(string text) => YamlSection.Parse("a.yaml", text, _problems);

    private string[] Messages => [.. _problems.Items.Select(problem => problem.ToString())];

    [Fact]
    public void Getters_LegalValues_ReadEach()
    {
        var section = Parse(
            """
            text: hello
            code: 000001
            whole: -3
            number: 2.5
            flag: true
            time: "16:30"
            plain_time: 16:30
            duration: 1h30m
            day: 2022-06-01
            scope: on_demand
            list: [a, "b c"]
            map: { trade_date: "{dt}" }
            lists: { list_status: [L, D] }
            nothing:
            nil: ~
            quoted_nil: "null"
            """
        );

        section.Text("text").ShouldBe("hello");
        section.RequiredText("code").ShouldBe("000001");
        section.Int("whole", 0).ShouldBe(-3);
        section.Double("number", 0).ShouldBe(2.5);
        section.Bool("flag", fallback: false).ShouldBeTrue();
        section.RequiredTime("time").ShouldBe(new TimeOnly(16, 30));
        section.Time("plain_time", default).ShouldBe(new TimeOnly(16, 30));
        section.Duration("duration", default).ShouldBe(TimeSpan.FromMinutes(90));
        section.Date("day").ShouldBe(new DateOnly(2022, 6, 1));
        section.RequiredWord<RunMode>("scope").ShouldBe(RunMode.OnDemand);
        section.TextList("list").ShouldBe(["a", "b c"]);
        section.TextMap("map")["trade_date"].ShouldBe("{dt}");
        section.TextListMap("lists")["list_status"].ShouldBe(["L", "D"]);
        section.Has("nothing").ShouldBeFalse();
        section.Text("nil", "fallback").ShouldBe("fallback");
        section.Text("quoted_nil").ShouldBe("null");
        section.Int("absent", 7).ShouldBe(7);
        section.RejectUnknownKeys();
        Messages.ShouldBeEmpty();
    }

    [Fact]
    public void Getters_SeveralFaults_ReportsAllWithLines()
    {
        var section = Parse(
            """
            cap: many
            small: 0
            time: "25:00"
            duration: 2 hours
            day: 20220601
            mode: dayly
            flag: yes
            list: a
            inner:
              nmae: x
            extra: 1
            """
        );

        section.RequiredInt("cap", min: 1);
        section.RequiredInt("small", min: 1, max: 9);
        section.RequiredTime("time");
        section.Duration("duration", default);
        section.Date("day");
        section.RequiredWord<RunMode>("mode");
        section.Bool("flag", fallback: false);
        section.TextList("list");
        section.Section("inner").RequiredText("name");
        section.RequiredText("title");
        section.RejectUnknownKeys();

        var error = Should.Throw<InvalidDefinitionException>(() =>
            _problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the test")
        );
        error.Kind.ShouldBe(ErrorKind.Configuration);
        error.Code.ShouldBe("DEFINITION_INVALID");
        error.Message.ShouldBe(
            """
            12 problems in the test:
              a.yaml:1: 'cap' is 'many', expected a whole number, 1 or more
              a.yaml:1: the required key 'title' is missing; expected text
              a.yaml:2: 'small' is '0', expected a whole number from 1 to 9
              a.yaml:3: 'time' is '25:00', expected a quoted time like "16:30"
              a.yaml:4: 'duration' is '2 hours', expected a duration like 30m, 2h or 7d
              a.yaml:5: 'day' is '20220601', expected a date like 2022-06-01
              a.yaml:6: 'mode' is 'dayly', expected one of daily, bootstrap, manual, on_demand
              a.yaml:7: 'flag' is 'yes', expected true or false
              a.yaml:8: 'list' is 'a', expected a list like [a, b]
              a.yaml:10: the required key 'name' is missing in 'inner'; expected text
              a.yaml:10: unknown key 'inner.nmae'; did you mean 'name'?
              a.yaml:11: unknown key 'extra'; known: cap, day, duration, flag, inner, list, mode, small, time, title
            """
        );
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", "a.yaml:2: the key 'a' stands twice (first on line 1)")]
    [InlineData("a: [1, 2\n", "not valid YAML")]
    [InlineData("- a\n- b\n", "a.yaml:1: the file must hold keys and values, found a list")]
    [InlineData("a: &x 1\nb: *x\n", "a.yaml:2: aliases (*x) are not supported")]
    [InlineData("a: !!python/object {}\n", "a.yaml:1: anchors (&name) and tags (!name) are not supported")]
    [InlineData("a: 1\n---\nb: 1\n", "a.yaml:2: a second document")]
    [InlineData("[x]: 1\n", "a.yaml:1: a key must be text, found a list")]
    public void Parse_WhatIsNotOurYaml_IsAProblemWithItsLine(string text, string expected)
    {
        Parse(text);

        Messages.ShouldContain(message => message.Contains(expected));
    }

    [Fact]
    public void Parse_DeeplyNested_IsAProblemAndNotACrash()
    {
        Parse("a: " + new string('[', 20_000));

        Messages.ShouldHaveSingleItem().ShouldContain("levels deep");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void Parse_EmptyFile_IsAnEmptySection(string text)
    {
        Parse(text).Keys.ShouldBeEmpty();
        Messages.ShouldBeEmpty();
    }

    [Fact]
    public void ParseList_OfMappings_GivesASectionEach()
    {
        var rules = YamlSection.ParseList("f.yaml", "- vendor: tushare\n- vender: x\n- 3\n", _problems);

        rules.Count.ShouldBe(2);
        rules[0].RequiredText("vendor").ShouldBe("tushare");
        rules[1].RequiredText("vendor");
        rules[1].RejectUnknownKeys();
        Messages.ShouldBe([
            "f.yaml:3: '[3]' is '3', expected keys and values",
            "f.yaml:2: the required key 'vendor' is missing in '[2]'; expected text",
            "f.yaml:2: unknown key '[2].vender'; did you mean 'vendor'?",
        ]);
    }

    [Fact]
    public void SectionMap_KeepsTheOrderOfTheFile()
    {
        var columns = Parse("columns:\n  z: { type: text }\n  a: { type: date }\n  m:\n").SectionMap("columns");

        columns.Select(column => column.Name).ShouldBe(["z", "a", "m"]);
        columns[1].Section.RequiredText("type").ShouldBe("date");
    }

    [Fact]
    public void Parse_AnyText_NeverThrows()
    {
        var pieces = new[]
        {
            "a",
            "b",
            ":",
            " ",
            "\n",
            "-",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "'",
            "#",
            "&",
            "*",
            "!",
            "|",
            "\t",
            "%",
        };
        var texts = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list));
        Prop.ForAll(
                texts.ToArbitrary(),
                text =>
                {
                    var problems = new YamlProblems();
                    YamlSection.Parse("fuzz.yaml", text, problems).RejectUnknownKeys();
                    YamlSection.ParseList("fuzz.yaml", text, problems);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
