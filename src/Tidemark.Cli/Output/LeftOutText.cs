using Spectre.Console;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Output;

/// <summary>Names what is left out of the lake, once, on stderr, whatever the command answers.</summary>
internal static class LeftOutText
{
    public static void Write(CommandContext context, LeftOutReport leftOut)
    {
        foreach (var line in leftOut.Lines)
        {
            context.Progress.WriteLine(line);
        }
    }
}
