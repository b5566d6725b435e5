using Tidemark.Operations.Symbols;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes targets and codes that no list has to stderr, so that nobody takes a symbol that is left out for complete.
/// </summary>
internal static class SymbolNotes
{
    public static void Write(CommandContext context, SymbolFaults? found)
    {
        foreach (var line in found?.Lines ?? [])
        {
            context.World.Error.WriteLine(line);
        }
    }
}
