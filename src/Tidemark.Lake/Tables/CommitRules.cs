using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Staging;

namespace Tidemark.Lake.Tables;

/// <summary>What a commit must satisfy, apart from how it is written. Pure.</summary>
internal static class CommitRules
{
    /// <summary>Less never replaces more silently: a unit that loses rows needs a reason.</summary>
    public static void EnsureNoShrink(StagedCommit staged, CommitRequest request)
    {
        if (request.ShrinkReason is not null)
        {
            return;
        }

        foreach (var (unit, counts) in staged.Counts)
        {
            if (counts.Shrinks)
            {
                throw new TidemarkException(
                    ErrorKind.Schema,
                    "COMMIT_SHRINKS",
                    $"{staged.Definition.Id}: the unit {unit} has {counts.RowsBefore} rows and would have {counts.Rows}. "
                        + "What stands is kept. If the smaller answer is right, say so with a reason."
                );
            }
        }
    }

    /// <summary>Nobody else may have changed the units since they were compared.</summary>
    public static void EnsureNoConflict(StagedCommit staged, TableSnapshot now)
    {
        if (now.Version == staged.Basis.Version)
        {
            return;
        }

        foreach (var unit in staged.Counts.Keys)
        {
            var before = staged.Basis.FilesOf(unit);
            var after = now.FilesOf(unit);
            if (before.Count != after.Count || before.Any(f => !now.Files.ContainsKey(f.Path)))
            {
                throw new CommitConflictException(
                    $"{staged.Definition.Id}: the unit {unit} was committed by another writer (version {now.Version}). Run it again to compare with that."
                );
            }
        }
    }

    /// <summary>
    /// The metaData action that a commit needs: for a new table, or for new nullable columns; null when the schema stands as it is.
    /// </summary>
    /// <exception cref="TidemarkException">A column is gone or has another type, or the partitioning differs.</exception>
    public static MetadataAction? MetadataFor(
        TableDefinition definition,
        TableSnapshot now,
        long timestamp,
        IIdSource ids
    )
    {
        IReadOnlyList<string> partition =
            definition.Partitioning == TablePartitioning.Day ? [TableDefinition.PartitionColumn] : [];
        if (now.Metadata is null)
        {
            return new MetadataAction(
                ids.NewId().ToString(),
                definition.Id.ToString(),
                definition.Description,
                new FormatSpec("parquet", new Dictionary<string, string>()),
                DeltaSchema.Write(definition.AllColumns),
                partition,
                timestamp,
                new Dictionary<string, string> { [TableSnapshot.KeyProperty] = string.Join(',', definition.Key) }
            );
        }

        var declared = definition.AllColumns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var column in now.Columns)
        {
            if (!declared.TryGetValue(column.Name, out var wanted))
            {
                problems.Add($"{column.Name} is in the table but no longer declared");
            }
            else if (wanted.Type != column.Type)
            {
                problems.Add(
                    $"{column.Name} is {column.Type.SqlName} in the table and declared as {wanted.Type.SqlName}"
                );
            }
        }

        if (!partition.SequenceEqual(now.Metadata.PartitionColumns))
        {
            problems.Add(
                $"the table is partitioned by [{string.Join(", ", now.Metadata.PartitionColumns)}] and declared by [{string.Join(", ", partition)}]"
            );
        }

        if (problems.Count > 0)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SCHEMA_MISMATCH",
                $"{definition.Id}: {string.Join("; ", problems)}. Only new nullable columns may be added; make a new table for anything else."
            );
        }

        var schema = DeltaSchema.Write(definition.AllColumns);
        return declared.Count == now.Columns.Count ? null : now.Metadata with { SchemaString = schema };
    }
}
