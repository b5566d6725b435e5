using System.CommandLine;
using Spectre.Console;
using Tidemark.Hosting;
using Tidemark.Lake.Storage;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark doctor store</c>: finds out what the lake's store really does, with objects of its own that it removes again.</summary>
internal static class DoctorStore
{
    public static Command Build() =>
        new("store", "Try out what the lake's store promises, above all that of many writers one wins");

    public static async Task<int> RunAsync(CommandContext context, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var findings = await new StoreProbe(host.Get<IObjectStore>()).RunAsync(stop);
        var ok = findings.All(f => f.Ok);
        context.WriteJson(
            new
            {
                store = host.Options.Lake.ToString(),
                ok,
                findings = findings.Select(f => new
                {
                    f.Name,
                    f.Ok,
                    f.Message,
                }),
            }
        );
        if (!context.IsJson)
        {
            foreach (var finding in findings)
            {
                context.Terminal.MarkupLine(
                    $"{(finding.Ok ? "[green]ok  [/]" : "[red]FAIL[/]")}  {finding.Name, -16} {Markup.Escape(finding.Message)}"
                );
            }
        }

        return ok ? ExitCodes.Done : ExitCodes.Failed;
    }
}
