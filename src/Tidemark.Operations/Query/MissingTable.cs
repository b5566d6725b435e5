using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Query;

/// <summary>
/// Answers a query that names a table which does not exist: with the moment of the table's first commit, or with the
/// tables that there are. The engine itself would propose one of its inner tables.
/// </summary>
internal sealed partial class MissingTable(DataLake lake, CatalogFile catalog, Func<GoneTables> gone)
{
    private const string OneDay = "_dt";

    /// <returns>Null where the error has another cause.</returns>
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

        if (request is { AsOf: null, Versions.Count: 0 } && NamedInFull(tables, name, request.Sql) is { } standing)
        {
            return WithoutView(standing, error);
        }

        // A table of another layer may have the name and be meant. In an empty lake there is only one thing to report.
        var bare = name[(name.LastIndexOf('.') + 1)..];
        if (
            Named(tables, bare) is null
            && (await GoneAsync(gone, cancellationToken)).FirstOrDefault(l =>
                !l.IsTable || l.Name.EndsWith("." + bare, StringComparison.Ordinal)
            )
                is { } lost
        )
        {
            return lost.ToException(error);
        }

        return Unknown(
            tables.Length == 0
                ? $"There is no table {name}: the lake has none yet. `tidemark run` fetches the first."
                : $"There is no table {name}. {UnknownTable.Hint(name, tables)} `tidemark tables` lists them.",
            error
        );
    }

    /// <summary>
    /// Tables that were there before and are gone. None when the control database does not answer: a query does not
    /// need it.
    /// </summary>
    public static async Task<IReadOnlyList<LeftOut>> GoneAsync(
        Func<GoneTables> gone,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await gone().FindAsync(cancellationToken);
        }
        catch (TidemarkException)
        {
            return [];
        }
    }

    // The engine's messages for a table, for a macro of one day, and for a missing layer.
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

    // The lake has a table of this name, but the catalog does not.
    private TidemarkException WithoutView(TableId table, DuckDbException error) =>
        catalog.DropperOf(table) is { } file
            ? new TidemarkException(
                ErrorKind.Configuration,
                "CATALOG_MIGRATION",
                $"The lake has {table}, but the catalog has no view of it, because {file} removes it. Correct that file and run `tidemark catalog migrate`.",
                error
            )
            : Unknown(
                $"The lake has {table}, and the catalog does not yet. `tidemark catalog refresh` shows it.",
                error
            );

    private static TableId? NamedInFull(IEnumerable<TableId> tables, string name, string sql) =>
        Named(tables, name[(name.LastIndexOf('.') + 1)..]) is { } table
        && Regex.IsMatch(
            sql,
            $"""\b{table.Layer}"?\s*\.\s*"?{table.Name}({OneDay})?\b""",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
        )
            ? table
            : null;

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
