using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Which rows belong in a table. A folder can be restored, copied or renamed by hand and then holds another table than
/// its name says; the table's log and units show that.
/// </summary>
/// <param name="declared">
/// The declared beginning of a table's units (a dataset's id, or the name of a built table); null for a table that
/// nobody declares, which may hold any units. Called only for a table whose log has another name.
/// </param>
public sealed class TableOwners(Func<TableId, string?> declared)
{
    /// <summary>The code of a table in another's place.</summary>
    public const string ErrorCode = "TABLE_MISPLACED";

    /// <summary>Owners without declarations: every table is in its place.</summary>
    public static TableOwners None { get; } = new(_ => null);

    /// <summary>
    /// The name in the log alone proves nothing: when a dataset's table is renamed together with its folder, the log
    /// keeps the old name, and the rows are of the same dataset.
    /// </summary>
    /// <exception cref="TidemarkException"><c>TABLE_MISPLACED</c>: the folder holds another table of ours.</exception>
    public void EnsureInPlace(TableSnapshot snapshot)
    {
        var table = snapshot.Table;
        if (
            snapshot.Metadata?.Name is not { } name
            || name == table.ToString()
            || table.IsForeign
            || !snapshot.IsOurs
            || FolderOf(name) is not { } folder
            || declared(table) is not { } owner
            || snapshot.Units.FirstOrDefault(u => !IsOf(u, owner)) is not { } stranger
        )
        {
            return;
        }

        var mixed = snapshot.Units.Any(u => IsOf(u, owner))
            ? $" Rows of {owner} were written into it since: when it has its name again, `tidemark restore {name}` to the version before them (`tidemark history {name}`)."
            : "";
        var again =
            table.Layer == "ods"
                ? "`tidemark run` then fetches what belongs here"
                : $"`tidemark build {table}` then makes what belongs here";
        throw new TidemarkException(
            ErrorKind.Storage,
            ErrorCode,
            $"{table.Prefix} holds the table {name}: its log has that name, and it has rows of {OwnerOf(stranger)}. Tidemark neither reads nor writes it under this name. "
                + $"Rename the folder to {folder} (two that were exchanged: each to the other's name); if that table stands there already, or is not wanted any more, move this one out of the lake: {again}.{mixed}"
        );
    }

    /// <summary>
    /// Call it before anything is fetched for a dataset. Its units never replace those of another dataset that had the
    /// table before: each key would occur twice.
    /// </summary>
    /// <exception cref="TidemarkException"><c>SCHEMA_MISMATCH</c>: the table has rows of another dataset.</exception>
    public static void EnsureOf(string dataset, TableSnapshot standing)
    {
        if (standing.Units.FirstOrDefault(u => !IsOf(u, dataset)) is { } stranger)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SCHEMA_MISMATCH",
                $"{standing.Table} has rows of {OwnerOf(stranger)}, and {dataset} is declared for it: both would stand there, each key twice. "
                    + $"Declare it as {OwnerOf(stranger)} again, or give {dataset} another table. Nothing was changed."
            );
        }
    }

    private static bool IsOf(string unit, string owner) => OwnerOf(unit) == owner;

    private static string OwnerOf(string unit) => unit.Split('/')[0];

    // Other programs may name a table as they like.
    private static string? FolderOf(string name) =>
        name.Split('.') is [var layer, var table] && TableLayers.All.Contains(layer) && TableId.IsName(table)
            ? $"{layer}/{table}/"
            : null;
}
