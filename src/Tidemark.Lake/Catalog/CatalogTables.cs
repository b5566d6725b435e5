using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>What a catalog shows, and what it cannot.</summary>
/// <param name="Shown">
/// The tables, and whether their files are on this machine; the other tables can only be described.
/// </param>
/// <param name="LeftOut">The rest, with its reasons.</param>
internal sealed record CatalogTables(
    IReadOnlyList<(TableSnapshot Snapshot, bool IsHere)> Shown,
    IReadOnlyList<LeftOut> LeftOut
)
{
    /// <summary>
    /// Migrations that failed, with their reasons: the catalog is made without them, and without the files that need
    /// them.
    /// </summary>
    private IReadOnlyList<FailedMigrationException> Failed { get; init; } = [];

    /// <summary>Whether both have the same versions.</summary>
    public bool IsAsNewAs(CatalogTables other) => Versions().SequenceEqual(other.Versions());

    /// <summary>
    /// Writes the tables, except those for which the engine cannot make a view, and except migrations that fail: one
    /// fault does not keep the rest out.
    /// </summary>
    /// <param name="write">
    /// Writes all, or throws <see cref="UnreadableTableException"/> or <see cref="FailedMigrationException"/> and is
    /// called again with the others.
    /// </param>
    /// <returns>What was written.</returns>
    public CatalogTables Write(Action<CatalogTables> write)
    {
        var tables = this;
        while (true)
        {
            try
            {
                write(tables);
                return tables;
            }
            catch (UnreadableTableException e)
            {
                tables = tables with
                {
                    Shown = [.. tables.Shown.Where(s => s.Snapshot.Table != e.Snapshot.Table)],
                    LeftOut = [.. tables.LeftOut, e.ToLeftOut()],
                };
            }
            catch (FailedMigrationException e)
            {
                tables = tables with { Failed = [.. tables.Failed, e] };
            }
        }
    }

    /// <summary>
    /// The migrations that can be applied. One that names a table that is left out, or a view that is missing for that
    /// reason or failed, waits until the table can be read.
    /// </summary>
    public (IReadOnlyList<CatalogMigration> Applied, IReadOnlyList<LeftOut> Waiting) Split(
        IReadOnlyList<CatalogMigration> migrations
    )
    {
        var missing = LeftOut
            .Where(l => l.IsTable)
            .SelectMany(l => QueryReach.NamesOf(l.Name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var applied = new List<CatalogMigration>();
        var waiting = new List<LeftOut>();
        foreach (var migration in migrations)
        {
            if (Failed.FirstOrDefault(f => f.Migration == migration) is { } failed)
            {
                missing.UnionWith(QueryReach.CreatedBy(migration.Sql));
                waiting.Add(failed.ToLeftOut());
            }
            else if (QueryReach.FirstNamed(migration.Sql, missing) is { } name)
            {
                missing.UnionWith(QueryReach.CreatedBy(migration.Sql));
                waiting.Add(
                    new LeftOut(
                        System.IO.Path.GetFileName(migration.Path),
                        Tidemark.Lake.LeftOut.MigrationCode,
                        $"{migration.Path} was not applied, because it reads {name}, which is left out. It is applied as soon as {name} can be read.",
                        IsTable: false
                    )
                );
            }
            else
            {
                applied.Add(migration);
            }
        }

        return (CatalogMigrations.Fitting(applied, Shown.Select(s => s.Snapshot)), waiting);
    }

    private IEnumerable<(string, long)> Versions() =>
        Shown
            .Select(s => (s.Snapshot.Table.ToString(), s.Snapshot.Version))
            .Concat(LeftOut.Select(l => (l.Name, l.Version)))
            .Order();
}

/// <summary>The engine cannot make a view of a table.</summary>
internal sealed class UnreadableTableException(TableSnapshot snapshot, DuckDbException error)
    : Exception(error.Message, error)
{
    public TableSnapshot Snapshot => snapshot;

    public LeftOut ToLeftOut() =>
        new(
            snapshot.Table.ToString(),
            "TABLE_UNREADABLE",
            $"{snapshot.Table} cannot be read: {error.EngineMessage.Split('\n')[0].TrimEnd('.')}. "
                + $"`tidemark verify {snapshot.Table}` names the missing or damaged files, and how to repair each.",
            snapshot.Version
        );
}
