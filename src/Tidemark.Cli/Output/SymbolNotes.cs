using Tidemark.Operations.Symbols;

namespace Tidemark.Cli.Output;

/// <summary>
/// Targets and codes that no list has, on stderr: nobody should take a symbol that is left out for one that is well.
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
