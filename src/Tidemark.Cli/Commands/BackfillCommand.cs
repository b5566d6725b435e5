using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Hosting;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark backfill --from A --to B</c>: units of the range that are missing or not whole; can be stopped and started again.</summary>
internal sealed class BackfillCommand : CliCommand
{
    private readonly Option<DateOnly?> _from = DateOption("--from", "First day");
    private readonly Option<DateOnly?> _to = DateOption("--to", "Last day");
    private readonly Option<string[]> _datasets = ListOption("--datasets", "Only these datasets");
    private readonly Option<int?> _jobs = new("--jobs")
    {
        Description = "Units fetched at the same time (at most 4, or one for each 50 MB of engine.memory)",
        HelpName = "N",
    };

    public override Command Build()
    {
        _from.Required = true;
        _to.Required = true;
        Bound(_jobs, 1, 64);
        return new Command("backfill", "Fetch what is missing or not whole in a range of days")
        {
            _from,
            _to,
            _datasets,
            _jobs,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var from = parse.GetValue(_from)!.Value;
        var to = parse.GetValue(_to)!.Value;
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var response = await host.Get<BackfillOperation>()
            .RunAsync(
                new BackfillRequest(from, to, parse.GetValue(_datasets)!, parse.GetValue(_jobs)),
                new RunProgressView(context),
                stop
            );
        var run = response.Run;
        new RunPrinter(context).Write(run);
        if (run.Block is null && from > run.AsOf)
        {
            context.Say(
                $"There is no finished trading day from {from.ToIso()} to {to.ToIso()}; the latest one before is {run.AsOf.Value.ToIso()}."
            );
        }

        if (response.Lists is { } lists)
        {
            new RunPrinter(context).Write(lists);
        }

        var json = RunJson.Of(run);
        context.WriteJson(
            new
            {
                planned = run.Planned,
                skipped = run.AlreadyCommitted,
                done = run.Committed,
                open = run.Open,
                failed = run.Failed,
                left = run.Left,
                rows = run.Counts.Rows,
                run = run.Id,
                lists = response.Lists is null ? null : RunJson.Of(response.Lists),
                incomplete = json.Incomplete,
                given_up = json.GivenUp,
                errors = json.Errors,
            }
        );
        return await LeftOutText.WriteAsync(context, host, ExitCodes.Of(response.Verdict));
    }
}
