using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Reads classic checkpoints: Parquet files with one row per action and one column per kind of action.
/// </summary>
internal sealed class CheckpointReader(TableId table, IObjectStore store, LakeEngine engine)
{
    /// <summary>The state that a checkpoint holds.</summary>
    /// <param name="checkpoint">A complete one.</param>
    /// <param name="withRemoved">Whether to read the removed files, too.</param>
    /// <param name="cancellationToken">Interrupts the reading.</param>
    /// <exception cref="TidemarkException">
    /// The checkpoint is damaged (LOG_CORRUPT; the message names the file).
    /// </exception>
    public async Task<LogState> ReadAsync(Checkpoint checkpoint, bool withRemoved, CancellationToken cancellationToken)
    {
        var objects = checkpoint.Files.Select(f => new ImmutableObject(f.Key, f.Bytes, null)).ToArray();
        using var held = await store.MakeReadableAsync(objects, cancellationToken);
        var state = new LogState(table, withRemoved) { Version = checkpoint.Version };
        try
        {
            foreach (var file in store.IsRemote ? [] : checkpoint.Files)
            {
                DataFile.Ensure(store.ReadablePath(file.Key));
            }

            using var connection = engine.Connect();
            var source = SourceOf(checkpoint);
            var columns = ColumnsOf(connection, source, cancellationToken);
            foreach (var line in Lines(connection, source, columns, withRemoved, cancellationToken))
            {
                state.ApplyCheckpoint(DeltaLog.Checked(line));
            }
        }
        catch (Exception e)
            when (e
                    is DuckDbException
                        or NotAFileException
                        or JsonException
                        or InvalidCastException
                        or KeyNotFoundException
                        or OverflowException
            )
        {
            throw Damaged(checkpoint.Key, DamageText.Of(e), e);
        }

        return state.Protocol is not null && state.Metadata is not null
            ? state
            : throw Damaged(checkpoint.Key, "it has no protocol or no metaData", null);
    }

    public static TidemarkException Damaged(string key, string what, Exception? inner) =>
        new(
            ErrorKind.Storage,
            "LOG_CORRUPT",
            $"{key}: the checkpoint is damaged ({what.Split('\n')[0]}) and the log entries no longer reach back far enough to do without it. "
                + "Restore this file from a backup; the data files are untouched.",
            inner
        );

    private string SourceOf(Checkpoint checkpoint)
    {
        var paths = checkpoint.Files.Select(f => DuckDbPath.Literal(store.ReadablePath(f.Key)));
        var union = checkpoint.Files.Count > 1 ? ", union_by_name = true" : "";
        return $"read_parquet([{string.Join(", ", paths)}], hive_partitioning = false{union})";
    }

    // Writers leave out members that they do not use, and a query must not name a column that does not exist.
    private static Dictionary<string, ColumnType> ColumnsOf(
        DuckDbConnection connection,
        string source,
        CancellationToken cancellationToken
    )
    {
        using var none = connection.Query($"SELECT * FROM {source} LIMIT 0", cancellationToken);
        return none.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
    }

    // A query of its own reads the live files: for thousands of rows the columns of the few other lines would give as
    // many empty structs.
    private static IEnumerable<DeltaLine> Lines(
        DuckDbConnection connection,
        string source,
        Dictionary<string, ColumnType> columns,
        bool withRemoved,
        CancellationToken cancellationToken
    )
    {
        var hasFiles = Has(columns, "add", "path");
        if (hasFiles)
        {
            using var files = connection.Query($"{FilesQuery(columns)} FROM {source}", cancellationToken);
            while (files.NextChunk() is { } chunk)
            {
                for (var row = 0; row < chunk.Count; row++)
                {
                    if (chunk[0].Value(row) is string path)
                    {
                        yield return new DeltaLine { Add = AddOf(path, chunk, row) };
                    }
                }
            }
        }

        var others = OthersQuery(columns, withRemoved);
        var rest = hasFiles ? " WHERE add.path IS NULL" : "";
        using var result = connection.Query($"{others} FROM {source}{rest}", cancellationToken);
        while (result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.Count; row++)
            {
                if (OtherOf(chunk, row) is { } line)
                {
                    yield return line;
                }
            }
        }
    }

    private static string FilesQuery(Dictionary<string, ColumnType> columns)
    {
        var stats =
            Has(columns, "add", "stats") && Has(columns, "add", "stats_parsed")
                ? "coalesce(add.stats, CAST(to_json(add.stats_parsed) AS VARCHAR))"
            : Has(columns, "add", "stats_parsed") ? "CAST(to_json(add.stats_parsed) AS VARCHAR)"
            : Member(columns, "add", "stats");
        string[] wanted =
        [
            "add.path",
            Member(columns, "add", "partitionValues"),
            Member(columns, "add", "size"),
            Member(columns, "add", "modificationTime"),
            stats,
            Member(columns, "add", "tags"),
            Has(columns, "add", "deletionVector") ? "add.\"deletionVector\".\"storageType\"" : "NULL",
        ];
        return $"SELECT {string.Join(", ", wanted)}";
    }

    private static string OthersQuery(Dictionary<string, ColumnType> columns, bool withRemoved)
    {
        string[] wanted =
        [
            columns.ContainsKey("protocol") ? "protocol" : "NULL",
            columns.ContainsKey("metaData") ? "\"metaData\"" : "NULL",
            columns.ContainsKey("txn") ? "txn" : "NULL",
            withRemoved && columns.ContainsKey("remove") ? "remove" : "NULL",
        ];
        return $"SELECT {string.Join(", ", wanted)}";
    }

    private static bool Has(Dictionary<string, ColumnType> columns, string column, string member) =>
        columns.TryGetValue(column, out var type) && type.MemberNames.Contains(member, StringComparer.Ordinal);

    private static string Member(Dictionary<string, ColumnType> columns, string column, string member) =>
        Has(columns, column, member) ? $"{column}.{DuckDbSql.Identifier(member)}" : "NULL";

    private static AddAction AddOf(string path, DataChunk chunk, int row) =>
        new(
            path,
            Texts(chunk[1].Value(row)) ?? throw new JsonException("an add action without partitionValues"),
            Number(chunk[2].Value(row)) ?? 0,
            Number(chunk[3].Value(row)) ?? 0,
            DataChange: false,
            (string?)chunk[4].Value(row),
            Said(chunk[5].Value(row))
        )
        {
            DeletionVector = chunk[6].Value(row) is string storage ? new DeletionVectorSpec(storage) : null,
        };

    private static DeltaLine? OtherOf(DataChunk chunk, int row)
    {
        if (Struct(chunk[0], row) is { } protocol && Number(protocol["minReaderVersion"]) is { } reader)
        {
            return new DeltaLine
            {
                Protocol = new ProtocolAction(
                    (int)reader,
                    (int)(Number(protocol["minWriterVersion"]) ?? 0),
                    List(protocol.GetValueOrDefault("readerFeatures")),
                    List(protocol.GetValueOrDefault("writerFeatures"))
                ),
            };
        }

        if (Struct(chunk[1], row) is { } meta && meta["schemaString"] is string schema)
        {
            return new DeltaLine { MetaData = MetadataOf(meta, schema) };
        }

        if (Struct(chunk[2], row) is { } txn && txn["appId"] is string application)
        {
            return new DeltaLine
            {
                Txn = new TransactionAction(
                    application,
                    Number(txn["version"]) ?? 0,
                    Number(txn.GetValueOrDefault("lastUpdated"))
                ),
            };
        }

        return Struct(chunk[3], row) is { } remove && remove["path"] is string removed
            ? new DeltaLine
            {
                Remove = new RemoveAction(
                    removed,
                    Number(remove.GetValueOrDefault("deletionTimestamp")),
                    DataChange: remove.GetValueOrDefault("dataChange") is true,
                    remove.GetValueOrDefault("extendedFileMetadata") as bool?,
                    Texts(remove.GetValueOrDefault("partitionValues")),
                    Number(remove.GetValueOrDefault("size"))
                ),
            }
            : null;
    }

    private static MetadataAction MetadataOf(Dictionary<string, object?> meta, string schema)
    {
        var format = meta.GetValueOrDefault("format") as Dictionary<string, object?>;
        return new MetadataAction(
            meta.GetValueOrDefault("id") as string ?? "",
            meta.GetValueOrDefault("name") as string,
            meta.GetValueOrDefault("description") as string,
            new FormatSpec(
                format?.GetValueOrDefault("provider") as string ?? "parquet",
                Said(format?.GetValueOrDefault("options")) ?? []
            ),
            schema,
            List(meta.GetValueOrDefault("partitionColumns")) ?? [],
            Number(meta.GetValueOrDefault("createdTime")),
            Said(meta.GetValueOrDefault("configuration")) ?? []
        );
    }

    private static Dictionary<string, object?>? Struct(Vector column, int row) =>
        column.Value(row) as Dictionary<string, object?>;

    private static long? Number(object? value) => value is long number ? number : null;

    private static string[]? List(object? value) => value is object?[] items ? [.. items.OfType<string>()] : null;

    private static Dictionary<string, string>? Said(object? value)
    {
        if (value is not Dictionary<string, object?> map)
        {
            return null;
        }

        var texts = new Dictionary<string, string>(map.Count, StringComparer.Ordinal);
        foreach (var (key, text) in map)
        {
            if (text is string said)
            {
                texts[key] = said;
            }
        }

        return texts;
    }

    private static Dictionary<string, string?>? Texts(object? value)
    {
        if (value is not Dictionary<string, object?> map)
        {
            return null;
        }

        var texts = new Dictionary<string, string?>(map.Count, StringComparer.Ordinal);
        foreach (var (key, text) in map)
        {
            texts[key] = (string?)text;
        }

        return texts;
    }
}
