using System.CommandLine;
using Tidemark.Cli.Output;

namespace Tidemark.Cli.Commands;

/// <summary>A command: its grammar and what it does.</summary>
internal abstract class CliCommand
{
    /// <summary>The grammar.</summary>
    public abstract Command Build();

    /// <summary>Runs the command; returns the exit code.</summary>
    public abstract Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop);

    /// <summary>Whether a (sub)command does something itself, and not only its subcommands.</summary>
    public virtual bool Runs(Command command) => true;
}
