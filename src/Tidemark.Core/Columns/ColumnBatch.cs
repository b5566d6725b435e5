namespace Tidemark.Core.Columns;

/// <summary>
/// Rows kept column by column, as they travel from a vendor's answer into the lake: no object a row, no boxing.
/// The columns are in the order of the declaration that the batch was made for.
/// </summary>
public sealed class ColumnBatch
{
    public ColumnBatch(IReadOnlyList<ColumnDefinition> definitions, int capacity = 0)
    {
        Definitions = definitions;
        Columns = [.. definitions.Select(d => Column.Create(d.Kind, capacity))];
        Drift = new ColumnDrift();
    }

    private ColumnBatch(IReadOnlyList<ColumnDefinition> definitions, IReadOnlyList<Column> columns, ColumnDrift drift)
    {
        Definitions = definitions;
        Columns = columns;
        Drift = drift;
    }

    public IReadOnlyList<ColumnDefinition> Definitions { get; }

    public IReadOnlyList<Column> Columns { get; }

    /// <summary>How the columns of the answers that filled it differed from its own.</summary>
    public ColumnDrift Drift { get; }

    /// <summary>Rows in every column; only meaningful between rows.</summary>
    public int RowCount => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <summary>The bytes of all values, without room that is reserved for more.</summary>
    public long ByteCount
    {
        get
        {
            var bytes = 0L;
            foreach (var column in Columns)
            {
                bytes += column.ByteCount;
            }

            return bytes;
        }
    }

    /// <summary>The column with this name; throws ArgumentException for an unknown one.</summary>
    public Column this[string name]
    {
        get
        {
            for (var i = 0; i < Definitions.Count; i++)
            {
                if (Definitions[i].Name == name)
                {
                    return Columns[i];
                }
            }

            throw new ArgumentException($"The batch has no column '{name}'", nameof(name));
        }
    }

    /// <summary>The definition of one of the columns.</summary>
    public ColumnDefinition DefinitionOf(Column column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (ReferenceEquals(Columns[i], column))
            {
                return Definitions[i];
            }
        }

        throw new ArgumentException("The column is of another batch", nameof(column));
    }

    /// <summary>The same columns, not copied, and one more, which must have as many rows.</summary>
    public ColumnBatch With(ColumnDefinition definition, Column column) =>
        new([.. Definitions, definition], [.. Columns, column], Drift);

    /// <summary>A batch without rows of the same columns, which notes their drift here, too.</summary>
    public ColumnBatch Beside() => new(Definitions, [.. Columns.Select(c => Column.Create(c.Kind))], Drift);

    /// <summary>The same columns, not copied, but for those of some names.</summary>
    public ColumnBatch Without(IReadOnlyList<string> names)
    {
        int[] kept = [.. Enumerable.Range(0, Columns.Count).Where(i => !names.Contains(Definitions[i].Name))];
        return new([.. kept.Select(i => Definitions[i])], [.. kept.Select(i => Columns[i])], Drift);
    }

    /// <summary>
    /// Forgets all rows from <paramref name="rows"/> on in every column, also where a row was only begun.
    /// </summary>
    public void Truncate(int rows)
    {
        foreach (var column in Columns)
        {
            column.Truncate(rows);
        }
    }

    public void Clear()
    {
        Drift.Clear();
        foreach (var column in Columns)
        {
            column.Clear();
        }
    }
}
