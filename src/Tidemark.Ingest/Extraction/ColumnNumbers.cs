using System.Numerics;
using Tidemark.Core.Columns;

namespace Tidemark.Ingest.Extraction;

/// <summary>A column of numbers, whichever kind it has. An absent value is 0.</summary>
internal readonly ref struct ColumnNumbers(Column column)
{
    private readonly ReadOnlySpan<double> _doubles = column is ValueColumn<double> d ? d.Values : default;
    private readonly ReadOnlySpan<long> _longs = column is ValueColumn<long> l ? l.Values : default;

    /// <summary>Whether <see cref="From"/> may be used: several rows at once cost what one does.</summary>
    public bool IsWide => _longs.IsEmpty;

    public double this[int row] => _doubles.Length > row ? _doubles[row] : _longs[row];

    /// <summary>The values of as many rows as a vector has, from one on.</summary>
    public Vector<double> From(int row) => new(_doubles[row..]);
}
