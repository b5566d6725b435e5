using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Findings;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark findings</c>: lists the present findings.</summary>
internal sealed class FindingsCommand : CliCommand
{
    private readonly Option<string?> _kind = new("--kind")
    {
        Description = "Only of this kind, for example calendar",
        HelpName = "K",
    };

    public override Command Build()
    {
        _kind.AcceptOnlyFromAmong([.. ListFindings.Kinds]);
        return new Command(
            "findings",
            "What disagrees or cannot be right: calendars, lists, codes, columns, units, values"
        )
        {
            _kind,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var response = await workspace.Get<ListFindings>().RunAsync(new FindingsRequest(parse.GetValue(_kind)), stop);
        context.WriteJson(response.Findings);
        if (context.IsJson)
        {
            return ExitCodes.Done;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("kind", "subject", "detail", "since");
        foreach (var finding in response.Findings)
        {
            table.AddRow(
                Markup.Escape(finding.Kind),
                Markup.Escape(finding.Subject),
                Markup.Escape(finding.Detail),
                $"{finding.FirstSeenAt.UtcDateTime:yyyy-MM-dd}"
            );
        }

        if (response.Findings.Count > 0)
        {
            context.Terminal.Write(table);
        }

        context.Say(
            response.Findings.Count switch
            {
                0 => "No findings.",
                1 => "1 finding",
                var count => $"{count} findings",
            }
        );
        return ExitCodes.Done;
    }
}
