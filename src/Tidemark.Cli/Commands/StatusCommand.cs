using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Status;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark status</c>: shows the tidemark of the tables' present versions.</summary>
internal sealed class StatusCommand : CliCommand
{
    private readonly Option<string?> _pool = new("--pool")
    {
        Description = "source_pool or target_pool",
        HelpName = "P",
    };
    private readonly Option<string?> _bucket = new("--bucket") { Description = "For example stock", HelpName = "B" };
    private readonly Option<string?> _check = new("--check")
    {
        Description = "For example stock.daily_bars",
        HelpName = "C",
    };
    private readonly Option<string?> _entity = new("--entity")
    {
        Description = "One symbol, with its days",
        HelpName = "E",
    };
    private readonly Option<int?> _days = new("--days") { Description = "Only the last N open days", HelpName = "N" };
    private readonly Option<DateOnly?> _from = TypedOptions.Date(
        "--from",
        "From this day on, also before the plan's first"
    );
    private readonly Option<DateOnly?> _to = TypedOptions.Date("--to", "Up to this day, also after the plan's last");
    private readonly Option<bool> _missing = new("--missing")
    {
        Description = "Name the symbols and days that are missing or partial",
    };
    private readonly Option<string?> _failOn = new("--fail-on")
    {
        Description = "missing or partial: end with 4 when there is any (partial: or anything missing)",
        HelpName = "WHAT",
    };

    public override Command Build()
    {
        TypedOptions.Bound(_days, 1);
        _failOn.AcceptOnlyFromAmong("missing", "partial");
        return new Command("status", "What is complete and what is missing, and why")
        {
            _pool,
            _bucket,
            _check,
            _entity,
            _days,
            _from,
            _to,
            _missing,
            _failOn,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new StatusRequest(
            parse.GetValue(_pool),
            parse.GetValue(_bucket),
            parse.GetValue(_check),
            parse.GetValue(_entity),
            parse.GetValue(_days),
            parse.GetValue(_from),
            parse.GetValue(_to),
            parse.GetValue(_missing),
            parse.GetValue(_failOn) switch
            {
                "missing" => StatusBar.Missing,
                "partial" => StatusBar.Partial,
                _ => StatusBar.None,
            }
        );
        var response = await workspace.Get<StatusOperation>().RunAsync(request, stop);
        SymbolNotes.Write(context, response.Symbols);
        if (context.IsJson)
        {
            context.World.Out.WriteLine(StatusJson.Write(response));
        }
        else
        {
            StatusMatrix.Write(context, response);
            if (response.Findings.Count > 0)
            {
                context.Say($"{response.Findings.Count} findings: tidemark findings");
            }
        }

        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
