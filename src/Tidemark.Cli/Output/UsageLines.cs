using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Core;

namespace Tidemark.Cli.Output;

/// <summary>
/// Reports the mistakes in a command line: each once, with the nearest name, and the command that shows help.
/// </summary>
internal static class UsageLines
{
    /// <summary>One line per mistake, and where help is; null when there is no mistake.</summary>
    public static string? Of(ParseResult parse)
    {
        var options = UnknownOptions.In(parse);
        if (parse.Errors.Count == 0 && options.Count == 0)
        {
            return null;
        }

        IReadOnlyList<string> path = [.. Path(parse.CommandResult).Reverse()];
        var unknown = parse.UnmatchedTokens;
        var command = parse.CommandResult.Command;
        var lines = options
            .Select(o => Unrecognized(o.Name, command))
            .Concat(
                parse
                    // An unknown command is reported by itself; the missing command is no second mistake.
                    .Errors.Where(e => unknown.Count == 0 || !IsCommandMissing(e))
                    .Where(e => !options.Any(o => o.Explains(e)))
                    .Where(e => options.Count == 0 || !IsWordTooMany(e))
                    .Select(e => Words(e, path, command))
            )
            .Append($"See `{string.Join(' ', path)} --help`.");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Words(ParseError error, IReadOnlyList<string> path, Command command)
    {
        if (IsCommandMissing(error))
        {
            return $"`{string.Join(' ', path)}` takes a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}.";
        }

        return UnknownOptions.UnrecognizedIn(error) is { } word ? Unrecognized(word, command) : UsageText.Of(error);
    }

    private static string Unrecognized(string typed, Command command) =>
        $"Unrecognized command or argument '{typed}'.{Nearest(typed, command)}";

    private static string Nearest(string typed, Command command)
    {
        // Only some options of the parent commands apply here: `--version` belongs to the program alone.
        var options = command.Options.Concat(
            command.Parents.OfType<Command>().SelectMany(p => p.Options.Where(o => o.Recursive))
        );
        string[] names =
        [
            .. command.Subcommands.Select(c => c.Name),
            .. options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name)),
        ];
        var name = typed.Split('=')[0];
        if (name.Length <= "-x".Length || names.Contains(name))
        {
            return ""; // a single letter is near any other, and what there is stands in the wrong place
        }

        // An abbreviation also counts as near, where it is the beginning of only one name.
        return (NearestName.Find(name, names) ?? OnlyBeginning(name, names)) is { } nearest
            ? $" Did you mean '{nearest}'?"
            : "";
    }

    private static string? OnlyBeginning(string typed, IEnumerable<string> names) =>
        typed.Length > "--".Length
        && names.Where(n => n.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToArray() is [var only]
            ? only
            : null;

    // An unknown option and its value have taken the places of correct words.
    private static bool IsWordTooMany(ParseError error) =>
        UnknownOptions.UnrecognizedIn(error) is { } word && !word.StartsWith('-');

    private static bool IsCommandMissing(ParseError error) =>
        error.Message.StartsWith("Required command", StringComparison.Ordinal);

    private static IEnumerable<string> Path(CommandResult? at)
    {
        for (; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
        {
            yield return at.Command.Name;
        }

        yield return "tidemark";
    }
}
