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

    /// <summary>
    /// The moment that is <paramref name="age"/> before now; the beginning of time when the age is greater than that.
    /// </summary>
    internal DateTimeOffset Ago(TimeSpan age)
    {
        var now = clock.GetUtcNow();
        return age < now - DateTimeOffset.MinValue ? now - age : DateTimeOffset.MinValue;
    }

    /// <summary>Where runs write files before they publish them.</summary>
    public StagingArea Staging => staging;

    /// <summary>
    /// The lake in a folder of this machine. Makes the folder when it is missing, and stages files in its
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
    /// One look at everything: the tables that can be read, and what is left out, with the reason. A table that cannot
    /// be read does not keep the others from being read.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<LakeSurvey> SurveyAsync(CancellationToken cancellationToken) =>
        LakeSurvey.ReadAsync(this, cancellationToken);

    /// <summary>
    /// The tables that can be read, by layer and name; <see cref="SurveyAsync"/> also says what is left out.
    /// </summary>
    public async Task<IReadOnlyList<LakeTable>> TablesAsync(CancellationToken cancellationToken)
    {
        var survey = await SurveyAsync(cancellationToken);
        return [.. survey.Tables.Select(t => Table(t.Table))];
    }

    /// <summary>
    /// The live files that are gone or have another size than the log says, in all tables whose log can be read. Lists
    /// the store and opens no file.
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
    /// The part of <see cref="DamageAsync(CancellationToken)"/> that lies behind links inside the chosen tables. For a
    /// table without links it reads only the table's folder.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<LakeDamage> LinkedAsync(Func<TableId, bool> isMeant, CancellationToken cancellationToken) =>
        LakeDamage.OfLinksAsync(this, isMeant, cancellationToken);

    /// <summary>
    /// The version without the live files that are gone or have another size than the log says; these become its
    /// <see cref="TableSnapshot.Lost"/>. Shows what can be read of the table now.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public async Task<TableSnapshot> ReadableAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        snapshot.Without(await FileCheck.ListedAsync(store, snapshot, cancellationToken));

    /// <summary>
    /// Like <see cref="ReadableAsync"/>, but reads every file and compares hashes, so it also finds a file that was
    /// replaced by one of the same size.
    /// </summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public Task<TableSnapshot> SoundAsync(TableSnapshot snapshot, CancellationToken cancellationToken) =>
        SoundAsync(snapshot, snapshot.Files.Values, cancellationToken);

    /// <summary>The same, but reads only the given files.</summary>
    public async Task<TableSnapshot> SoundAsync(
        TableSnapshot snapshot,
        IEnumerable<AddAction> files,
        CancellationToken cancellationToken
    ) => snapshot.Without(await FileCheck.ReadAsync(store, snapshot.Table, files, cancellationToken));

    /// <summary>
    /// The reason why a unit's rows cannot be put in their table, or the standing rows cannot be replaced, as far as it
    /// is known before the rows are fetched or made: a link is in the way (<c>OBJECT_IS_LINK</c>). Null when there is
    /// none.
    /// </summary>
    /// <param name="definition">The table.</param>
    /// <param name="standing">The table's present version.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="day">Its day, in a table that has days.</param>
    public TidemarkException? InTheWay(
        TableDefinition definition,
        TableSnapshot standing,
        string unit,
        DateOnly? day
    ) => TableLinks.InTheWay(store, standing, unit, [TablePartition.Of(definition.Partitioning, day)]);

    /// <summary>The same for a unit whose rows may belong to several days.</summary>
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

    /// <summary>The same for a name that a user typed.</summary>
    public async Task<LakeTable> FindAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync(await NamedAsync(name, cancellationToken), cancellationToken);

    /// <summary>The table that a user named, whether it exists or not.</summary>
    /// <exception cref="TidemarkException">
    /// <c>TABLE_UNKNOWN</c>: no table can have this name; the message names the nearest.
    /// </exception>
    public async Task<TableId> NamedAsync(string name, CancellationToken cancellationToken) =>
        TableId.TryParse(name) ?? throw await UnknownTable.InAsync(this, name, cancellationToken);

    /// <summary>The same for several names: each table once, in order.</summary>
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
    /// <param name="runId">The run whose staging folder it uses.</param>
    /// <param name="seen">
    /// A version of the table that was seen before the sources of the rows were read; null = nothing that the rows are
    /// made from can change before they are staged.
    /// </param>
    public TableStaging Stage(TableDefinition definition, string runId, TableSnapshot? seen = null) =>
        new(engine, store, staging, definition, runId, seen);

    /// <summary>
    /// Stages what was collected against the newest version and commits it. When another writer has changed one of the
    /// units since the version that was seen before its rows were asked for, these rows may be older than the standing
    /// ones and are refused. Fetch or make them again: staging the same rows once more makes them no newer. Compactions
    /// in between do not matter; a restore does.
    /// </summary>
    /// <param name="staging">The rows; they stay as they are.</param>
    /// <param name="choose">Which of the staged units to commit, and how.</param>
    /// <param name="cancellationToken">Checked before the log is written, not after.</param>
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
        catch (BasisMovedException)
        {
            // Another commit was faster and has changed what these rows were compared with.
            return await CommitAsync(staging, choose, cancellationToken);
        }
        catch (CommitConflictException e) when (all.Overtaken.Count == 0)
        {
            telemetry?.Conflicted(staging.Table.ToString(), e.Units.Count, staged.RunId);
            throw;
        }
    }

    /// <summary>Commits all staged units.</summary>
    public Task<CommitResult> CommitAsync(
        TableStaging staging,
        CommitRequest request,
        CancellationToken cancellationToken
    ) => CommitAsync(staging, staged => (staged, request), cancellationToken);

    /// <summary>
    /// A connection that sees the newest version of some tables (of all when null) as <c>layer.table</c>.
    /// </summary>
    /// <param name="tables">Tables that must exist.</param>
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
    /// The same, but views and macros show only the given live files. A remote store fetches exactly these files where
    /// the cache lacks them, and keeps them until the session is disposed.
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

    // The engine would open a pipe and wait for ever, so a pipe is reported as a file that cannot be read.
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
    /// Claims the staging folder of a run that has no lease to show that it lives, after sweeping what killed claimants
    /// left. Sweep the run's own staging at its end, too.
    /// </summary>
    public StagingClaim ClaimStaging(string runId)
    {
        SweepAbandonedStaging();
        return StagingClaim.Take(staging, runId);
    }

    /// <summary>Removes the staging folders of claimants that were killed; returns their run ids.</summary>
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
