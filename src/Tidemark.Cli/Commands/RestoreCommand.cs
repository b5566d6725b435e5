using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark restore TABLE --version V</c>: commits an earlier content as a new version.</summary>
internal sealed class RestoreCommand : CliCommand
{
    private readonly Argument<string> _table = TypedOptions.Table("ods.ods_daily");
    private readonly Option<long?> _version = new("--version")
    {
        Description = "The version, as history names it",
        HelpName = "N",
    };
    private readonly Option<DateTimeOffset?> _asOf = TypedOptions.Moment("--as-of", "The version of that moment");

    public override Command Build() => new("restore", "Give a table an earlier content") { _table, _version, _asOf };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new RestoreRequest(parse.GetValue(_table)!, parse.GetValue(_version), parse.GetValue(_asOf));
        var result = await workspace.Get<RestoreOperation>().RunAsync(request, stop);
        context.WriteJson(result);
        context.Say(
            result.IsNewVersion
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Table}: version {result.Version} has the content of version {result.RestoredVersion}: {result.RowsBefore:N0} → {result.Rows:N0} rows, {result.Partitions} partitions changed"
                )
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Table}: version {result.Version} has the content of version {result.RestoredVersion} already; nothing was done"
                )
        );
        return ExitCodes.Done;
    }
}
