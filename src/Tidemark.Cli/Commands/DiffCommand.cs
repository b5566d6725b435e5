using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark diff TABLE V1 V2</c>: shows the rows that differ between two versions.</summary>
internal sealed class DiffCommand : CliCommand
{
    private readonly Argument<string> _table = TypedOptions.Table("ods.ods_daily");
    private readonly Argument<long> _from = new("V1") { Description = "A version" };
    private readonly Argument<long> _to = new("V2") { Description = "A later version" };
    private readonly Option<int> _rows = new("--rows") { Description = "Show so many rows", HelpName = "N" };

    public override Command Build()
    {
        _rows.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--rows is less than 0");
            }
        });
        return new Command("diff", "Rows that differ between two versions") { _table, _from, _to, _rows };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new DiffRequest(
            parse.GetValue(_table)!,
            parse.GetValue(_from),
            parse.GetValue(_to),
            parse.GetValue(_rows)
        );
        var diff = await workspace.Get<ListTables>().DiffAsync(request, stop);
        context.WriteJson(diff);
        if (!context.IsJson)
        {
            DiffText.Write(context, diff);
        }

        return ExitCodes.Done;
    }
}
