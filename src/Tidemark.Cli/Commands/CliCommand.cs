using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Core;

namespace Tidemark.Cli.Commands;

/// <summary>A command: its grammar and what it does.</summary>
internal abstract class CliCommand
{
    /// <summary>The grammar.</summary>
    public abstract Command Build();

    /// <summary>Does it; returns the exit code.</summary>
    public abstract Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop);

    /// <summary>Whether this (sub)command can be called itself.</summary>
    public virtual bool Runs(Command command) => true;

    /// <summary>An option that takes a date like 2022-06-01.</summary>
    protected static Option<DateOnly?> DateOption(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "YYYY-MM-DD",
            CustomParser = ParseDate,
        };

    /// <summary>An option that takes names separated by commas.</summary>
    protected static Option<string[]> ListOption(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "a,b",
            CustomParser = result =>
                result.Tokens.Count == 0
                    ? []
                    : result
                        .Tokens[0]
                        .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            DefaultValueFactory = _ => [],
        };

    private static DateOnly? ParseDate(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TradeDate.TryParseIso(text, out var date))
        {
            return date;
        }

        result.AddError($"'{text}' is not a date like 2022-06-01");
        return null;
    }
}
