using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tidemark.Cli.Output;

/// <summary>An option that a command does not have.</summary>
/// <param name="Name">As it was typed.</param>
/// <param name="Value">
/// The word after it, which is no second mistake; null where another option follows, or nothing.
/// </param>
internal sealed record UnknownOption(string Name, string? Value)
{
    /// <summary>
    /// Whether this option causes an error: the parser may take it for an argument, and its value for a word too many.
    /// </summary>
    public bool Explains(ParseError error) =>
        (UnknownOptions.UnrecognizedIn(error) is { } word && (word == Name || word == Value))
        || (error.SymbolResult is ArgumentResult { Parent: CommandResult } argument && Stands(argument, Name));

    private static bool Stands(ArgumentResult argument, string name) => argument.Tokens.Any(t => t.Value == name);
}

/// <summary>
/// Finds mistyped options. The library takes an unknown word with a dash for an argument where the command accepts one
/// more: <c>run --dataset x</c> would be a wrong scope, <c>verify --quik</c> a table.
/// </summary>
internal static class UnknownOptions
{
    public static IReadOnlyList<UnknownOption> In(ParseResult parse)
    {
        // Words after -- are never options.
        var tokens = parse.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).ToArray();
        var ofOptions = Results(parse)
            .OfType<OptionResult>()
            .SelectMany(o => o.Tokens)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        var found = new List<UnknownOption>();
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Type == TokenType.Argument && !ofOptions.Contains(tokens[i]) && IsOption(tokens[i].Value))
            {
                var next =
                    i + 1 < tokens.Length && tokens[i + 1].Type == TokenType.Argument ? tokens[i + 1].Value : null;
                found.Add(new UnknownOption(tokens[i].Value, next is null || IsOption(next) ? null : next));
            }
        }

        return found;
    }

    /// <summary>The word that the library could not place; null when the error is another one.</summary>
    public static string? UnrecognizedIn(ParseError error) =>
        error.Message.StartsWith("Unrecognized", StringComparison.Ordinal) ? error.Message.Split('\'')[1] : null;

    private static IEnumerable<SymbolResult> Results(ParseResult parse)
    {
        for (var at = parse.CommandResult; at is not null; at = at.Parent as CommandResult)
        {
            foreach (var child in at.Children)
            {
                yield return child;
            }
        }
    }

    // Not - (stdin), -1, nor a query that begins with a comment.
    private static bool IsOption(string word) =>
        word.Length > 1
        && word[0] == '-'
        && (char.IsAsciiLetter(word[1]) || (word.Length > "--".Length && word[1] == '-' && char.IsAsciiLetter(word[2])))
        && !word.Any(char.IsWhiteSpace);
}
