using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark run [targets|universe|both]</c>: preflight, then one run per pool, then the warehouse.
/// </summary>
internal sealed class RunCommand : CliCommand
{
    private readonly Argument<string> _scope = new("SCOPE")
    {
        Description = "targets, universe or both",
        DefaultValueFactory = _ => RunPools.Both,
    };

    private readonly Option<DateOnly?> _asOf = TypedOptions.Date("--as-of", "Treat this as the latest finished day");
    private readonly Option<string[]> _datasets = TypedOptions.List("--datasets", "Only these datasets");
    private readonly Option<TimeSpan?> _for = TypedOptions.OptionalDuration(
        "--for",
        "Begin with no unit more after this time; the next run goes on"
    );
    private readonly Option<bool> _noBuild = new("--no-build") { Description = "Leave the warehouse as it is" };
    private readonly Option<bool> _scheduled = new("--scheduled")
    {
        Description = "For cron: units that are not whole wait for their next attempt",
    };

    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "Exactly what `tidemark plan` has shown under this token, or nothing",
        HelpName = "TOKEN",
    };

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. RunPools.Names]);
        var command = new Command("run", "Fetch and commit what is missing or not whole, and build what is made of it")
        {
            _scope,
            _asOf,
            _datasets,
            _for,
            _noBuild,
            _scheduled,
            _plan,
        };
        command.Validators.Add(result =>
        {
            if (
                result.GetValue(_plan) is not null
                && (
                    result.GetResult(_datasets) is { Implicit: false }
                    || result.GetValue(_asOf) is not null
                    || result.GetValue(_scheduled)
                )
            )
            {
                result.AddError("--plan says what is fetched: it takes no --datasets, --as-of or --scheduled.");
            }
        });
        return command;
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new RunPoolsRequest(
            RunPools.Of(parse.GetValue(_scope)!),
            parse.GetValue(_datasets)!,
            parse.GetValue(_asOf),
            IsScheduled: parse.GetValue(_scheduled),
            Builds: !parse.GetValue(_noBuild)
        )
        {
            Plan = parse.GetValue(_plan),
            For = parse.GetValue(_for),
        };
        var response = await workspace.Get<RunOperation>().RunAsync(request, new RunProgressView(context), stop);
        new RunPrinter(context).Write(response);
        context.WriteJson(RunDocuments.Of(response));
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
