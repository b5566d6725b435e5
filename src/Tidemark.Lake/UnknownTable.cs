using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>The message for a user who names a table that is not there.</summary>
public static class UnknownTable
{
    /// <summary>The code of the error.</summary>
    public const string Code = "TABLE_UNKNOWN";

    /// <summary>
    /// <c>Did you mean ods.ods_daily?</c>, or all names where none is near. The layer, and the layer in the name, may
    /// be left out: <c>daily</c> is near <c>ods.ods_daily</c>.
    /// </summary>
    public static string Hint(string typed, IReadOnlyCollection<TableId> tables) =>
        Nearest(typed, tables) is { } table
            ? $"Did you mean {table}?"
            : $"There are {string.Join(", ", tables.Select(t => t.ToString()).Order(StringComparer.Ordinal))}.";

    /// <summary>The error for a name that no table of the lake has or could have.</summary>
    internal static async Task<TidemarkException> InAsync(
        DataLake lake,
        string typed,
        CancellationToken cancellationToken
    )
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        TableId[] tables = [.. survey.Tables.Select(t => t.Table)];
        return new TidemarkException(
            ErrorKind.BadRequest,
            Code,
            tables.Length == 0
                ? $"The lake has no table {typed}, and no other yet. `tidemark run` fetches the first; `tidemark tables` lists them."
                : $"The lake has no table {typed}. {Hint(typed, tables)} See `tidemark tables`."
        );
    }

    private static TableId? Nearest(string typed, IReadOnlyCollection<TableId> tables)
    {
        var bare = typed[(typed.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return By(bare, tables, t => t.Name)
            ?? By(bare, tables, t => t.Name[(t.Name.IndexOf('_', StringComparison.Ordinal) + 1)..]);
    }

    private static TableId? By(string typed, IReadOnlyCollection<TableId> tables, Func<TableId, string> name) =>
        NearestName.Find(typed, tables.Select(name)) is { } found
            ? tables.Where(t => name(t) == found).Order().First()
            : null;
}
