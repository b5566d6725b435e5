using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Operations.Symbols;

namespace Tidemark.Cli.Output;

/// <summary>Targets and codes that no list has, on stderr: nobody should take a symbol that is left out for one that is well.</summary>
internal static class SymbolNotes
{
    public static void Write(CommandContext context, SymbolFaults? found)
    {
        foreach (var line in found?.Lines ?? [])
        {
            context.World.Error.WriteLine(line);
        }
    }

    public static async Task WriteAsync(CommandContext context, TidemarkHost host, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            Write(context, await host.Get<SymbolFindings>().RunAsync(SymbolFindings.RecentDays, stop));
        }
        catch (TidemarkException)
        {
            // A file of targets that is gone: the command itself has said so.
        }
    }
}
