using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark backfill --from A --to B</c>: fetches units of a range that are missing or not whole; can be stopped
/// and started again.
/// </summary>
internal sealed class BackfillCommand : CliCommand
{
    private readonly Option<DateOnly?> _from = TypedOptions.Date("--from", "First day");
    private readonly Option<DateOnly?> _to = TypedOptions.Date("--to", "Last day");
    private readonly Option<string[]> _datasets = TypedOptions.List("--datasets", "Only these datasets");
    private readonly Option<string[]> _symbols = TypedOptions.List(
        "--symbols",
        "Only these instruments, of datasets that can be fetched by symbol in no more calls"
    );

    private readonly Option<TimeSpan?> _for = TypedOptions.OptionalDuration(
        "--for",
        "Begin with no unit more after this time; the next run goes on"
    );
    private readonly Option<bool> _noBuild = new("--no-build") { Description = "Leave the warehouse as it is" };
    private readonly Option<int?> _jobs = new("--jobs")
    {
        Description = "Units fetched at the same time (at most 4, or one for each 50 MB of engine.memory)",
        HelpName = "N",
    };

    public override Command Build()
    {
        _from.Required = true;
        _to.Required = true;
        TypedOptions.Bound(_jobs, 1, 64);
        return new Command(
            "backfill",
            "Fetch what is missing or not whole in a range of days, and build what is made of it"
        )
        {
            _from,
            _to,
            _datasets,
            _symbols,
            _for,
            _noBuild,
            _jobs,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new BackfillRequest(
            parse.GetValue(_from)!.Value,
            parse.GetValue(_to)!.Value,
            parse.GetValue(_datasets)!,
            parse.GetValue(_jobs),
            Builds: !parse.GetValue(_noBuild)
        )
        {
            Symbols = parse.GetValue(_symbols)!,
            For = parse.GetValue(_for),
        };
        var response = await workspace.Get<BackfillOperation>().RunAsync(request, new RunProgressView(context), stop);
        new RunPrinter(context).Write(request, response);
        context.WriteJson(RunDocuments.Of(response));
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
