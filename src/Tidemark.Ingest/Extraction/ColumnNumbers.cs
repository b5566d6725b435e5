using Tidemark.Core.Columns;

namespace Tidemark.Ingest.Extraction;

/// <summary>A column of numbers, whichever kind it has. An absent value is 0.</summary>
internal readonly ref struct ColumnNumbers(Column column)
{
    private readonly ReadOnlySpan<double> _doubles = column is ValueColumn<double> d ? d.Values : default;
    private readonly ReadOnlySpan<long> _longs = column is ValueColumn<long> l ? l.Values : default;

    public double this[int row] => _doubles.Length > row ? _doubles[row] : _longs[row];
}
