using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Faults;
using Tidemark.Testing;

namespace Tidemark.Simulator.Tests;

/// <summary>The pages about faults and the rules that are read: the same words.</summary>
public sealed partial class FaultPageTests
{
    private static string Page(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));

    [Fact]
    public void Examples_OfThePages_AreRead()
    {
        var examples = Examples().Matches(Page("sim-tushare.md") + Page("sim-aktools.md") + Page("ibkr.md"));

        examples.Count.ShouldBeGreaterThan(1);
        examples.ShouldAllBe(e => FaultRules.Parse(e.Groups["rules"].Value, "page", 0) != null);
    }

    [Fact]
    public void Words_ThatRulesKnow_AreOnOneOfThePages()
    {
        var said = Should.Throw<TidemarkException>(() => FaultRules.Parse("- { do: nothing_known }")).Message;
        var words = said[(said.IndexOf("one of ", StringComparison.Ordinal) + 7)..].Split(", ");
        words.Length.ShouldBeGreaterThan(15, said);

        var pages = Page("sim-tushare.md") + Page("ibkr.md");
        words.Where(w => !Regex.IsMatch(pages, $@"`{Regex.Escape(w.Trim())}[`:]")).ShouldBeEmpty();
    }

    [Fact]
    public void Rows_OfTheTable_AreRead()
    {
        var rows = Rows().Matches(Page("sim-tushare.md").Split("| `do:` | |")[1]).Select(m => m.Groups["things"].Value);
        var things = rows.SelectMany(r => r.Split("`, `")).ToArray();
        things.Length.ShouldBe(16);

        foreach (var thing in things)
        {
            var written = thing.Replace("{code, message}", "{ code: 1, message: no }", StringComparison.Ordinal);
            FaultRules.Parse(
                written.Contains(':', StringComparison.Ordinal) ? $"- do: {{ {written} }}" : $"- do: {written}"
            );
        }
    }

    [Fact]
    public void Keys_OfRules_AreAllOnTheirPage()
    {
        var keys = FaultKeys.Table.ToMarkdown();

        ReferencePage.Keys("faults.md", keys).ShouldBe(keys);
    }

    [GeneratedRegex("```yaml\n(?<rules>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex(@"^\| `(?<things>.+?)` \| ", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
