namespace Tidemark.Core.Columns;

/// <summary>
/// How the columns of answers differed from those that were asked for, by the vendor's names. Not thread-safe.
/// </summary>
public sealed class ColumnDrift
{
    /// <summary>An answer that makes names up must not fill the memory.</summary>
    private const int NamesMax = 64;

    private readonly SortedSet<string> _new = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _absent = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, NewColumn> _watched = new(StringComparer.Ordinal);

    /// <summary>Whether the values of columns that nobody asked for are looked at.</summary>
    public bool IsWatching { get; set; }

    /// <summary>What is seen of the columns that nobody asked for; empty where it is not looked.</summary>
    public IReadOnlyCollection<NewColumn> Watched => _watched.Values;

    /// <summary>Columns that nobody asked for; their values were passed over.</summary>
    public IReadOnlyCollection<string> New => _new;

    /// <summary>Optional columns that an answer lacked; their values are null.</summary>
    public IReadOnlyCollection<string> Absent => _absent;

    /// <summary>Adds what one answer differs in.</summary>
    public void Note(IReadOnlyList<string> added, IReadOnlyList<string> absent)
    {
        Add(_new, added);
        Add(_absent, absent);
    }

    /// <summary>Where to note what is seen of such a column; null where nobody looks.</summary>
    public NewColumn? Watch(string name)
    {
        if (IsWatching && !_watched.ContainsKey(name) && _watched.Count < NamesMax)
        {
            _watched[name] = new NewColumn(name);
        }

        return _watched.GetValueOrDefault(name);
    }

    internal void Clear()
    {
        IsWatching = false;
        _watched.Clear();
        _new.Clear();
        _absent.Clear();
    }

    private static void Add(SortedSet<string> to, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count && to.Count < NamesMax; i++)
        {
            to.Add(names[i]);
        }
    }
}
