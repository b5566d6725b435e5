using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark compact [TABLE…]</c>: merges small files, and compresses cold ones better.</summary>
internal sealed class CompactCommand : CliCommand
{
    private readonly Argument<string[]> _tables = TypedOptions.Tables("Tables; all when none is named");

    public override Command Build() => new("compact", "Merge small files and compress what is cold") { _tables };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new CompactRequest(parse.GetValue(_tables)!);
        var response = await workspace
            .Get<CompactOperation>()
            .RunAsync(request, new CompactProgressView(context), stop);
        foreach (var failed in response.Failed)
        {
            context.Progress.WriteLine($"{failed.Code}: {failed.Message}");
        }

        context.WriteJson(response.Tables);
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
