using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Completeness.Results;
using Tidemark.Hosting;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark status</c>: the tidemark, from the control database alone.</summary>
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

    public override Command Build() =>
        new("status", "What is complete and what is missing, and why") { _pool, _bucket, _check, _entity, _days };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var filter = new StatusFilter(
            parse.GetValue(_pool),
            parse.GetValue(_bucket),
            parse.GetValue(_check),
            parse.GetValue(_entity),
            parse.GetValue(_days)
        );
        var report = await host.Get<StatusReader>().ReadAsync(filter, stop);
        if (context.IsJson)
        {
            context.World.Out.WriteLine(StatusJson.Write(report));
        }
        else
        {
            StatusMatrix.Write(context, report);
        }

        return ExitCodes.Done;
    }
}
