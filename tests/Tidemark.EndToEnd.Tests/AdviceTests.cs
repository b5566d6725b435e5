using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// What messages and documents advise can be done: the commands, options and keys that they name exist.
/// </summary>
public sealed partial class AdviceTests
{
    [Fact]
    public async Task Commands_ThatMessagesAndDocumentsName_ExistWithTheirOptions()
    {
        using var folder = new TemporaryFolder();
        var mentions = Texts().SelectMany(Mentions).Distinct().ToArray();
        mentions.Length.ShouldBeGreaterThan(30, "the search finds what is there");

        var wrong = new List<string>();
        foreach (var command in mentions.GroupBy(m => m.Command))
        {
            var help = (await TidemarkProcess.RunAsync(folder.Path, [.. command.Key.Split(' '), "--help"])).Out;
            if (!UsageOf(help).StartsWith($"tidemark {command.Key}", StringComparison.Ordinal))
            {
                wrong.AddRange(command.Select(m => $"{m.File}: there is no command 'tidemark {command.Key}'"));
                continue;
            }

            wrong.AddRange(
                from mention in command
                from option in mention.Options
                where !Regex.IsMatch(help, $@"(^|[\s,]){Regex.Escape(option)}\b")
                select $"{mention.File}: 'tidemark {command.Key}' has no {option}"
            );
        }

        wrong.Distinct().ShouldBeEmpty();
    }

    /// <summary>
    /// Keys of tidemark.yaml and of definitions that the page of errors names are keys that something reads.
    /// </summary>
    [Fact]
    public void Keys_ThatTheErrorsPageNames_AreRead()
    {
        var source = string.Concat(Sources().Select(File.ReadAllText));
        var template = File.ReadAllText(
            Path.Combine(Checkout.Root, "src/Tidemark.Hosting/Workspace/tidemark.template.yaml")
        );

        var unread =
            from span in CodeSpan().Matches(ErrorsPage()).Select(m => m.Groups[1].Value)
            where KeyPath().IsMatch(span) && span is not ("tidemark.yaml" or "layer.name") // a file, a pattern
            from part in span.Split('.', StringSplitOptions.RemoveEmptyEntries)
            where !part.Contains('…', StringComparison.Ordinal)
            where !source.Contains($"\"{part}\"", StringComparison.Ordinal)
            where !Regex.IsMatch(template, $@"\b{Regex.Escape(part)}:")
            select span;

        unread.Distinct().ShouldBeEmpty();
    }

    private static IEnumerable<(string File, string Text)> Texts() =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories)
            // A decision stands as it was taken; commands may have changed their names since.
            .Where(f => !f.Contains("/adr/", StringComparison.Ordinal))
            .Append(Path.Combine(Checkout.Root, "README.md"))
            .Concat(Sources())
            .Select(f => (Path.GetRelativePath(Checkout.Root, f), File.ReadAllText(f)));

    private static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f =>
                !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)
            );

    private static string ErrorsPage() => File.ReadAllText(Path.Combine(Checkout.Root, "docs/errors.md"));

    private static IEnumerable<(string File, string Command, IReadOnlyList<string> Options)> Mentions(
        (string File, string Text) text
    )
    {
        foreach (Match match in Mention().Matches(text.Text))
        {
            var words = match.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] options = [.. Option().Matches(match.Groups["rest"].Value).Select(m => m.Value)];
            yield return (text.File, string.Join(' ', words), options);
        }
    }

    private static string UsageOf(string help) =>
        help.Split('\n').SkipWhile(l => !l.StartsWith("Usage:", StringComparison.Ordinal)).ElementAtOrDefault(1)?.Trim()
        ?? "";

    // As code: `tidemark doctor --repair`, 'tidemark runs'; the first words in small letters are the command.
    [GeneratedRegex(
        @"[`']tidemark (?<words>[a-z][a-z-]*(?: (?:store|show|set|refresh|migrate|tushare|tws|doctor|chain|add|check|sample|enable|disable|test|clear)\b)?)(?<rest>[^`'\n]*)[`']"
    )]
    private static partial Regex Mention();

    [GeneratedRegex(@"(?<=\s)--[a-z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^[a-z…][a-z0-9_…]*(\.[a-z…][a-z0-9_…]*)*$")]
    private static partial Regex KeyPath();
}
