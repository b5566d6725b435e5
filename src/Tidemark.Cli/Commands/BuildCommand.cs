using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Builds;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark build [TABLE…]</c>: builds the warehouse tables that are out of date.</summary>
internal sealed class BuildCommand : CliCommand
{
    private readonly Argument<string[]> _tables = TypedOptions.Tables("Layers or tables; all when none is named");

    private readonly Option<DateOnly?> _dt = TypedOptions.Date("--dt", "Only this day");
    private readonly Option<DateOnly?> _from = TypedOptions.Date("--from", "First day");
    private readonly Option<DateOnly?> _to = TypedOptions.Date("--to", "Last day");
    private readonly Option<bool> _full = new("--full") { Description = "Also what is up to date" };

    public override Command Build() =>
        new("build", "Build the warehouse tables that are out of date") { _tables, _dt, _from, _to, _full };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new BuildTablesRequest(
            parse.GetValue(_tables)!,
            parse.GetValue(_dt),
            parse.GetValue(_from),
            parse.GetValue(_to),
            parse.GetValue(_full)
        );
        var response = await workspace.Get<BuildOperation>().RunAsync(request, new BuildProgressView(context), stop);
        var result = response.Report.Result;
        context.WriteJson(
            new
            {
                built = result.Built,
                skipped = result.Skipped,
                kept = result.Kept,
                failed = result.Failed,
                blocked = result.Blocked,
            }
        );
        BuildText.Write(context, response.Report);
        return ExitCodes.Of(response.Verdict);
    }
}
