using System.Collections.Concurrent;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>All tables of a workspace. Thread-safe.</summary>
public sealed class DataLake(
    IObjectStore store,
    StagingArea staging,
    LakeEngine engine,
    TimeProvider clock,
    IIdSource ids
)
{
    private readonly ConcurrentDictionary<TableId, LakeTable> _tables = new();

    public IObjectStore Store => store;

    /// <summary>Where runs make their files.</summary>
    public StagingArea Staging => staging;

    /// <summary>The lake in a folder of this machine, which is made when it is missing; it is staged in the folder's own <c>_staging/</c>.</summary>
    public static DataLake OnDisk(string folder, LakeEngine engine, TimeProvider clock, IIdSource ids) =>
        new(new LocalObjectStore(folder), new StagingArea(Path.Combine(folder, "_staging")), engine, clock, ids);

    /// <summary>
    /// A table, whether it exists yet or not: the first commit makes it. With <see cref="TableId.InFolder"/> any Delta table of the store.
    /// </summary>
    public LakeTable Table(TableId id) =>
        _tables.GetOrAdd(id, i => new LakeTable(i, store, staging, engine, clock, ids));

    /// <summary>Tables that have at least one commit, by name.</summary>
    public async Task<IReadOnlyList<LakeTable>> TablesAsync(CancellationToken cancellationToken)
    {
        var found = new List<LakeTable>();
        foreach (var layer in TableLayers.All)
        {
            foreach (var name in await store.ListFoldersAsync(layer + "/", cancellationToken))
            {
                var table = Table(new TableId(layer, name));
                if ((await table.SnapshotAsync(cancellationToken)).Exists)
                {
                    found.Add(table);
                }
            }
        }

        return found;
    }

    /// <summary>Starts collecting rows for a table.</summary>
    public TableStaging Stage(TableDefinition definition, string runId) =>
        new(engine, store, staging, definition, runId);

    /// <summary>A connection that sees the newest version of some tables (of all when null) as <c>layer.table</c>.</summary>
    /// <param name="tables">Tables that have to be there.</param>
    /// <param name="cancellationToken">Stops the reading of the logs.</param>
    public async Task<LakeSession> OpenSessionAsync(
        IReadOnlyCollection<TableId>? tables,
        CancellationToken cancellationToken
    )
    {
        var chosen = tables is null ? await TablesAsync(cancellationToken) : [.. tables.Select(Table)];
        var snapshots = new List<TableSnapshot>();
        foreach (var table in chosen)
        {
            var snapshot = await table.SnapshotAsync(cancellationToken);
            if (!snapshot.Exists)
            {
                throw new TidemarkException(
                    ErrorKind.BadRequest,
                    "TABLE_UNKNOWN",
                    $"The lake has no table {table.Id}. See `tidemark tables`."
                );
            }

            snapshots.Add(snapshot);
        }

        return await OpenSessionAtAsync(snapshots, cancellationToken);
    }

    /// <summary>A connection that sees tables at given versions as <c>layer.table</c>.</summary>
    public Task<LakeSession> OpenSessionAtAsync(
        IReadOnlyCollection<TableSnapshot> snapshots,
        CancellationToken cancellationToken
    ) => OpenSessionAtAsync(snapshots, s => s.Files.Values, cancellationToken);

    /// <summary>
    /// The same, for a caller who is going to read some of the live files only: views and macros see no others. From a remote store exactly these files are
    /// fetched, where the cache lacks them, and kept until the session is disposed.
    /// </summary>
    public async Task<LakeSession> OpenSessionAtAsync(
        IReadOnlyCollection<TableSnapshot> snapshots,
        Func<TableSnapshot, IEnumerable<AddAction>> files,
        CancellationToken cancellationToken
    )
    {
        var chosen = snapshots.Select(s => (Snapshot: s, Files: files(s).ToArray())).ToArray();
        var readable = await store.MakeReadableAsync(
            store.IsRemote
                ? [.. chosen.SelectMany(c => c.Files.Select(f => DataFiles.ObjectOf(c.Snapshot.Table, f)))]
                : [],
            cancellationToken
        );
        DuckDbConnection? connection = null;
        try
        {
            connection = engine.Connect();
            // A database of its own, so that sessions with different versions do not see each other's views.
            var name = DuckDbSql.Identifier(engine.UniqueName("session"));
            connection.Execute($"ATTACH ':memory:' AS {name}; USE {name}", cancellationToken);
            foreach (var (snapshot, live) in chosen)
            {
                connection.Execute(ViewSql.Create(snapshot, live, store), cancellationToken);
            }

            var versions = snapshots.ToDictionary(s => s.Table.ToString(), s => s.Version, StringComparer.Ordinal);
            return new LakeSession(connection, name, store, versions, readable);
        }
        catch
        {
            connection?.Dispose();
            readable.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Claims the staging of a run that has no lease to tell that it lives, after sweeping what claimants that were killed have left. Sweep the
    /// run's own staging at its end, too.
    /// </summary>
    public StagingClaim ClaimStaging(string runId)
    {
        foreach (var left in staging.Runs())
        {
            if (StagingClaim.IsAbandoned(staging.Folder(left)))
            {
                staging.Sweep(left);
            }
        }

        return StagingClaim.Take(staging, runId);
    }
}
