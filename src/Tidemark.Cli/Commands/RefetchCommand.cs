using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark refetch DATASET…</c>: fetches units again that are there, and reports the changes.</summary>
internal sealed class RefetchCommand : CliCommand
{
    private readonly Argument<string[]> _datasets = new("DATASET")
    {
        Description = "For example tushare.daily",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<DateOnly?> _from = TypedOptions.Date(
        "--from",
        "First day; days of the range that are missing are fetched, too"
    );
    private readonly Option<DateOnly?> _to = TypedOptions.Date("--to", "Last day");
    private readonly Option<string[]> _symbols = TypedOptions.List(
        "--symbols",
        "Only these instruments, where that takes no more calls than whole days; says what changed of each"
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
        await using var workspace = context.OpenWorkspace();
        var request = new RefetchRequest(
            [.. parse.GetValue(_datasets)!.SelectMany(d => d.Split(',', StringSplitOptions.RemoveEmptyEntries))],
            parse.GetValue(_from),
            parse.GetValue(_to),
            parse.GetValue(_symbols)!,
            parse.GetValue(_allowShrink)
        );
        var response = await workspace.Get<RefetchOperation>().RunAsync(request, new RunProgressView(context), stop);
        new RunPrinter(context).Write(response);
        context.WriteJson(RunDocuments.Of(response));
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
