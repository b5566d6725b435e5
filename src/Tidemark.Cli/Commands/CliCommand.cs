using System.CommandLine;
using Tidemark.Cli.Output;

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
}
