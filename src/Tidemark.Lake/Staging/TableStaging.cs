using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Collects the rows of one or many units of a table and writes them as Parquet files that no reader sees before the
/// commit: append … append → <see cref="StageAsync"/> → <see cref="TableCommits.CommitAsync"/>. Rows come as batches
/// (written here, see <see cref="BatchPartWriter"/>) or from queries (written by DuckDB, see <see cref="PartWriter"/>),
/// not as both. Not thread-safe; dispose it in any case.
/// </summary>
public sealed partial class TableStaging : IDisposable
{
    internal const string UnitColumn = "__unit";
    private readonly Lazy<DuckDbConnection> _connection;
    private readonly LakeEngine _engine;
    private readonly TableDefinition _definition;
    private readonly IObjectStore _store;
    private readonly string _runId;
    private readonly string _name;
    private readonly string _folder;
    private readonly List<StagedUnit> _units = [];
    private readonly List<StagedBatch> _batches = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TableSnapshot> _seen = new(StringComparer.Ordinal);
    private readonly TableSnapshot? _basis;
    private readonly List<DamagedFile> _dropped = [];
    private ChunkSourceFunction.Registration? _registration;
    private int _stagings;
    private string? _queryTable;

    internal TableStaging(
        LakeEngine engine,
        IObjectStore store,
        StagingArea area,
        TableDefinition definition,
        string runId,
        TableSnapshot? basis
    )
    {
        _engine = engine;
        _basis = basis;
        _definition = definition;
        _store = store;
        _runId = runId;
        _name = engine.UniqueName("stage");
        _folder = Path.Combine(area.Folder(runId), $"{definition.Id}-{_name}");
        _connection = new Lazy<DuckDbConnection>(engine.Connect);
    }

    /// <summary>The table that gets the rows.</summary>
    public TableId Table => _definition.Id;

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Units so far.</summary>
    public int UnitCount => _units.Count;

    /// <summary>
    /// Adds a unit with its rows; a unit may have no rows. The batch has the table's columns, in order. Don't change it
    /// before the files are written.
    /// </summary>
    /// <param name="unit">The unit.</param>
    /// <param name="day">
    /// Its day, in a table that has days. With <paramref name="dateColumn"/>, the day under which the
    /// unit is filed when it has no rows.
    /// </param>
    /// <param name="batch">Its rows.</param>
    /// <param name="seen">
    /// A version of the table that was seen before the rows were asked for: the commit is refused when somebody has
    /// changed the unit since then. Null = the version given for the whole staging.
    /// </param>
    /// <param name="dateColumn">
    /// A column of dates that says to which day each row belongs: the unit then has rows in several partitions. Null =
    /// all rows belong to the unit's day.
    /// </param>
    /// <param name="tags">
    /// Tags that the unit's files get in the log. When the unit's rows stay as they are, its standing files get them
    /// with the next commit.
    /// </param>
    /// <param name="scope">
    /// The rows over which the unit decides beside its own. Units of one commit are not compared with each other:
    /// commit those whose scopes overlap one after the other.
    /// </param>
    /// <exception cref="TidemarkException"><c>DATE_MISSING</c>: a row has no date in that column.</exception>
    public void Append(
        string unit,
        DateOnly? day,
        ColumnBatch batch,
        TableSnapshot? seen = null,
        string? dateColumn = null,
        IReadOnlyDictionary<string, string>? tags = null,
        RowScope? scope = null
    )
    {
        if (_queryTable is not null)
        {
            throw new InvalidOperationException("Rows come as batches or from queries, not as both");
        }

        EnsureHasDay(day);
        var rows =
            dateColumn is null ? StagedBatch.OfDay(_definition, unit, day, batch)
            : day is { } home ? StagedBatch.ByDate(_definition, unit, home, batch, dateColumn)
            : throw new ArgumentException($"The rows of {_definition.Id} do not belong to days", nameof(dateColumn));
        AddUnit(
            unit,
            day,
            batch.RowCount,
            [.. rows.Parts.Select(p => p.Place.Partition).Distinct()],
            dateColumn is not null,
            seen,
            scope
        );
        if (tags is not null)
        {
            _tags[unit] = tags;
        }

        _batches.Add(rows);
        _registration?.Dispose();
        _registration = null;
    }

    /// <summary>
    /// Adds live files that cannot be read and whose rows nobody can bring back. They leave the table with the commit,
    /// so that the rest of it can be read.
    /// </summary>
    public void Drop(IEnumerable<DamagedFile> lost) => _dropped.AddRange(lost.Where(l => l.Units.Count > 0));

    /// <summary>
    /// The units whose rows break the key so far (a key occurs twice, or a key column that is declared as not nullable
    /// has a null), each with one example. Empty when there are none.
    /// </summary>
    public IReadOnlyList<KeyViolation> FindKeyViolations(CancellationToken cancellationToken)
    {
        if (_units.Count == 0 || _definition.Key.Count == 0)
        {
            return [];
        }

        var key = _definition.Identity.Select(DuckDbSql.Identifier).ToArray();
        var example = string.Join(
            " || ', ' || ",
            key.Select(
                (k, i) => $"{DuckDbSql.Literal(_definition.Identity[i] + " = ")} || coalesce({k}::VARCHAR, 'null')"
            )
        );
        var whole = _definition
            .AllColumns.Where(c => !c.Nullable && _definition.Key.Contains(c.Name))
            .Select(c => $" OR {DuckDbSql.Identifier(c.Name)} IS NULL");
        // Batches say the day of each row; a unit whose rows are made by a query has one day.
        var day = _queryTable is null && _definition.HasDays ? $", {TableDefinition.DayColumn}" : "";
        using var result = _connection.Value.Query(
            $"""
            WITH broken AS (
                SELECT {UnitColumn} AS u, {example} AS example, count(*) AS n FROM {RowsSql()}
                GROUP BY {UnitColumn}, {string.Join(", ", key)}{day} HAVING count(*) > 1{string.Concat(whole)}
            )
            SELECT u, min(example), arg_min(n, example), count(*) FROM broken GROUP BY u ORDER BY u
            """,
            cancellationToken
        );
        return
        [
            .. result
                .Rows()
                .Select(r =>
                {
                    var unit = _units[(int)(long)r[0]!];
                    return new KeyViolation(unit.Unit, unit.Day, (string)r[1]!, (long)r[2]!, (long)r[3]!);
                }),
        ];
    }

    /// <summary>
    /// Writes the files and counts what they change against <paramref name="current"/>. May be called again, to compare
    /// with a newer version.
    /// </summary>
    /// <exception cref="TidemarkException">The disk is full or read-only; nothing of it is visible.</exception>
    public Task<StagedCommit> StageAsync(TableSnapshot current, CancellationToken cancellationToken) =>
        StoringAsync(async () =>
        {
            UnitRules.EnsureNoRivalAdoption(_definition, _units.Select(u => u.Unit), current);
            var standing = new StandingRows(_store, current);
            var (counts, kept, takenOver) = await standing.ReadAsync(
                _units,
                () => Compare(standing, cancellationToken),
                cancellationToken
            );
            var dropped = Drop(standing, counts);
            var wanted = Enumerable
                .Range(0, _units.Count)
                .Where(i => !counts[_units[i].Unit].IsNoChange || _units[i].Rows == 0)
                .ToArray();
            return Stage(
                current,
                counts,
                kept,
                wanted,
                [.. standing.Unreadable, .. dropped],
                takenOver,
                await MovedAsync(current, cancellationToken),
                cancellationToken
            );
        });

    /// <summary>
    /// Writes the files of all units without comparing them: for <see cref="TableCommits.ReplaceAsync"/>, which removes
    /// all rows of <paramref name="current"/>, because their columns differ.
    /// </summary>
    /// <exception cref="TidemarkException">The disk is full or read-only; nothing of it is visible.</exception>
    public Task<StagedCommit> StageReplacementAsync(TableSnapshot current, CancellationToken cancellationToken) =>
        StoringAsync(() =>
        {
            var counts = _units.ToDictionary(u => u.Unit, u => new UnitCounts(u.Rows, 0, 0, 0), StringComparer.Ordinal);
            return Task.FromResult(
                Stage(
                    current,
                    counts,
                    new HashSet<UnitPlace>(),
                    [.. Enumerable.Range(0, _units.Count)],
                    [],
                    new Dictionary<string, IReadOnlyList<AddAction>>(),
                    new HashSet<string>(),
                    cancellationToken
                )
            );
        });

    public void Dispose()
    {
        _registration?.Dispose();
        if (_queryTable is not null)
        {
            _connection.Value.Execute($"DROP TABLE IF EXISTS {_queryTable}");
        }

        if (_connection.IsValueCreated)
        {
            _connection.Value.Dispose();
        }
    }

    private StagedCommit Stage(
        TableSnapshot current,
        IReadOnlyDictionary<string, UnitCounts> counts,
        IReadOnlySet<UnitPlace> kept,
        int[] wanted,
        IReadOnlyList<AddAction> gone,
        IReadOnlyDictionary<string, IReadOnlyList<AddAction>> takenOver,
        IReadOnlySet<string> movedScopes,
        CancellationToken cancellationToken
    )
    {
        var folder = Path.Combine(_folder, (_stagings++).ToString(CultureInfo.InvariantCulture));
        var files = wanted.Length == 0 ? [] : Write(folder, wanted, kept, cancellationToken);
        return new StagedCommit(
            _definition,
            _runId,
            current,
            counts,
            kept,
            files,
            _tags,
            _seen,
            gone,
            takenOver,
            folder
        )
        {
            Scopes = _units
                .Where(u => u.Scope is not null)
                .ToDictionary(u => u.Unit, u => u.Scope!, StringComparer.Ordinal),
            MovedScopes = movedScopes,
        };
    }

    /// <summary>Units over whose rows others have decided since they were asked for.</summary>
    private async Task<IReadOnlySet<string>> MovedAsync(TableSnapshot current, CancellationToken cancellationToken)
    {
        var check = new ScopeCheck(_store, current, () => _connection.Value);
        var moved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var unit in _units)
        {
            if (
                unit.Scope is { } scope
                && _seen.TryGetValue(unit.Unit, out var seen)
                && await check.HasChangedAsync(scope, seen, cancellationToken)
            )
            {
                moved.Add(unit.Unit);
            }
        }

        return moved;
    }

    private async Task<StagedCommit> StoringAsync(Func<Task<StagedCommit>> stage)
    {
        try
        {
            return await stage();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException
                || (e is DuckDbException engine && StorageErrors.IsStorageMessage(engine.EngineMessage))
            )
        {
            throw StorageErrors.From(e, _folder);
        }
    }

    private IReadOnlyList<StagedFile> Write(
        string folder,
        int[] wanted,
        IReadOnlySet<UnitPlace> kept,
        CancellationToken cancellationToken
    ) =>
        _queryTable is null
            ? new BatchPartWriter(_definition, folder, _engine.Codec).Write([.. Parts(wanted, kept)], cancellationToken)
            : new PartWriter(_connection.Value, _definition, folder, _engine.Codec).Write(
                _queryTable,
                _units,
                wanted,
                cancellationToken
            );

    private IEnumerable<(string Unit, StagedBatch Rows, BatchPart Part)> Parts(
        int[] wanted,
        IReadOnlySet<UnitPlace> kept
    )
    {
        foreach (var i in wanted)
        {
            var unit = _units[i].Unit;
            foreach (var part in _batches[i].Parts.Where(p => !kept.Contains(new UnitPlace(unit, p.Place.Partition))))
            {
                yield return (unit, _batches[i], part);
            }
        }
    }

    /// <summary>The staged rows as a FROM item; DuckDB gets the batches only when a query needs them.</summary>
    private string RowsSql()
    {
        if (_queryTable is not null)
        {
            return _queryTable;
        }

        if (_registration is null)
        {
            var source = new BatchSource(_definition);
            for (var i = 0; i < _batches.Count; i++)
            {
                source.Add(_batches[i], i);
            }

            _registration = _engine.Rows.Register(source);
        }

        return _registration.Sql;
    }

    private void EnsureHasDay(DateOnly? day)
    {
        if (_definition.HasDays == day is null)
        {
            throw new ArgumentException(
                $"The rows of {_definition.Id} {(_definition.HasDays ? "" : "do not ")}belong to days",
                nameof(day)
            );
        }
    }

    private void AddUnit(
        string unit,
        DateOnly? day,
        long rows,
        IReadOnlyList<TablePartition> partitions,
        bool hasOwnDays,
        TableSnapshot? seen,
        RowScope? scope = null
    )
    {
        if ((seen ?? _basis) is { } before)
        {
            _seen[unit] = before;
        }

        _units.Add(new StagedUnit(unit, day, rows, partitions, hasOwnDays, scope));
        Rows += rows;
    }

    /// <summary>
    /// The files to drop beside those that the units replace; they count as the first unit's, and so do rows of other
    /// units in files that cannot be read.
    /// </summary>
    private AddAction[] Drop(StandingRows standing, Dictionary<string, UnitCounts> counts)
    {
        AddAction[] dropped =
        [
            .. _dropped.Select(d => standing.Snapshot.Standing(d.File)).OfType<AddAction>().Except(standing.Unreadable),
        ];
        // What a file that leaves had of other units leaves with it.
        var beside = standing.Unreadable.Sum(RowsOf) - counts.Values.Sum(of => of.UnreadRows);
        if ((dropped.Length > 0 || beside > 0) && _units.Count > 0)
        {
            var first = counts[_units[0].Unit];
            counts[_units[0].Unit] = first with
            {
                UnreadFiles = first.UnreadFiles + dropped.Length,
                UnreadRows = first.UnreadRows + Math.Max(0, beside) + dropped.Sum(RowsOf),
            };
        }

        static long RowsOf(AddAction file) => DeltaStats.RowCount(file.Stats) ?? 0;

        return dropped;
    }

    private StagedChanges Compare(StandingRows standing, CancellationToken cancellationToken)
    {
        var comparison = new UnitComparison(_connection.Value, _definition, _store, standing.Snapshot);
        return new ChangeCounter(standing, comparison, RowsSql).Count(_units, cancellationToken);
    }
}
