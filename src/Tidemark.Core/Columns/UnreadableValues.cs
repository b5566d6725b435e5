namespace Tidemark.Core.Columns;

/// <summary>
/// The rows of a column at which a vendor sent something that is not of its kind. A column without any has none of it.
/// </summary>
internal sealed class UnreadableValues(string example)
{
    private readonly List<int> _rows = [];

    public int Count => _rows.Count;

    /// <summary>One of them, shortened.</summary>
    public string Example { get; } = example;

    /// <summary>Adds a row behind those that it has.</summary>
    public void Add(int row) => _rows.Add(row);

    public bool Has(int row) => _rows.BinarySearch(row) >= 0;

    /// <summary>Forgets all from a row on; false when none is left.</summary>
    public bool Truncate(int rows)
    {
        var at = _rows.BinarySearch(rows);
        at = at < 0 ? ~at : at;
        _rows.RemoveRange(at, _rows.Count - at);
        return at > 0;
    }
}
