using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Files;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Calendars;

/// <summary>Calendars that say where they differ from another one.</summary>
public sealed class LikedCalendarsTests
{
    private const string Header = "date,open,early_close\n";
    private const string Week =
        "# timezone: Asia/Shanghai\n# first: 2026-06-01\n# last: 2026-06-14\n"
        + Header
        + "2026-06-03,0,\n2026-06-05,1,13:00\n";

    [Fact]
    public void Read_ACalendarLikeAnother_HasItsDaysButForTheRows()
    {
        var calendars = Read(("A", Week), ("B", "# like: A\n" + Header + "2026-06-03,1,\n2026-06-04,0,\n"));

        var other = calendars.ByExchange["B"];
        other.First.ShouldBe(June(1));
        other.Last.ShouldBe(June(14));
        other.OpenDays.ShouldBe(calendars.ByExchange["A"].OpenDays.Append(June(3)).Order().Where(d => d != June(4)));
        other.EarlyClose(June(5)).ShouldBe(new TimeOnly(13, 0));
        other.Like.ShouldBe("A");
    }

    [Fact]
    public void Read_ARowOfADayThatClosesEarly_ReplacesItsClose()
    {
        var calendar = Read(("A", Week), ("B", "# like: A\n" + Header + "2026-06-05,1,\n")).ByExchange["B"];

        calendar.IsOpen(June(5)).ShouldBeTrue();
        calendar.EarlyClose(June(5)).ShouldBeNull();
    }

    [Fact]
    public void Read_AChainWithAFirstDayOfItsOwn_BeginsThere()
    {
        // The names sort against the chain: each is read after those that it is like.
        var calendars = Read(
            ("C", Week),
            ("B", "# like: C\n" + Header),
            ("A", "# like: B\n# first: 2026-06-08\n" + Header)
        );

        calendars.ByExchange["A"].OpenDays.ShouldBe(Enumerable.Range(8, 5).Select(June));
        calendars.ByExchange["A"].Like.ShouldBe("B");
    }

    [Theory]
    [InlineData("# like: X\n", "there is no such calendar")]
    [InlineData("# like: B\n", "each is like the next: B → B")]
    [InlineData("# like:\n", "names no calendar")]
    [InlineData("# like: A\n# like: X\n", "stands twice")]
    [InlineData("# like: A\n# last: 2026-06-10\n", "are those of A")]
    [InlineData("# like: A\n# first: 2026-05-01\n", "lie outside of A, which knows 2026-06-01 to 2026-06-14")]
    [InlineData("# like: A\n" + Header + "2026-07-01,0,\n", "lie outside of A")]
    public void Read_ACalendarThatIsLikeNone_IsLeftOut(string text, string problem)
    {
        var calendars = Read(("A", Week), ("B", text));

        calendars.ByExchange.Keys.ShouldBe(["A"]);
        var fault = calendars.LeftOut.ShouldHaveSingleItem();
        fault.Id.ShouldBe("B");
        fault.Problems.ShouldHaveSingleItem().Text.ShouldContain(problem);
    }

    [Fact]
    public void Read_ACircle_IsToldOnceAndWhatNeedsItFollows()
    {
        var calendars = Read(("A", "# like: B\n"), ("B", "# like: A\n"), ("C", "# like: A\n"), ("D", Week));

        calendars.ByExchange.Keys.ShouldBe(["D"]);
        calendars.LeftOut.Select(f => f.Id).ShouldBe(["A", "B", "C"]);
        calendars
            .LeftOut.SelectMany(f => f.Problems)
            .Where(p => !p.IsConsequence)
            .ShouldHaveSingleItem()
            .Text.ShouldContain("A → B → A");
    }

    private static CalendarFiles Read(params (string Exchange, string Text)[] files)
    {
        using var folder = DefinitionsFolder.Empty();
        foreach (var (exchange, text) in files)
        {
            folder.With($"{exchange}.csv", text);
        }

        return CalendarFiles.Read(DefinitionSet.Of(DefinitionFiles.Read(folder.Path, null, CalendarFiles.Kind)));
    }

    private static DateOnly June(int day) => new(2026, 6, day);
}
