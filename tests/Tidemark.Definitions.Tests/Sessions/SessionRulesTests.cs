using Tidemark.Core;
using Tidemark.Core.Sessions;
using Tidemark.Definitions.Sessions;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Sessions;

public sealed class SessionRulesTests
{
    private const string Header = "exchange,board,rule,from,value\n";
    private static readonly DateOnly s_before = new(2026, 7, 3);
    private static readonly DateOnly s_after = new(2026, 7, 6);
    private static readonly SessionRules s_shipped = SessionFiles.Parse([
        ("sessions.csv", File.ReadAllText(Path.Combine(SourceTree.Root, "definitions", "sessions.csv"))),
    ]);

    [Theory]
    [InlineData("XSHG", "main")]
    [InlineData("XSHE", "main")]
    [InlineData("XSHG", "fund")]
    [InlineData("XSHE", "fund")]
    [InlineData("XSHG", "st")]
    public void Shipped_FromTheSixthOfJuly2026_IsTradedAtAFixedPriceUntilHalfPastThree(string exchange, string board)
    {
        var old = s_shipped.SessionOf(exchange, board, s_before)!;
        var now = s_shipped.SessionOf(exchange, board, s_after)!;

        (old.Close, old.End).ShouldBe((new TimeOnly(15, 0), new TimeOnly(15, 0)));
        (now.Close, now.End).ShouldBe((new TimeOnly(15, 0), new TimeOnly(15, 30)));
        now.Parts[^1].ShouldBe(new SessionPart(SessionPhase.FixedPrice, new TimeOnly(15, 5), new TimeOnly(15, 30)));
        now.Open.ShouldBe(new TimeOnly(9, 15));
    }

    [Fact]
    public void Shipped_Beijing_EndsAtThreeBecauseItsFixedPriceWasPutOff() =>
        s_shipped.SessionOf("BSE", "bse", s_after)!.End.ShouldBe(new TimeOnly(15, 0));

    [Fact]
    public void Shipped_FundsOfShanghai_CloseByAuctionFromThatDayOn()
    {
        s_shipped
            .SessionOf("XSHG", "fund", s_before)!
            .Parts.ShouldNotContain(part => part.Phase == SessionPhase.CloseAuction);
        s_shipped
            .SessionOf("XSHG", "fund", s_after)!
            .Parts.ShouldContain(new SessionPart(SessionPhase.CloseAuction, new TimeOnly(14, 57), new TimeOnly(15, 0)));
    }

    [Theory]
    [InlineData("XSHG", "st", "2026-07-03", 0.05)]
    [InlineData("XSHG", "st", "2026-07-06", 0.10)]
    [InlineData("XSHE", "st", "2026-07-05", 0.05)]
    [InlineData("XSHE", "st", "2026-07-06", 0.10)]
    [InlineData("XSHG", "main", "2026-07-06", 0.10)]
    [InlineData("XSHG", "star", "2026-07-06", 0.20)]
    [InlineData("XSHE", "chinext", "2020-08-21", 0.10)]
    [InlineData("XSHE", "chinext", "2020-08-24", 0.20)]
    [InlineData("BSE", "bse", "2030-01-01", 0.30)]
    public void Shipped_Limits_AreThoseOfTheDay(string exchange, string board, string day, double limit) =>
        s_shipped.LimitOf(exchange, board, TradeDate.ParseIso(day)).ShouldBe((decimal)limit);

    [Fact]
    public void Rules_BeforeTheirFirstDayOrOfNobody_AreNotKnown()
    {
        s_shipped.LimitOf("XSHG", "star", new DateOnly(2019, 7, 21)).ShouldBeNull();
        s_shipped.SessionOf("XSHG", "main", new DateOnly(1990, 12, 19)).ShouldBeNull();
        s_shipped.SessionOf("XNYS", "main", s_after).ShouldBeNull();
        s_shipped.LongestSession("XSHG")!.End.ShouldBe(new TimeOnly(15, 30));
        s_shipped.LongestSession("XNYS").ShouldBeNull();
    }

    [Fact]
    public void Parse_AnOwnFile_IsLaidOverTheShippedOneLineByLine()
    {
        var rules = SessionFiles.Parse([
            ("shipped.csv", Header + "XSHG,st,limit,2020-01-01,0.05\nXSHG,main,limit,2020-01-01,0.10\n"),
            ("own.csv", Header + "XSHG,st,limit,2020-01-01,0.06\nXSHG,st,limit,2025-01-01,0.07\n"),
        ]);

        rules.LimitOf("XSHG", "st", new DateOnly(2024, 1, 1)).ShouldBe(0.06m);
        rules.LimitOf("XSHG", "st", new DateOnly(2025, 1, 1)).ShouldBe(0.07m);
        rules.LimitOf("XSHG", "main", new DateOnly(2025, 1, 1)).ShouldBe(0.10m);
    }

    [Fact]
    public void Parse_ManyFaults_ReportsAllWithFileAndLine()
    {
        const string text =
            Header
            + "XSHQ,main,limit,2020-01-01,0.10\n"
            + "XSHG,mian,limit,2020-01-01,0.10\n"
            + "XSHG,main,limits,2020-01-01,0.10\n"
            + "XSHG,main,limit,2020-13-01,0.10\n"
            + "XSHG,main,limit,2020-01-01,10\n"
            + "XSHG,main,limit,2020-01-01\n"
            + "XSHG,main,session,2020-01-01,continous 09:30-11:30\n"
            + "XSHG,main,session,2020-01-02,continuous 09:30\n"
            + "XSHG,main,session,2020-01-03,continuous 13:00-15:00; continuous 14:00-16:00\n"
            + "XSHG,main,session,2020-01-04,fixed_price 15:05-15:30\n"
            + "XSHG,st,limit,2020-01-01,0.05\n"
            + "XSHG,st,limit,2020-01-01,0.05\n";

        var problems = Should
            .Throw<InvalidDefinitionException>(() => SessionFiles.Parse([("own/sessions.csv", text)]))
            .Problems;

        string[] expected =
        [
            "own/sessions.csv:2: unknown exchange 'XSHQ'; did you mean 'XSHG'?",
            "own/sessions.csv:3: unknown board 'mian'; did you mean 'main'?",
            "own/sessions.csv:4: unknown rule 'limits'; did you mean 'limit'?",
            "own/sessions.csv:5: '2020-13-01' is not a day",
            "own/sessions.csv:6: '10' is not a limit: a fraction",
            "own/sessions.csv:7: expected 5 values",
            "own/sessions.csv:8: unknown phase 'continous'; did you mean 'continuous'?",
            "own/sessions.csv:9: 'continuous 09:30' is no part",
            "own/sessions.csv:10: 'continuous 14:00-16:00' ends before it begins",
            "own/sessions.csv:11: a session at a fixed price alone",
            "own/sessions.csv:13: XSHG st limit from 2020-01-01 stands twice",
        ];
        problems.Count.ShouldBe(expected.Length);
        foreach (var (problem, text1) in problems.Zip(expected))
        {
            problem.ToString().ShouldStartWith(text1);
        }
    }

    [Fact]
    public void Parse_NoHeader_SaysSo() =>
        Should
            .Throw<InvalidDefinitionException>(() =>
                SessionFiles.Parse([("s.csv", "# nothing\nXSHG,main,limit,2020-01-01,0.1\n")])
            )
            .Message.ShouldContain("s.csv:2: the first line must be the header");
}
