using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Hosting;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark refetch DATASET…</c>: fetches again what is there and says what changed.</summary>
internal sealed class RefetchCommand : CliCommand
{
    private readonly Argument<string[]> _datasets = new("DATASET")
    {
        Description = "For example tushare.daily",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<DateOnly?> _from = DateOption(
        "--from",
        "First day; days of the range that are missing are fetched, too"
    );
    private readonly Option<DateOnly?> _to = DateOption("--to", "Last day");
    private readonly Option<string[]> _symbols = ListOption(
        "--symbols",
        "Say what changed of these; whole days are fetched all the same"
    );

    private readonly Option<string?> _allowShrink = new("--allow-shrink")
    {
        Description = "Let a smaller answer replace a larger one; the reason is kept in the commit",
        HelpName = "REASON",
    };

    public override Command Build()
    {
        _allowShrink.Validators.Add(result =>
        {
            if (result.Tokens is [var reason] && string.IsNullOrWhiteSpace(reason.Value))
            {
                result.AddError("--allow-shrink takes a reason in words");
            }
        });
        return new Command("refetch", "Fetch again what is there, and say what changed")
        {
            _datasets,
            _from,
            _to,
            _symbols,
            _allowShrink,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var response = await host.Get<RefetchOperation>()
            .RunAsync(
                new RefetchRequest(
                    [
                        .. parse
                            .GetValue(_datasets)!
                            .SelectMany(d => d.Split(',', StringSplitOptions.RemoveEmptyEntries)),
                    ],
                    parse.GetValue(_from),
                    parse.GetValue(_to),
                    parse.GetValue(_symbols)!,
                    parse.GetValue(_allowShrink)
                ),
                new RunProgressView(context),
                stop
            );
        var run = response.Run;
        new RunPrinter(context).Write(run);
        if (run.Block is null)
        {
            context.Say($"rows: {Words(response.Rows)}");
            foreach (var symbol in response.Symbols)
            {
                context.Say($"  {symbol.Symbol} in {symbol.Dataset}: {Words(symbol.Rows)}");
            }
        }

        foreach (var note in response.Notes)
        {
            context.World.Error.WriteLine(note);
        }

        var json = RunJson.Of(run);
        context.WriteJson(
            new
            {
                planned = run.Planned,
                done = run.Committed,
                failed = run.Failed,
                open = run.Open,
                left = run.Left,
                rows = response.Rows,
                unread_rows = run.Counts.UnreadRows,
                unread_files = run.Counts.UnreadFiles,
                symbols = response.Symbols,
                vendor_horizon = run.PastLists,
                notes = response.Notes,
                run = run.Id,
                incomplete = json.Incomplete,
                given_up = json.GivenUp,
                errors = json.Errors,
            }
        );
        return await LeftOutText.WriteAsync(context, host, ExitCodes.Of(response.Verdict));
    }

    private static string Words(RowChanges rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Added:N0} added, {rows.Changed:N0} changed, {rows.Removed:N0} removed, {rows.Unchanged:N0} unchanged"
        );
}
