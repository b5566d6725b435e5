using Tidemark.Core.Markets;

namespace Tidemark.Core.Tests.Markets;

public sealed class CodeChangesTests
{
    private static readonly DateOnly s_listed = new(2020, 7, 27);
    private static readonly DateOnly[] s_lists = [Day(1), Day(2), Day(3)];

    [Fact]
    public void Find_SameNameAndListingDayInTheNextList_IsAChange() =>
        CodeChanges
            .Find([Code("830017.BJ", 1, 1), Code("920017.BJ", 2, 3), Code("600000.SH", 1, 3)], s_lists)
            .ShouldBe([new CodeChange("830017.BJ", "920017.BJ", Day(2))]);

    [Fact]
    public void Find_NameThatIsTheCode_SaysNothingAgainstIt() =>
        CodeChanges
            .Find([Code("830017.BJ", 1, 1, name: "830017.BJ"), Code("920017.BJ", 2, 3, name: "920017.BJ")], s_lists)
            .Count.ShouldBe(1);

    [Fact]
    public void Find_AnyDoubt_JoinsNothing()
    {
        var gone = Code("830017.BJ", 1, 1);
        CodeChanges.Find([gone, Code("920017.BJ", 2, 3, name: "other")], s_lists).ShouldBeEmpty();
        CodeChanges.Find([gone, Code("920017.BJ", 2, 3, listed: Day(1))], s_lists).ShouldBeEmpty();
        CodeChanges.Find([gone, Code("600017.SH", 2, 3)], s_lists).ShouldBeEmpty("another exchange");
        CodeChanges.Find([gone, Code("920017.BJ", 3, 3)], s_lists).ShouldBeEmpty("a list between them has neither");
        CodeChanges.Find([gone, Code("920017.BJ", 1, 3)], s_lists).ShouldBeEmpty("both were in one list");
        CodeChanges.Find([gone, Code("920017.BJ", 2, 3), Code("920018.BJ", 2, 3)], s_lists).ShouldBeEmpty();
        CodeChanges.Find([gone, Code("830018.BJ", 1, 1), Code("920017.BJ", 2, 3)], s_lists).ShouldBeEmpty();
        CodeChanges
            .Find([gone with { Listed = null }, Code("920017.BJ", 2, 3) with { Listed = null }], s_lists)
            .ShouldBeEmpty();
        CodeChanges.Find([], []).ShouldBeEmpty();
    }

    [Fact]
    public void Newest_ACodeThatChangedTwice_IsFollowedToItsEnd()
    {
        var changes = CodeChanges.Find([Code("a.BJ", 1, 1), Code("b.BJ", 2, 2), Code("c.BJ", 3, 3)], s_lists);

        CodeChanges.Newest(changes).OrderBy(n => n.Key).ShouldBe([new("a.BJ", "c.BJ"), new("b.BJ", "c.BJ")]);
    }

    private static DateOnly Day(int day) => new(2025, 10, day);

    private static ListedCode Code(string symbol, int first, int last, string name = "凯德", DateOnly? listed = null) =>
        new(symbol, name, name, listed ?? s_listed, Day(first), Day(last));
}
