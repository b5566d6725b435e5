namespace Tidemark.Core.Columns;

/// <summary>
/// The values of one column of a <see cref="ColumnBatch"/>. Append-only, reusable after <see cref="Clear"/>, not
/// thread-safe.
/// </summary>
public abstract class Column
{
    private Validity _validity;
    private UnreadableValues? _unreadable;

    private protected Column(ColumnKind kind, int capacity)
    {
        Kind = kind;
        _validity = new Validity(capacity);
    }

    public ColumnKind Kind { get; }

    public int Count { get; private set; }

    public int NullCount => _validity.NullCount;

    /// <summary>How many of the absent values were sent and are not of the column's kind.</summary>
    public int UnreadableCount => _unreadable?.Count ?? 0;

    /// <summary>One of those, shortened; null where there is none.</summary>
    public string? UnreadableExample => _unreadable?.Example;

    /// <summary>One bit a row, lowest first, 1 = not null.</summary>
    public ReadOnlySpan<ulong> ValidityWords => _validity.Words;

    /// <summary>The bytes of the values, without room that is reserved for more.</summary>
    public abstract long ByteCount { get; }

    public bool IsNull(int row) => _validity.IsNull(row);

    /// <summary>Appends an absent value.</summary>
    public abstract void AppendNull();

    /// <summary>Appends an absent value that was sent and is not of the column's kind.</summary>
    /// <param name="example">It, shortened; only the first one is kept.</param>
    public void AppendUnreadable(string example)
    {
        (_unreadable ??= new UnreadableValues(example)).Add(Count);
        AppendNull();
    }

    /// <summary>Appends the value (or its absence) at a row of a column of the same kind.</summary>
    public abstract void AppendFrom(Column source, int row);

    /// <summary>Whether two rows hold the same value; two absent values are the same.</summary>
    public abstract bool SameValue(int left, int right);

    /// <summary>Forgets all rows and keeps the memory.</summary>
    public virtual void Clear()
    {
        _validity.Clear();
        _unreadable = null;
        Count = 0;
    }

    /// <summary>
    /// Forgets all rows from <paramref name="rows"/> on, so that a page that turned out bad leaves nothing behind.
    /// </summary>
    public void Truncate(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (rows < Count)
        {
            _validity.Truncate(rows, Count);
            _unreadable = _unreadable?.Truncate(rows) == true ? _unreadable : null;
            Count = rows;
        }
    }

    public static Column Create(ColumnKind kind, int capacity = 0) =>
        kind switch
        {
            ColumnKind.Text => new TextColumn(capacity),
            ColumnKind.Date => new ValueColumn<int>(kind, capacity),
            ColumnKind.Timestamp or ColumnKind.Long => new ValueColumn<long>(kind, capacity),
            ColumnKind.Double => new ValueColumn<double>(kind, capacity),
            ColumnKind.Boolean => new ValueColumn<byte>(kind, capacity),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown column kind"),
        };

    /// <summary>Appends the absence at a row of a column, with what is known of it.</summary>
    private protected void AppendAbsence(Column source, int row)
    {
        if (source._unreadable is { } unreadable && unreadable.Has(row))
        {
            AppendUnreadable(unreadable.Example);
        }
        else
        {
            AppendNull();
        }
    }

    private protected int Advance(bool isValid)
    {
        _validity.Add(Count, isValid);
        return Count++;
    }
}
