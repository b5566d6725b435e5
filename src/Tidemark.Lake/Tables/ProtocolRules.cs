using System.Globalization;
using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Checks what reader version 1 and writer version 2 of the Delta protocol may do with a table. Pure.
/// </summary>
internal static class ProtocolRules
{
    private static readonly string[] s_writerFeatures = ["appendOnly", "invariants"];

    /// <exception cref="TidemarkException">
    /// The table needs a feature that Tidemark cannot read; the message names it.
    /// </exception>
    public static void EnsureReadable(TableId table, ProtocolAction protocol, MetadataAction metadata)
    {
        if (protocol.MinReaderVersion <= 1)
        {
            // Reader 1 has no column mapping, but somebody set it: the columns of the files may have other names.
            if (DeltaProperties.ColumnMappingOf(metadata) is { } mode)
            {
                throw new TidemarkException(
                    ErrorKind.Storage,
                    "TABLE_UNSUPPORTED",
                    $"{table} maps its columns ({DeltaProperties.ColumnMapping} is {mode}), which its protocol (reader version 1) does not know and Tidemark does not read. "
                        + "Use the engine that wrote it."
                );
            }

            return;
        }

        IReadOnlyList<string> features = protocol switch
        {
            { ReaderFeatures: { Count: > 0 } named } => named,
            { MinReaderVersion: 2 } => ["columnMapping"],
            _ => [],
        };
        throw Unsupported(table, "reader", protocol.MinReaderVersion, features, "Tidemark reads version 1");
    }

    /// <exception cref="TidemarkException">A partition column has no type, so its values cannot be read.</exception>
    public static void EnsurePartitionsDeclared(TableSnapshot snapshot)
    {
        foreach (var column in snapshot.PartitionColumns)
        {
            if (!snapshot.Columns.Any(c => c.Name == column))
            {
                throw new TidemarkException(
                    ErrorKind.Storage,
                    "TABLE_UNSUPPORTED",
                    $"{snapshot.Table} is partitioned by the column {column}, which is not in its schema; the Delta protocol asks for it there. "
                        + "Let the engine that wrote it declare the column."
                );
            }
        }
    }

    /// <summary>Another program's table is read, and never written, compacted, repaired, swept or vacuumed.</summary>
    /// <exception cref="TidemarkException">Kind BadRequest, code <c>TABLE_FOREIGN</c>.</exception>
    public static void EnsureOurs(TableSnapshot snapshot)
    {
        var table = snapshot.Table;
        if (table.IsForeign || (snapshot.Exists && !snapshot.IsOurs))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                TableDefinition.ForeignCode,
                $"{(table.IsForeign ? table.Prefix : table)} is another program's table: Tidemark reads it and changes nothing in it. "
                    + "Use the program that made it, or move its folder out of the way if the name is to be Tidemark's."
            );
        }
    }

    /// <exception cref="TidemarkException">
    /// The table or this entry needs a feature that Tidemark cannot write; the message names it.
    /// </exception>
    public static void EnsureWritable(TableSnapshot snapshot, IReadOnlyList<DeltaLine> lines)
    {
        var table = snapshot.Table;
        EnsureOurs(snapshot);
        if (snapshot.Protocol is { MinWriterVersion: > 2 } protocol)
        {
            IReadOnlyList<string> features = protocol switch
            {
                { WriterFeatures: { } named } => [.. named.Except(s_writerFeatures)],
                { MinWriterVersion: 3 } => ["checkConstraints"],
                { MinWriterVersion: 4 } => ["changeDataFeed", "generatedColumns"],
                { MinWriterVersion: 5 } => ["columnMapping"],
                { MinWriterVersion: 6 } => ["identityColumns"],
                _ => ["unknown"],
            };
            if (features.Count > 0)
            {
                throw Unsupported(table, "writer", protocol.MinWriterVersion, features, "Tidemark writes version 2");
            }
        }

        if (snapshot.Metadata is { } metadata && InvariantOf(metadata) is { } column)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "TABLE_UNSUPPORTED",
                $"{table}: the column {column} has an invariant (delta.invariants), which Tidemark cannot check. "
                    + "It can be read; write it with the engine that declared the invariant."
            );
        }

        if (DeltaProperties.IsAppendOnly(snapshot.Metadata) && lines.Any(l => l.Remove is { DataChange: true }))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TABLE_APPEND_ONLY",
                $"{table}: rows would be replaced or deleted, and the table's property {DeltaProperties.AppendOnly} forbids that. "
                    + "Commit new units only, or make a new table."
            );
        }
    }

    private static TidemarkException Unsupported(
        TableId table,
        string role,
        int version,
        IReadOnlyList<string> features,
        string able
    )
    {
        var named = features.Count > 0 ? $" for {string.Join(", ", features)}" : "";
        return new TidemarkException(
            ErrorKind.Storage,
            "TABLE_UNSUPPORTED",
            string.Create(CultureInfo.InvariantCulture, $"{table} asks for Delta {role} version {version}{named}; ")
                + $"{able}. Use a newer Tidemark or the engine that wrote it."
        );
    }

    private static string? InvariantOf(MetadataAction metadata)
    {
        if (!metadata.SchemaString.Contains("delta.invariants", StringComparison.Ordinal))
        {
            return null;
        }

        using var schema = JsonDocument.Parse(metadata.SchemaString);
        foreach (var field in schema.RootElement.GetProperty("fields").EnumerateArray())
        {
            if (field.GetRawText().Contains("delta.invariants", StringComparison.Ordinal))
            {
                return field.GetProperty("name").GetString();
            }
        }

        return null;
    }
}
