using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Operations.Symbols;

namespace Tidemark.Cli.Output;

/// <summary>Targets and codes that no list has, on stderr: nobody should take a symbol that is left out for one that is well.</summary>
internal static class SymbolNotes
{
    public static async Task WriteAsync(CommandContext context, TidemarkHost host, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            var found = await host.Get<SymbolFindings>().RunAsync(SymbolFindings.RecentDays, stop);
            foreach (var line in found.Lines)
            {
                context.World.Error.WriteLine(line);
            }
        }
        catch (TidemarkException)
        {
            // A file of targets that is gone: the command itself has said so.
        }
    }
}
