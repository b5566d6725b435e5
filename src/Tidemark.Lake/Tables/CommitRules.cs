using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>The rules that a declaration must meet before it is committed to an existing table. Pure.</summary>
internal static class CommitRules
{
    // The statistics of every file name every column; engines become slow long before this.
    private const int ColumnsMax = 2_000;

    /// <summary>
    /// The metaData action that a commit needs: for a new table, or for new nullable columns; null when the schema
    /// stays as it is.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// A column is gone or has another type, or the partitioning differs.
    /// </exception>
    public static MetadataAction? MetadataFor(
        TableDefinition definition,
        TableSnapshot now,
        long timestamp,
        IIdSource ids
    )
    {
        EnsureKeepable(definition);
        EnsureSamePartitioning(definition, now);
        if (now.Metadata is null)
        {
            return new MetadataAction(
                ids.NewId().ToString(),
                definition.Id.ToString(),
                definition.Description,
                new FormatSpec("parquet", new Dictionary<string, string>()),
                DeltaSchema.Write(definition.AllColumns),
                definition.PartitionColumns,
                timestamp,
                new Dictionary<string, string> { [LogState.KeyProperty] = string.Join(',', definition.Key) }
            );
        }

        EnsureSameColumns(definition, now);

        // Readers get changed units and descriptions with the next commit.
        var schema = DeltaSchema.Write(Keeping(definition, now).AllColumns);
        var key = string.Join(',', definition.Key);
        if (
            schema == now.Metadata.SchemaString
            && definition.Description == now.Metadata.Description
            && now.Metadata.Configuration.GetValueOrDefault(LogState.KeyProperty) == key
        )
        {
            return null;
        }

        var configuration = new Dictionary<string, string>(now.Metadata.Configuration, StringComparer.Ordinal)
        {
            [LogState.KeyProperty] = key,
        };
        if (Added(definition, now).Any())
        {
            configuration[LogState.ColumnsAddedProperty] = "true";
        }

        return now.Metadata with
        {
            Description = definition.Description,
            SchemaString = schema,
            Configuration = configuration,
        };
    }

    /// <summary>
    /// The metaData action of a table whose whole content is replaced: it keeps its identity and other programs'
    /// settings and gets the new declaration.
    /// </summary>
    public static MetadataAction ReplacementFor(TableDefinition definition, MetadataAction standing)
    {
        EnsureKeepable(definition);
        if (!standing.Configuration.ContainsKey(LogState.KeyProperty))
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SCHEMA_MISMATCH",
                $"{definition.Id} has other columns than declared and was made by another program. It is left alone: give the declared table another name, or move that one away."
            );
        }

        var configuration = new Dictionary<string, string>(standing.Configuration, StringComparer.Ordinal)
        {
            [LogState.KeyProperty] = string.Join(',', definition.Key),
        };
        configuration.Remove(LogState.ColumnsAddedProperty);
        return standing with
        {
            Description = definition.Description,
            SchemaString = DeltaSchema.Write(definition.AllColumns),
            PartitionColumns = definition.PartitionColumns,
            Configuration = configuration,
        };
    }

    /// <summary>Whether units of a declaration can be committed beside the table's present units.</summary>
    public static bool Fits(TableDefinition definition, TableSnapshot now) =>
        now.Metadata is null || (now.Partitioning == definition.Partitioning && Misfits(definition, now).Count == 0);

    /// <summary>
    /// A declaration with the columns that the table has adopted: they stay as they are, in their order, whoever
    /// commits. One that is declared by now is adopted no more.
    /// </summary>
    private static TableDefinition Keeping(TableDefinition definition, TableSnapshot now)
    {
        var declared = definition
            .Columns.Where(c => c.Adopted is null)
            .Select(c => c.Name)
            .ToHashSet(StringComparer.Ordinal);
        LakeColumn[] kept = [.. now.Columns.Where(c => c.Adopted is not null && !declared.Contains(c.Name))];
        var added = definition.Columns.Where(c => c.Adopted is not null && !kept.Any(k => k.Name == c.Name));
        return definition with { Columns = [.. definition.Columns.Where(c => c.Adopted is null), .. kept, .. added] };
    }

    /// <summary>
    /// Whether a column that is about to be adopted has been, meanwhile and as another type: its values are to be read
    /// again, as that.
    /// </summary>
    public static bool HasRivalAdoption(TableDefinition definition, TableSnapshot now) =>
        definition.Columns.Any(c =>
            c.Adopted is not null && now.Columns.Any(n => n.Name == c.Name && n.Type != c.Type)
        );

    private static List<string> Misfits(TableDefinition definition, TableSnapshot now)
    {
        var declared = definition.AllColumns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var column in now.Columns)
        {
            if (!declared.TryGetValue(column.Name, out var wanted))
            {
                if (column.Adopted is null)
                {
                    problems.Add($"{column.Name} is in the table but no longer declared");
                }
            }
            else if (wanted.Type != column.Type && column.Adopted is { } adopted)
            {
                if (wanted.Adopted is null)
                {
                    problems.Add(
                        $"{column.Name} was adopted from the vendor's '{adopted.Field}' as {column.Type.SqlName} and is declared as {wanted.Type.SqlName}: "
                            + $"declare it as it is, or by another name and with `field: {adopted.Field}`"
                    );
                }
            }
            else if (wanted.Type != column.Type)
            {
                problems.Add(
                    $"{column.Name} is {column.Type.SqlName} in the table and declared as {wanted.Type.SqlName}"
                );
            }
        }

        problems.AddRange(
            Added(definition, now)
                .Where(c => !c.Nullable && now.HasRows)
                .Select(c => $"{c.Name} is new and must not be empty, but the rows that stand have no value for it")
        );
        return problems;
    }

    private static IEnumerable<LakeColumn> Added(TableDefinition definition, TableSnapshot now)
    {
        var standing = now.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return definition.Columns.Where(c => !standing.Contains(c.Name));
    }

    /// <summary>
    /// Columns may only be added, and the rule holds for a unit that changes no row, too: the declaration must match
    /// the table.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// A column is gone or has another type, or a new one must not be empty.
    /// </exception>
    public static void EnsureSameColumns(TableDefinition definition, TableSnapshot now)
    {
        if (now.Metadata is not null && Misfits(definition, now) is { Count: > 0 } problems)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SCHEMA_MISMATCH",
                $"{definition.Id}: {string.Join("; ", problems)}. Only new nullable columns may be added. Correct the declaration, or give what is declared another table."
            );
        }
    }

    /// <summary>
    /// Checks that the table is ours and divided as declared: a commit of units never divides a table in another way,
    /// only a replacement of its whole content may.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// The table is divided in another way than declared, or is another program's.
    /// </exception>
    public static void EnsureSamePartitioning(TableDefinition definition, TableSnapshot now)
    {
        ProtocolRules.EnsureOurs(now);
        if (now.Metadata is null || now.Partitioning == definition.Partitioning)
        {
            return;
        }

        var columns = now.Metadata.PartitionColumns;
        throw new TidemarkException(
            ErrorKind.Schema,
            "SCHEMA_MISMATCH",
            $"{definition.Id} is partitioned by {(columns.Count == 0 ? "nothing" : string.Join(", ", columns))} in the lake and declared by "
                + $"{(definition.HasDays ? string.Join(", ", definition.PartitionColumns) : "nothing")}. A table keeps its partitions: declare them as they are, "
                + "or give the table another name and fetch or build it anew. Nothing was changed."
        );
    }

    private static void EnsureKeepable(TableDefinition definition)
    {
        foreach (var name in definition.Partitioning.Within)
        {
            if (definition.Columns.All(c => c.Name != name || c.Type != LakeType.Text))
            {
                throw new ArgumentException(
                    $"{definition.Id} is divided by {definition.Partitioning}, but has no text column {name}",
                    nameof(definition)
                );
            }
        }

        if (definition.Columns.Count > ColumnsMax)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SCHEMA_TOO_WIDE",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{definition.Id} would have {definition.Columns.Count} columns; {ColumnsMax} is the most. Keep such data in rows: a name and a value."
                )
            );
        }

        if (definition.Columns.FirstOrDefault(c => c.Type.IsNested) is { } nested)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "TYPE_UNSUPPORTED",
                $"{definition.Id}: the column {nested.Name} has the nested type {nested.Type.SqlName}, which the lake cannot keep: cast it to VARCHAR."
            );
        }
    }
}
