using System.Text;
using System.Text.RegularExpressions;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>The commands of the README's code blocks, word for word.</summary>
internal static partial class ReadmeCommands
{
    /// <summary>Of a section: a command a line, split into words as a shell would; comments are left out.</summary>
    public static IReadOnlyList<string[]> Of(string section)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));
        var start = text.IndexOf($"## {section}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"README.md has the section '{section}'");
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return
        [
            .. Block()
                .Matches(end < 0 ? text[start..] : text[start..end])
                .Where(block => block.Groups["language"].Length == 0) // those without a language are a shell's
                .SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Select(Words)
                .Where(words => words.Length > 0),
        ];
    }

    private static string[] Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isQuoted = false;
        foreach (var letter in line.Append(' '))
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter != ' ' || isQuoted)
            {
                word.Append(letter);
            }
            else if (word.Length > 0)
            {
                if (word.ToString() == "#")
                {
                    break;
                }

                words.Add(word.ToString());
                word.Clear();
            }
        }

        return [.. words];
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
