using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Core.Yaml;

namespace Tidemark.Cli.Output;

/// <summary>What is wrong with a line that was typed, in lines: each mistake once, with the nearest name, and where help is.</summary>
internal static class UsageLines
{
    /// <summary>A line a mistake, and where help is.</summary>
    public static string Of(ParseResult parse)
    {
        IReadOnlyList<string> path = [.. Path(parse.CommandResult).Reverse()];
        var unknown = parse.UnmatchedTokens;
        var lines = parse
            // A word that is no command is told by itself; that none is left is no second mistake.
            .Errors.Where(e => unknown.Count == 0 || !IsCommandMissing(e))
            .Select(e => Words(e, path, parse.CommandResult.Command))
            .Append($"See `{string.Join(' ', path)} --help`.");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Words(ParseError error, IReadOnlyList<string> path, Command command)
    {
        if (IsCommandMissing(error))
        {
            return $"`{string.Join(' ', path)}` takes a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}.";
        }

        return UsageText.Of(error)
            + (
                error.Message.StartsWith("Unrecognized", StringComparison.Ordinal)
                    ? Nearest(error.Message.Split('\'')[1], command)
                    : ""
            );
    }

    private static string Nearest(string typed, Command command)
    {
        var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(p => p.Options));
        var names = command.Subcommands.Select(c => c.Name).Concat(options.Select(o => o.Name));
        return NearestName.Find(typed, names) is { } name ? $" Did you mean '{name}'?" : "";
    }

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
