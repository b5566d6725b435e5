using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// One column of the current chunk, with its numbers copied out: reading native memory for each cell would cost more
/// than writing the cell.
/// </summary>
internal sealed class ReplayColumn
{
    private readonly double[] _doubles = new double[DataChunk.Capacity];
    private readonly long[] _longs = new long[DataChunk.Capacity];
    private readonly ulong[] _validity = new ulong[(DataChunk.Capacity + 63) / 64];
    private Vector? _vector;
    private LogicalKind _kind;
    private bool _anyNull;

    /// <summary>Loads the next chunk's column, which is valid until the chunk is gone.</summary>
    public void Take(Vector vector, int rows)
    {
        _vector = vector;
        _kind = vector.Type.Kind;
        var validity = vector.Validity(rows);
        _anyNull = !validity.IsEmpty;
        validity.CopyTo(_validity);
        if (_kind == LogicalKind.Double)
        {
            vector.Values<double>(rows).CopyTo(_doubles);
        }
        else if (_kind == LogicalKind.BigInt)
        {
            vector.Values<long>(rows).CopyTo(_longs);
        }
    }

    public void Write(JsonRowWriter writer, int row)
    {
        if (_anyNull && (_validity[row >> 6] & (1UL << (row & 63))) == 0)
        {
            writer.Null();
            return;
        }

        switch (_kind)
        {
            case LogicalKind.Double:
                writer.Double(_doubles[row]);
                break;
            case LogicalKind.BigInt:
                writer.Integer(_longs[row]);
                break;
            default:
                writer.Text(_vector!.Text(row));
                break;
        }
    }
}
