using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark run [targets|universe|both]</c>: preflight, then one run a pool.</summary>
internal sealed class RunCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => "both",
    };

    private readonly Option<DateOnly?> _asOf = DateOption("--as-of", "Treat this as the latest finished day");
    private readonly Option<string[]> _datasets = ListOption("--datasets", "Only these datasets");
    private readonly Option<bool> _scheduled = new("--scheduled")
    {
        Description = "For cron: units that are not whole wait for their next attempt",
    };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong("targets", "universe", "both");
        return new Command("run", "Fetch and commit what is missing or not whole")
        {
            _scope,
            _asOf,
            _datasets,
            _scheduled,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        RunScope[] pools = parse.GetValue(_scope) switch
        {
            "targets" => [RunScope.Targets],
            "universe" => [RunScope.Universe],
            _ => [RunScope.Targets, RunScope.Universe],
        };
        // What is fetched anew stands afterwards, with the days of the plan alone: where it had others, that is to be told.
        var gone = await LeftOutText.GoneAsync(host, stop);
        var response = await host.Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest(
                    pools,
                    parse.GetValue(_datasets)!,
                    parse.GetValue(_asOf),
                    IsScheduled: parse.GetValue(_scheduled)
                ),
                new RunProgressView(context),
                stop
            );
        new RunPrinter(context).Write(response.Runs);
        if (response.LastFinished < response.PlanFrom)
        {
            context.Say(
                $"No day of the plan is finished yet: it begins on {response.PlanFrom.ToIso()}, the latest finished trading day is {response.LastFinished.ToIso()}."
            );
        }

        await SymbolNotes.WriteAsync(context, host, stop);
        context.WriteJson(new { runs = response.Runs.Select(RunJson.Of) });
        return await LeftOutText.WriteAsync(context, host, ExitCodes.Of(response.Verdict), gone: gone);
    }
}
