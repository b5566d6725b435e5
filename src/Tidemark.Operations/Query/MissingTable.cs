using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Query;

/// <summary>
/// What a query that names a table which is not there is told: when the table's first commit was, or which tables there are. The engine's own proposal
/// would be one of its inner tables.
/// </summary>
internal sealed partial class MissingTable(DataLake lake)
{
    private const string OneDay = "_dt";

    /// <returns>Null where the error is about something else.</returns>
    public async Task<TidemarkException?> OfAsync(
        QueryRequest request,
        DuckDbException error,
        CancellationToken cancellationToken
    )
    {
        if (NameIn(error.EngineMessage) is not { } name)
        {
            return null;
        }

        var tables = (await lake.TablesAsync(cancellationToken)).Select(t => t.Id).ToArray();
        if (
            request.AsOf is { } moment
            && Named(tables, name) is { } younger
            && await BeginningAsync(younger, moment, cancellationToken) is { } beginning
        )
        {
            return Unknown(
                $"There was no table {younger} at {moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}: {beginning} "
                    + $"Name a later --as-of (`tidemark history {younger}` has the moments), or leave it out.",
                error
            );
        }

        return Unknown(
            tables.Length == 0
                ? $"There is no table {name}: the lake has none yet. `tidemark run` fetches the first."
                : $"There is no table {name}. {UnknownTable.Hint(name, tables)} `tidemark tables` lists them.",
            error
        );
    }

    // As the engine says it of a table, of a macro of one day, and where the whole layer is not there.
    private static string? NameIn(string message)
    {
        if (Missing().Match(message) is not { Success: true } match)
        {
            return null;
        }

        var name = match.Groups["name"].Value;
        return match.Groups["kind"].Value == "Table" ? name
            : name.EndsWith(OneDay, StringComparison.Ordinal) ? name[..^OneDay.Length]
            : null;
    }

    private static TableId? Named(IEnumerable<TableId> tables, string name) =>
        tables.Where(t => t.Name == name).Select(t => (TableId?)t).FirstOrDefault();

    private async Task<string?> BeginningAsync(
        TableId table,
        DateTimeOffset moment,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await lake.Table(table).SnapshotAsOfAsync(moment, cancellationToken);
            return null;
        }
        catch (TidemarkException e) when (e.Code == "VERSION_UNKNOWN")
        {
            return e.Message;
        }
    }

    private static TidemarkException Unknown(string message, DuckDbException cause) =>
        new(ErrorKind.BadRequest, UnknownTable.Code, message, cause);

    [GeneratedRegex(
        """^Catalog Error: (?<kind>Table|Table Function) with name "?(?<name>[^"\s!]+)"? does not exist""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Missing();
}
