using System.Collections.Concurrent;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Telemetry;

namespace Tidemark.Lake;

/// <summary>All tables of a workspace. Thread-safe.</summary>
public sealed class DataLake(
    IObjectStore store,
    StagingArea staging,
    LakeEngine engine,
    TimeProvider clock,
    IIdSource ids,
    TableOwners? owners = null,
    LakeTelemetry? telemetry = null
)
{
    private readonly ConcurrentDictionary<TableId, LakeTable> _tables = new();

    public IObjectStore Store => store;

    internal LakeEngine Engine => engine;

    internal TimeProvider Clock => clock;

    /// <summary>The moment that lies so far back; the beginning of time for an age that is greater than that.</summary>
    internal DateTimeOffset Ago(TimeSpan age)
    {
        var now = clock.GetUtcNow();
        return age < now - DateTimeOffset.MinValue ? now - age : DateTimeOffset.MinValue;
    }

    /// <summary>Where runs make their files.</summary>
    public StagingArea Staging => staging;

    /// <summary>
    /// The lake in a folder of this machine, which is made when it is missing; it is staged in the folder's own
    /// <c>_staging/</c>.
    /// </summary>
    public static DataLake OnDisk(string folder, LakeEngine engine, TimeProvider clock, IIdSource ids) =>
        new(new LocalObjectStore(folder), new StagingArea(Path.Combine(folder, "_staging")), engine, clock, ids);

    /// <summary>
    /// A table, whether it exists yet or not: the first commit makes it. With <see cref="TableId.InFolder"/> any Delta
    /// table of the store.
    /// </summary>
    public LakeTable Table(TableId id) =>
        _tables.GetOrAdd(
            id,
            i => new LakeTable(i, store, staging, engine, clock, ids, owners ?? TableOwners.None, telemetry)
        );

    /// <summary>
    /// One look at everything: the tables that are well, and what is left out with its reason. One bad thing takes only
    /// itself.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<LakeSurvey> SurveyAsync(CancellationToken cancellationToken) =>
        LakeSurvey.ReadAsync(this, cancellationToken);

    /// <summary>
    /// The tables that are well, by layer and name; <see cref="SurveyAsync"/> tells what is left out.
    /// </summary>
    public async Task<IReadOnlyList<LakeTable>> TablesAsync(CancellationToken cancellationToken)
    {
        var survey = await SurveyAsync(cancellationToken);
        return [.. survey.Tables.Select(t => Table(t.Table))];
    }

    /// <summary>
    /// Live files that are gone or of another size than the log says, of all tables that are well else; told by
    /// listings alone.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public async Task<LakeDamage> DamageAsync(CancellationToken cancellationToken) =>
        await DamageAsync(await SurveyAsync(cancellationToken), [], cancellationToken);

    /// <summary>The same of a survey.</summary>
    /// <param name="survey">The tables.</param>
    /// <param name="listed">
    /// What <see cref="ReadableAsync"/> has returned of some of them just now: these are not listed once more.
    /// </param>
    /// <param name="cancellationToken">Stops the listings.</param>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<LakeDamage> DamageAsync(
        LakeSurvey survey,
        IReadOnlyList<TableSnapshot> listed,
        CancellationToken cancellationToken
    ) => LakeDamage.ReadAsync(this, survey, listed, cancellationToken);

    /// <summary>
    /// Of that what is behind links inside some tables. Of tables without any nothing is read but the folder.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<LakeDamage> LinkedAsync(Func<TableId, bool> isMeant, CancellationToken cancellationToken) =>
        LakeDamage.OfLinksAsync(this, isMeant, cancellationToken);

    /// <summary>
    /// A version without those of its live files that are gone or of another size than the log says, which are
    /// <see cref="TableSnapshot.Lost"/>: what can be told of the table now.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public async Task<TableSnapshot> ReadableAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        snapshot.Without(await FileCheck.ListedAsync(store, snapshot, cancellationToken));

    /// <summary>
    /// The same by their bytes: also without files that were replaced by others of the same size. Reads them all.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<TableSnapshot> SoundAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        SoundAsync(snapshot, snapshot.Files.Values, cancellationToken);

    /// <summary>The same, of which only some files are looked at.</summary>
    public async Task<TableSnapshot> SoundAsync(
        TableSnapshot snapshot,
        IEnumerable<AddAction> files,
        CancellationToken cancellationToken
    ) => snapshot.Without(await FileCheck.ReadAsync(store, snapshot.Table, files, cancellationToken));

    /// <summary>
    /// Why a unit's rows cannot be put in their table, or those that stand not be replaced, as far as it is known
    /// before they are fetched or made: a link is in the way (<c>OBJECT_IS_LINK</c>). Null where nothing is.
    /// </summary>
    /// <param name="definition">The table.</param>
    /// <param name="standing">It, as it stands.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="day">Its day, in a table that has days.</param>
    public TidemarkException? InTheWay(
        TableDefinition definition,
        TableSnapshot standing,
        string unit,
        DateOnly? day
    ) => TableLinks.InTheWay(store, standing, unit, [TablePartition.Of(definition.Partitioning, day)]);

    /// <summary>The same of a unit whose rows may be of several days.</summary>
    public TidemarkException? InTheWay(
        TableDefinition definition,
        TableSnapshot standing,
        string unit,
        IEnumerable<DateOnly> days
    ) =>
        TableLinks.InTheWay(
            store,
            standing,
            unit,
            [.. days.Select(day => TablePartition.Of(definition.Partitioning, day)).Distinct()]
        );

    /// <summary>A table that exists.</summary>
    /// <exception cref="TidemarkException">It has no commit, or is another name for a table.</exception>
    public async Task<LakeTable> FindAsync(TableId id, CancellationToken cancellationToken)
    {
        await EnsureNoLinkAsync(id, cancellationToken);
        var table = Table(id);
        return (await table.SnapshotAsync(cancellationToken)).Exists
            ? table
            : throw await UnknownTable.InAsync(this, id.ToString(), cancellationToken);
    }

    /// <summary>The same by the name that somebody typed.</summary>
    public async Task<LakeTable> FindAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync(await NamedAsync(name, cancellationToken), cancellationToken);

    /// <summary>The table that somebody typed, whether it is there or not.</summary>
    /// <exception cref="TidemarkException">
    /// <c>TABLE_UNKNOWN</c>: none could be called so; the nearest is named.
    /// </exception>
    public async Task<TableId> NamedAsync(string name, CancellationToken cancellationToken) =>
        TableId.TryParse(name) ?? throw await UnknownTable.InAsync(this, name, cancellationToken);

    /// <summary>The same of several, each once and in order.</summary>
    public async Task<IReadOnlyList<TableId>> NamedAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var named = new SortedSet<TableId>();
        foreach (var name in names)
        {
            named.Add(await NamedAsync(name, cancellationToken));
        }

        return [.. named];
    }

    /// <exception cref="TidemarkException"><c>TABLE_IS_LINK</c>: it is another name for a table.</exception>
    public async Task EnsureNoLinkAsync(TableId id, CancellationToken cancellationToken)
    {
        if (
            LayerLinks.MayBe(store, id)
            && (await SurveyAsync(cancellationToken)).LeftOut.FirstOrDefault(l =>
                l.Code == LayerLinks.Code && l.Name == id.ToString()
            )
                is { } link
        )
        {
            throw new TidemarkException(ErrorKind.BadRequest, link.Code, link.Reason);
        }
    }

    /// <summary>The named tables, all of which must exist; all tables when none is named.</summary>
    public async Task<IReadOnlyList<LakeTable>> FindAllAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        if (names.Count == 0)
        {
            return await TablesAsync(cancellationToken);
        }

        var found = new List<LakeTable>();
        foreach (var id in await NamedAsync(names, cancellationToken))
        {
            found.Add(await FindAsync(id, cancellationToken));
        }

        return found;
    }

    /// <summary>
    /// The tables that may be changed: the named ones, or all of Tidemark's own when none is named.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// A named table is not there, or is another program's (<c>TABLE_FOREIGN</c>).
    /// </exception>
    public async Task<(IReadOnlyList<LakeTable> Own, IReadOnlyList<TableId> Others)> FindOwnAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        var own = new List<LakeTable>();
        var others = new List<TableId>();
        foreach (var table in await FindAllAsync(names, cancellationToken))
        {
            var snapshot = await table.SnapshotAsync(cancellationToken);
            if (names.Count > 0)
            {
                ProtocolRules.EnsureOurs(snapshot);
            }

            if (snapshot.IsOurs)
            {
                own.Add(table);
            }
            else
            {
                others.Add(table.Id);
            }
        }

        return (own, others);
    }

    /// <summary>Starts collecting rows for a table.</summary>
    /// <param name="definition">The table.</param>
    /// <param name="runId">Whose staging it is.</param>
    /// <param name="seen">
    /// A version of the table that was seen before anything that the rows are made from was read; null = they are made
    /// from nothing that could have changed before they are staged.
    /// </param>
    public TableStaging Stage(TableDefinition definition, string runId, TableSnapshot? seen = null) =>
        new(engine, store, staging, definition, runId, seen);

    /// <summary>
    /// Stages what was collected against the newest version and commits it. When another writer has changed one of the
    /// units since the version that was seen before its rows were asked for, they may be older than what stands, and
    /// are refused: they have to be fetched or made again, as staging the same rows once more would make them no newer.
    /// Compactions in between do not matter; a restore does.
    /// </summary>
    /// <param name="staging">The rows; they stay as they are.</param>
    /// <param name="choose">Which of the staged units to commit, and how.</param>
    /// <param name="cancellationToken">Looked at before the log is written, not after.</param>
    /// <exception cref="CommitConflictException">
    /// Another writer changed units that were chosen; they are named, and nothing was committed.
    /// </exception>
    /// <exception cref="CommitFencedException">The writer's lease was taken over.</exception>
    /// <exception cref="TidemarkException">
    /// The schema does not fit, or a unit would lose rows, days or columns without a reason.
    /// </exception>
    public async Task<CommitResult> CommitAsync(
        TableStaging staging,
        Func<StagedCommit, (StagedCommit Staged, CommitRequest Request)> choose,
        CancellationToken cancellationToken
    )
    {
        var table = Table(staging.Table);
        var current = await table.SnapshotAsync(cancellationToken);
        var all = await staging.StageAsync(current, cancellationToken);
        if (all.Overtaken.Count > 0)
        {
            telemetry?.Conflicted(staging.Table.ToString(), all.Overtaken.Count, all.RunId);
        }

        var (staged, request) = choose(all);
        try
        {
            return await table.CommitAsync(staged, request, cancellationToken);
        }
        catch (CommitConflictException e) when (all.Overtaken.Count == 0)
        {
            telemetry?.Conflicted(staging.Table.ToString(), e.Units.Count, staged.RunId);
            throw;
        }
    }

    /// <summary>The same with all units.</summary>
    public Task<CommitResult> CommitAsync(
        TableStaging staging,
        CommitRequest request,
        CancellationToken cancellationToken
    ) => CommitAsync(staging, staged => (staged, request), cancellationToken);

    /// <summary>
    /// A connection that sees the newest version of some tables (of all when null) as <c>layer.table</c>.
    /// </summary>
    /// <param name="tables">Tables that have to be there.</param>
    /// <param name="cancellationToken">Stops the reading of the logs.</param>
    public async Task<LakeSession> OpenSessionAsync(
        IReadOnlyCollection<TableId>? tables,
        CancellationToken cancellationToken
    )
    {
        var snapshots = new List<TableSnapshot>();
        if (tables is null)
        {
            foreach (var table in await TablesAsync(cancellationToken))
            {
                snapshots.Add(await table.SnapshotAsync(cancellationToken));
            }
        }
        else
        {
            foreach (var id in tables)
            {
                snapshots.Add(await (await FindAsync(id, cancellationToken)).SnapshotAsync(cancellationToken));
            }
        }

        return await OpenSessionAtAsync(snapshots, cancellationToken);
    }

    /// <summary>A connection that sees tables at given versions as <c>layer.table</c>.</summary>
    public Task<LakeSession> OpenSessionAtAsync(
        IReadOnlyCollection<TableSnapshot> snapshots,
        CancellationToken cancellationToken
    ) => OpenSessionAtAsync(snapshots, s => s.Files.Values, cancellationToken);

    /// <summary>
    /// The same, for a caller who is going to read some of the live files only: views and macros see no others. From a
    /// remote store exactly these files are fetched, where the cache lacks them, and kept until the session is
    /// disposed.
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
                EnsureFiles(snapshot.Table, live);
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

    // The engine would open a pipe, and wait for ever: it is told as a file that cannot be read.
    private void EnsureFiles(TableId table, IEnumerable<AddAction> files)
    {
        foreach (var path in store.IsRemote ? [] : files.Select(f => store.ReadablePath(DataFiles.KeyOf(table, f))))
        {
            if (DataFile.IsPipeOrDevice(path))
            {
                throw new DuckDbException($"IO Error: {new NotAFileException(path).Message}");
            }
        }
    }

    /// <summary>
    /// Claims the staging of a run that has no lease to tell that it lives, after sweeping what claimants that were
    /// killed have left. Sweep the run's own staging at its end, too.
    /// </summary>
    public StagingClaim ClaimStaging(string runId)
    {
        SweepAbandonedStaging();
        return StagingClaim.Take(staging, runId);
    }

    /// <summary>Removes the staging of claimants that were killed; returns whose it was.</summary>
    internal IReadOnlyList<string> SweepAbandonedStaging()
    {
        var abandoned = staging.Runs().Where(r => StagingClaim.IsAbandoned(staging.Folder(r))).ToArray();
        foreach (var left in abandoned)
        {
            staging.Sweep(left);
        }

        return abandoned;
    }
}
