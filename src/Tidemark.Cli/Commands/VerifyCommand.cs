using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark verify [TABLE…]</c>: compares the files with the logs.</summary>
internal sealed class VerifyCommand : CliCommand
{
    private readonly Argument<string[]> _tables = TypedOptions.Tables("All tables when none is named");

    private readonly Option<bool> _quick = new("--quick") { Description = "Only presence and size of the files" };

    public override Command Build() =>
        new("verify", "Check that the files are what the logs say and no key stands twice") { _tables, _quick };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new VerifyRequest(parse.GetValue(_tables)!, parse.GetValue(_quick));
        var response = await workspace.Get<VerifyOperation>().RunAsync(request, new VerifyView(context), stop);
        context.WriteJson(new { ok = response.Ok, tables = response.Tables });
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{response.Tables.Count} tables, {response.Tables.Sum(r => r.Files):N0} files, {response.Tables.Sum(r => r.Faults.Count)} faults, {response.Tables.Sum(r => r.Notes.Count)} leftovers"
            )
        );
        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
