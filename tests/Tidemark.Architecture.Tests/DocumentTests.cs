using System.Text.RegularExpressions;

namespace Tidemark.Architecture.Tests;

/// <summary>Documents that name things which must exist.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Pages =>
        Repository.Files("docs", "*.md").Concat(["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md"]);

    [Fact]
    public void Links_ToFiles_LeadSomewhere()
    {
        var broken =
            from page in Pages
            from match in Link().Matches(Repository.Text(page))
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])
            where !Repository.Exists(path)
            select $"{page}: {target}";

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void ReadmeInChinese_HasTheCommandsAndLinksOfTheEnglishOne()
    {
        var english = Repository.Text("README.md");
        var chinese = Repository.Text("README.zh-CN.md");

        Commands(chinese).ShouldBe(Commands(english));
        Targets(chinese).ShouldBe(Targets(english), ignoreOrder: true);
    }

    [Fact]
    public void DecisionRecords_AreNumberedWithoutGapsAndListed()
    {
        var records = Repository.Files("docs/adr", "0*.md").Select(f => Path.GetFileName(f)).ToList();
        var index = Repository.Text("docs/adr/README.md");

        records.Select(f => int.Parse(f[..4])).ShouldBe(Enumerable.Range(1, records.Count));
        records.Where(f => !index.Contains($"({f})", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Glossary_HasEachWordOnce()
    {
        var words = GlossaryEntry()
            .Matches(Repository.Text("docs/glossary.md"))
            .Select(m => m.Groups["word"].Value.ToLowerInvariant())
            .ToList();

        words.Count.ShouldBeGreaterThan(50);
        words.GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    /// <summary>The lines of code blocks without their comments; what commands print is no command.</summary>
    private static List<string> Commands(string page) =>
        [
            .. CodeBlock()
                .Matches(page)
                .SelectMany(block => block.Groups["lines"].Value.Split('\n'))
                .Select(line => Comment().Replace(line, "").TrimEnd())
                .Where(line => Command().IsMatch(line)),
        ];

    private static IEnumerable<string> Targets(string page) =>
        Link()
            .Matches(page)
            .Select(m => m.Groups[1].Value)
            .Where(t => !t.StartsWith("README", StringComparison.Ordinal));

    /// <summary>
    /// Codes are found where they stand beside their kind, or as constants of the types that carry them.
    /// </summary>
    [Fact]
    public void ErrorCodes_InTheSource_AreExplained()
    {
        var explained = Repository.Text("docs/errors.md");
        var unexplained =
            from file in Repository.Files("src", "*.cs")
            let text = Repository.Text(file)
            from match in CodeBesideKind().Matches(text).Concat(Constants(file, text))
            let code = match.Groups[1].Value
            where !explained.Contains($"`{code}`", StringComparison.Ordinal)
            select $"{code} ({file})";

        unexplained.Distinct().ShouldBeEmpty("each error code has a line in docs/errors.md");
    }

    private static IEnumerable<Match> Constants(string file, string text) =>
        file.EndsWith("Exception.cs", StringComparison.Ordinal)
        || file.EndsWith("ErrorCodes.cs", StringComparison.Ordinal)
        || file.EndsWith("Problems.cs", StringComparison.Ordinal)
            ? CodeConstant().Matches(text)
            : [];

    [GeneratedRegex(@"^\| \*\*(?<word>[^*]+)\*\*", RegexOptions.Multiline)]
    private static partial Regex GlossaryEntry();

    [GeneratedRegex(@"^```\w*\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"(?:^|\s+)(?:#|--)\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?:\./|tidemark|export|cd|SELECT|import|con |bars )")]
    private static partial Regex Command();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"ErrorKind\.\w+,\s*""([A-Z0-9_]+)""")]
    private static partial Regex CodeBesideKind();

    [GeneratedRegex(@"const string \w+ = ""([A-Z0-9]+(?:_[A-Z0-9]+)+)""")]
    private static partial Regex CodeConstant();
}
