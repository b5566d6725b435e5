using Spectre.Console;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;

namespace Tidemark.Cli.Output;

/// <summary>Names what is left out of the lake, once, and lets the exit code say it.</summary>
internal static class LeftOutText
{
    /// <param name="context">Where it is said: on stderr, whatever the command's answer is.</param>
    /// <param name="leftOut">What there is to name.</param>
    /// <param name="code">The exit code without it.</param>
    /// <returns>The exit code with it: 4 in place of 0.</returns>
    public static int Write(CommandContext context, IReadOnlyList<LeftOut> leftOut, int code)
    {
        foreach (var left in leftOut)
        {
            context.Progress.WriteLine(Line(left));
        }

        return leftOut.Count > 0 && code == ExitCodes.Done ? ExitCodes.Incomplete : code;
    }

    /// <summary>The same with all that the lake and its catalog leave out. A store that does not answer is said and stops nothing.</summary>
    public static async Task<int> WriteAsync(CommandContext context, TidemarkHost host, int code)
    {
        try
        {
            return Write(context, await host.Get<CatalogFile>().LeftOutAsync(CancellationToken.None), code);
        }
        catch (TidemarkException e)
        {
            return Write(context, [new LeftOut("the lake", e.Code, e.Message)], code);
        }
    }

    public static string Line(LeftOut left) => $"left out: {left.Name}: {left.Code}: {left.Reason}";
}
