using System.Globalization;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Writes classic checkpoints in one file. DuckDB turns lines as in a log entry into Parquet; it only has to know their
/// types.
/// </summary>
internal sealed class CheckpointWriter(IObjectStore store, LakeEngine engine, StagingArea staging)
{
    private const string Columns = """
        {
          txn: 'STRUCT("appId" VARCHAR, "version" BIGINT, "lastUpdated" BIGINT)',
          add: 'STRUCT("path" VARCHAR, "partitionValues" MAP(VARCHAR, VARCHAR), "size" BIGINT, "modificationTime" BIGINT, "dataChange" BOOLEAN, "stats" VARCHAR, "tags" MAP(VARCHAR, VARCHAR))',
          remove: 'STRUCT("path" VARCHAR, "deletionTimestamp" BIGINT, "dataChange" BOOLEAN, "extendedFileMetadata" BOOLEAN, "partitionValues" MAP(VARCHAR, VARCHAR), "size" BIGINT)',
          metaData: 'STRUCT("id" VARCHAR, "name" VARCHAR, "description" VARCHAR, "format" STRUCT("provider" VARCHAR, "options" MAP(VARCHAR, VARCHAR)), "schemaString" VARCHAR, "partitionColumns" VARCHAR[], "configuration" MAP(VARCHAR, VARCHAR), "createdTime" BIGINT)',
          protocol: 'STRUCT("minReaderVersion" INTEGER, "minWriterVersion" INTEGER, "readerFeatures" VARCHAR[], "writerFeatures" VARCHAR[])'
        }
        """;

    /// <summary>Writes the state of a version to <paramref name="key"/>, then the hint that leads to it.</summary>
    /// <param name="state">The state, with the removed files.</param>
    /// <param name="folder">The table's <c>_delta_log/</c>.</param>
    /// <param name="key">The checkpoint's key; nothing is there yet.</param>
    /// <param name="now">Removed files whose time has passed by then are left out.</param>
    /// <param name="cancellationToken">Stops the work before the checkpoint gets its name.</param>
    public async Task WriteAsync(
        LogState state,
        string folder,
        string key,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var lines = LinesOf(state, now).ToArray();
        // Claimed, so that the next process sweeps it after a crash.
        var name = "checkpoint-" + Path.GetRandomFileName();
        try
        {
            using var claim = StagingClaim.Take(staging, name);
            var source = Path.Combine(staging.Folder(name), "lines.json");
            var file = Path.Combine(staging.Folder(name), "checkpoint.parquet");
            var content = DeltaLog.Write(lines);
            await File.WriteAllBytesAsync(source, content, cancellationToken);

            // DuckDB reserves a multiple of this for every thread.
            var longest = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(LongestLine(content), 65_536)}");
            using (var connection = engine.Connect())
            {
                connection.Execute(
                    "COPY (SELECT txn, add, remove, \"metaData\", protocol FROM "
                        + $"read_json({DuckDbPath.Literal(source)}, format = 'newline_delimited', maximum_object_size = {longest}, columns = {Columns})) "
                        + $"TO {DuckDbSql.Literal(file)} (FORMAT parquet)",
                    cancellationToken
                );
            }

            var bytes = new FileInfo(file).Length;
            await store.PublishAsync([new PublishedFile(file, key)], cancellationToken);
            var hint = new CheckpointHint(
                state.Version,
                lines.Length,
                SizeInBytes: bytes,
                NumOfAddFiles: state.Files.Count
            );
            await store.PutAsync(
                folder + CheckpointHint.FileName,
                hint.ToJson(),
                Durability.Rebuildable,
                cancellationToken
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, key);
        }
        finally
        {
            staging.Sweep(name);
        }
    }

    public static string KeyOf(string folder, long version) =>
        $"{folder}{version.ToString("D20", CultureInfo.InvariantCulture)}.checkpoint.parquet";

    private static int LongestLine(ReadOnlySpan<byte> content)
    {
        var longest = 0;
        foreach (var line in content.Split((byte)'\n'))
        {
            longest = Math.Max(longest, line.End.Value - line.Start.Value + 1);
        }

        return longest;
    }

    private static IEnumerable<DeltaLine> LinesOf(LogState state, DateTimeOffset now)
    {
        yield return new DeltaLine { Protocol = state.Protocol };
        yield return new DeltaLine { MetaData = state.Metadata };
        foreach (var transaction in state.Transactions.Values)
        {
            yield return new DeltaLine { Txn = transaction };
        }

        var expired = (now - DeltaProperties.DeletedFileRetentionOf(state.Metadata)).ToUnixTimeMilliseconds();
        foreach (var remove in state.Removed.Values.Where(r => (r.DeletionTimestamp ?? 0) > expired))
        {
            yield return new DeltaLine { Remove = remove with { DataChange = false } };
        }

        foreach (var add in state.Files.Values)
        {
            yield return new DeltaLine { Add = add with { DataChange = false } };
        }
    }
}
