using System.Security.Cryptography;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Collects the rows of one or many units of a table and writes them as Parquet files that nobody sees before they are committed:
/// append … append → <see cref="Stage"/> → <see cref="LakeTable.CommitAsync"/>. Not thread-safe; dispose it in any case.
/// </summary>
public sealed class TableStaging : IDisposable
{
    private const string UnitColumn = "__unit";
    private readonly DuckDbConnection _connection;
    private readonly TableDefinition _definition;
    private readonly IObjectStore _store;
    private readonly string _runId;
    private readonly string _name;
    private readonly string _quotedName;
    private readonly string _folder;
    private readonly List<(string Unit, DateOnly? Day)> _units = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _tags = new(StringComparer.Ordinal);
    private BatchAppender? _appender;

    internal TableStaging(LakeEngine engine, IObjectStore store, TableDefinition definition, string runId)
    {
        _definition = definition;
        _store = store;
        _runId = runId;
        _name = engine.UniqueName("stage");
        _quotedName = $"memory.main.{DuckDbSql.Identifier(_name)}"; // sessions have another current database
        _folder = Path.Combine(store.StagingFolder(runId), $"{definition.Id}-{_name}");
        _connection = engine.Connect();
        var columns = definition.AllColumns.Select(c => $"{DuckDbSql.Identifier(c.Name)} {c.Type.SqlName}");
        _connection.Execute($"CREATE TABLE {_quotedName} ({string.Join(", ", columns)}, {UnitColumn} INTEGER)");
    }

    /// <summary>Rows appended from batches so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Units so far.</summary>
    public int UnitCount => _units.Count;

    private bool IsPartitioned => _definition.Partitioning == TablePartitioning.Day;

    /// <summary>Adds a unit with its rows; none is a unit too. The batch's columns are the table's, in order.</summary>
    public void Append(string unit, DateOnly? day, ColumnBatch batch)
    {
        var number = AddUnit(unit, day);
        _appender ??= new BatchAppender(_connection, _name, [.. batch.Columns.Select(c => c.Kind)], IsPartitioned);
        _appender.Append(batch, number, day);
        Rows += batch.RowCount;
    }

    /// <summary>
    /// Adds a unit with the rows of a query on <paramref name="session"/>, whose columns (in any order) must be the table's.
    /// </summary>
    public void AppendQuery(
        LakeSession session,
        string unit,
        DateOnly? day,
        string select,
        CancellationToken cancellationToken
    ) => AppendQuery(session, unit, day, select, tags: null, cancellationToken);

    /// <summary>
    /// The same, with tags that the unit's files carry in the log beside <c>unit</c>, <c>run</c> and <c>sha256</c>. They say how the rows
    /// came about: a unit whose rows stay as they are keeps its files and gets the new tags.
    /// </summary>
    public void AppendQuery(
        LakeSession session,
        string unit,
        DateOnly? day,
        string select,
        IReadOnlyDictionary<string, string>? tags,
        CancellationToken cancellationToken
    )
    {
        var number = AddUnit(unit, day);
        if (tags is not null)
        {
            _tags[unit] = tags;
        }

        var columns = string.Join(", ", _definition.Columns.Select(c => DuckDbSql.Identifier(c.Name)));
        var dayValue = IsPartitioned ? $", {DuckDbSql.Literal(day!.Value)}" : "";
        Rows += session.Connection.Execute(
            $"INSERT INTO {_quotedName} SELECT {columns}{dayValue}, {number} FROM ({select}\n)",
            cancellationToken
        );
    }

    /// <summary>
    /// The units whose rows break the key so far (a key that stands twice, or a null in a key column that is declared as not nullable),
    /// each with one example. Empty when all is well.
    /// </summary>
    public IReadOnlyList<KeyViolation> FindKeyViolations(CancellationToken cancellationToken)
    {
        _appender?.Flush();
        var key = _definition.Key.Select(DuckDbSql.Identifier).ToArray();
        var example = string.Join(
            " || ', ' || ",
            key.Select((k, i) => $"{DuckDbSql.Literal(_definition.Key[i] + " = ")} || coalesce({k}::VARCHAR, 'null')")
        );
        var whole = _definition
            .AllColumns.Where(c => !c.Nullable && _definition.Key.Contains(c.Name))
            .Select(c => $" OR {DuckDbSql.Identifier(c.Name)} IS NULL");
        using var result = _connection.Query(
            $"""
            WITH broken AS (
                SELECT {UnitColumn} AS u, {example} AS example, count(*) AS n FROM {_quotedName}
                GROUP BY {UnitColumn}, {string.Join(", ", key)} HAVING count(*) > 1{string.Concat(whole)}
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
                    var (unit, day) = _units[(int)(long)r[0]!];
                    return new KeyViolation(unit, day, (string)r[1]!, (long)r[2]!, (long)r[3]!);
                }),
        ];
    }

    /// <summary>Writes the files and counts what they change against <paramref name="current"/>.</summary>
    /// <exception cref="TidemarkException">The disk is full or read-only; nothing of it is visible.</exception>
    public StagedCommit Stage(TableSnapshot current, CancellationToken cancellationToken)
    {
        _appender?.Flush();
        try
        {
            var counts = Compare(current, cancellationToken);
            var files = Write(counts, cancellationToken);
            return new StagedCommit(_definition, _runId, current, counts, files, _tags, _folder);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException
                || (e is DuckDbException engine && StorageErrors.IsStorageMessage(engine.EngineMessage))
            )
        {
            throw StorageErrors.From(e, _folder);
        }
    }

    public void Dispose()
    {
        _appender?.Dispose();
        _connection.Execute($"DROP TABLE IF EXISTS {_quotedName}");
        _connection.Dispose();
    }

    private int AddUnit(string unit, DateOnly? day)
    {
        if (IsPartitioned == day is null)
        {
            throw new ArgumentException(
                $"{_definition.Id} is {(IsPartitioned ? "" : "not ")}partitioned by day",
                nameof(day)
            );
        }

        _units.Add((unit, day));
        return _units.Count - 1;
    }

    private Dictionary<string, UnitCounts> Compare(TableSnapshot current, CancellationToken cancellationToken)
    {
        var rows = new long[_units.Count];
        using (
            var result = _connection.Query(
                $"SELECT {UnitColumn}, count(*) FROM {_quotedName} GROUP BY ALL",
                cancellationToken
            )
        )
        {
            foreach (var row in result.Rows())
            {
                rows[(int)(long)row[0]!] = (long)row[1]!;
            }
        }

        var counts = new Dictionary<string, UnitCounts>(_units.Count, StringComparer.Ordinal);
        for (var i = 0; i < _units.Count; i++)
        {
            var old = current.FilesOf(_units[i].Unit);
            counts[_units[i].Unit] =
                old.Count == 0 ? new UnitCounts(rows[i], 0, 0, 0) : CompareUnit(i, old, current, cancellationToken);
        }

        return counts;
    }

    private UnitCounts CompareUnit(
        int unit,
        IReadOnlyList<AddAction> old,
        TableSnapshot current,
        CancellationToken cancellationToken
    )
    {
        var known = current.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var compared = _definition.Columns.Where(c => known.Contains(c.Name)).ToArray();
        var added = _definition.Columns.Where(c => !known.Contains(c.Name)).ToArray();
        var join = string.Join(
            " AND ",
            _definition.Key.Select(k => $"s.{DuckDbSql.Identifier(k)} IS NOT DISTINCT FROM o.{DuckDbSql.Identifier(k)}")
        );
        var changed = string.Join(
            " OR ",
            compared
                .Select(c => $"s.{DuckDbSql.Identifier(c.Name)} IS DISTINCT FROM o.{DuckDbSql.Identifier(c.Name)}")
                .Concat(added.Select(c => $"s.{DuckDbSql.Identifier(c.Name)} IS NOT NULL"))
        );
        var source = ViewSql.Source(current, old, _store);
        using var result = _connection.Query(
            $"""
            WITH o AS (SELECT *, true AS __old FROM {source}), s AS (SELECT *, true AS __new FROM {_quotedName} WHERE {UnitColumn} = {unit})
            SELECT count(*) FILTER (__old IS NULL),
                   count(*) FILTER (__old AND __new AND ({changed})),
                   count(*) FILTER (__old AND __new AND NOT ({changed})),
                   count(*) FILTER (__new IS NULL)
            FROM s FULL JOIN o ON {join}
            """,
            cancellationToken
        );
        var row = result.Rows().Single();
        return new UnitCounts((long)row[0]!, (long)row[1]!, (long)row[2]!, (long)row[3]!);
    }

    private List<StagedFile> Write(Dictionary<string, UnitCounts> counts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var files = new List<StagedFile>(_units.Count);
        var columns = string.Join(", ", _definition.Columns.Select(c => DuckDbSql.Identifier(c.Name)));
        var changed = Enumerable
            .Range(0, _units.Count)
            .Where(i => !counts[_units[i].Unit].IsNoChange || counts[_units[i].Unit].Rows == 0)
            .ToArray();
        if (changed.Any(i => counts[_units[i].Unit].Rows > 0))
        {
            var filter = changed.Length == _units.Count ? "" : $" WHERE {UnitColumn} IN ({string.Join(", ", changed)})";
            var partition = IsPartitioned ? $"{UnitColumn}, {TableDefinition.PartitionColumn}" : UnitColumn;
            Copy(
                $"SELECT {columns}, {partition} FROM {_quotedName}{filter}",
                _folder,
                $", PARTITION_BY ({partition}), FILENAME_PATTERN 'part_{{i}}'",
                files,
                cancellationToken
            );
        }

        // A unit without rows is a fact too: its empty file says that the day was asked for and had nothing.
        foreach (var i in changed.Where(i => counts[_units[i].Unit].Rows == 0))
        {
            var path = Path.Combine(_folder, $"empty_{i}.parquet");
            Copy($"SELECT {columns} FROM {_quotedName} LIMIT 0", path, "", files, cancellationToken, _units[i]);
        }

        return Hashed(files, cancellationToken);
    }

    private void Copy(
        string select,
        string target,
        string options,
        List<StagedFile> files,
        CancellationToken cancellationToken,
        (string Unit, DateOnly? Day)? owner = null
    )
    {
        using var result = _connection.Query(
            $"COPY ({select}) TO {DuckDbSql.Literal(target)} (FORMAT parquet, COMPRESSION snappy, RETURN_STATS{options})",
            cancellationToken
        );
        foreach (var row in result.Rows())
        {
            var (unit, day) = owner ?? OwnerOf((Dictionary<string, object?>)row[5]!);
            var rows = Convert.ToInt64(row[1], System.Globalization.CultureInfo.InvariantCulture);
            files.Add(
                new StagedFile(
                    (string)row[0]!,
                    unit,
                    day,
                    rows,
                    Convert.ToInt64(row[2], System.Globalization.CultureInfo.InvariantCulture),
                    Sha256: "",
                    DeltaStats.Write(rows, _definition.Columns, EngineStats((Dictionary<string, object?>)row[4]!))
                )
            );
        }
    }

    private (string Unit, DateOnly? Day) OwnerOf(Dictionary<string, object?> partition) =>
        _units[int.Parse((string)partition[UnitColumn]!, System.Globalization.CultureInfo.InvariantCulture)];

    private static Dictionary<string, IReadOnlyDictionary<string, string>> EngineStats(
        Dictionary<string, object?> byColumn
    )
    {
        var stats = new Dictionary<string, IReadOnlyDictionary<string, string>>(byColumn.Count, StringComparer.Ordinal);
        foreach (var (column, values) in byColumn)
        {
            // DuckDB quotes the names here: "close".
            stats[column.Trim('"')] = ((Dictionary<string, object?>)values!)
                .Where(p => p.Value is string)
                .ToDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal);
        }

        return stats;
    }

    private static List<StagedFile> Hashed(List<StagedFile> files, CancellationToken cancellationToken)
    {
        var hashed = new StagedFile[files.Count];
        Parallel.For(
            0,
            files.Count,
            new ParallelOptions
            {
                CancellationToken = cancellationToken,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            i =>
            {
                using var stream = File.OpenRead(files[i].LocalPath);
                hashed[i] = files[i] with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream)) };
            }
        );
        return [.. hashed];
    }
}
