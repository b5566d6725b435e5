using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark plan [targets|universe|both]</c>: what a run or a backfill would do, and why.</summary>
internal sealed class PlanCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => RunPools.Both,
    };

    private readonly Option<DateOnly?> _from = TypedOptions.Date("--from", "First day, with --to: as backfill");
    private readonly Option<DateOnly?> _to = TypedOptions.Date("--to", "Last day");
    private readonly Option<string[]> _datasets = TypedOptions.List("--datasets", "Only these datasets");
    private readonly Option<string[]> _symbols = TypedOptions.List(
        "--symbols",
        "Only these instruments, of named days"
    );
    private readonly Option<DateOnly?> _asOf = TypedOptions.Date("--as-of", "Treat this as the latest finished day");
    private readonly Option<int?> _points = new("--points")
    {
        Description = "What if the account had so many points",
        HelpName = "N",
    };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. RunPools.Names]);
        TypedOptions.Bound(_points, 0);
        var command = new Command("plan", "What a run would fetch and why, and what it takes; fetches nothing")
        {
            _scope,
            _from,
            _to,
            _datasets,
            _symbols,
            _asOf,
            _points,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_from) is null != result.GetValue(_to) is null)
            {
                result.AddError("--from and --to go together.");
            }
            else if (result.GetResult(_symbols) is { Implicit: false } && result.GetValue(_from) is null)
            {
                result.AddError("--symbols needs --from and --to, as `backfill --symbols` does.");
            }
        });
        return command;
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new PreviewRequest(RunPools.Of(parse.GetValue(_scope)!), parse.GetValue(_datasets)!)
        {
            Days = parse.GetValue(_from) is { } from && parse.GetValue(_to) is { } to ? (from, to) : null,
            Symbols = parse.GetValue(_symbols)!,
            AsOf = parse.GetValue(_asOf),
            Points = parse.GetValue(_points),
        };
        var preview = await workspace.Get<PreviewPlan>().RunAsync(request, stop);
        PlanText.Write(context, preview);
        return ExitCodes.Of(preview.Verdict);
    }
}
