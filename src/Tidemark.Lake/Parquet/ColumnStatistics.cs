using System.Buffers.Binary;
using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Columns;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// The least and the greatest value of a column for Parquet's footer and Delta's log; both null when there is none.
/// </summary>
internal readonly record struct ColumnStatistics(
    long NullCount,
    byte[]? Min,
    byte[]? Max,
    string? MinText,
    string? MaxText
)
{
    // Longer bounds would have to be cut, and flagged as cut.
    private const int MaxTextLength = 64;
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    public static ColumnStatistics Of(Column column, int start, int count) =>
        column switch
        {
            TextColumn text => OfTexts(text, start, count),
            ValueColumn<double> doubles => OfDoubles(doubles, start, count),
            ValueColumn<long> longs => OfLongs(longs, start, count),
            ValueColumn<int> days => OfDays(days, start, count),
            _ => new ColumnStatistics(Nulls(column, start, count), null, null, null, null),
        };

    /// <summary>The statistics of a column in a whole file, from those of its row groups.</summary>
    /// <remarks>
    /// When a row group has values and no bounds (a NaN, or a text that is too long), the file has none either.
    /// </remarks>
    public static ColumnStatistics OfAll(Column column, IReadOnlyList<RowGroup> groups, int number)
    {
        var all = default(ColumnStatistics);
        var isBounded = true;
        foreach (var group in groups)
        {
            var one = group.Chunks[number].Statistics;
            isBounded &= one.Min is not null || one.NullCount == group.Rows;
            var isLess = one.Min is not null && (all.Min is null || Compare(column, one.Min, all.Min) < 0);
            var isMore = one.Max is not null && (all.Max is null || Compare(column, one.Max, all.Max) > 0);
            all = new ColumnStatistics(
                all.NullCount + one.NullCount,
                isLess ? one.Min : all.Min,
                isMore ? one.Max : all.Max,
                isLess ? one.MinText : all.MinText,
                isMore ? one.MaxText : all.MaxText
            );
        }

        return isBounded ? all : new ColumnStatistics(all.NullCount, null, null, null, null);
    }

    private static int Compare(Column column, byte[] left, byte[] right) =>
        column switch
        {
            ValueColumn<double> => BitConverter.ToDouble(left).CompareTo(BitConverter.ToDouble(right)),
            ValueColumn<long> => BitConverter.ToInt64(left).CompareTo(BitConverter.ToInt64(right)),
            ValueColumn<int> => BitConverter.ToInt32(left).CompareTo(BitConverter.ToInt32(right)),
            _ => left.AsSpan().SequenceCompareTo(right),
        };

    public static long Nulls(Column column, int start, int count)
    {
        if (column.NullCount == 0)
        {
            return 0;
        }

        var nulls = 0;
        for (var row = start; row < start + count; row++)
        {
            nulls += column.IsNull(row) ? 1 : 0;
        }

        return nulls;
    }

    private static ColumnStatistics OfTexts(TextColumn column, int start, int count)
    {
        var min = -1;
        var max = -1;
        for (var row = start; row < start + count; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            var text = column[row];
            if (min < 0 || text.SequenceCompareTo(column[min]) < 0)
            {
                min = row;
            }

            if (max < 0 || text.SequenceCompareTo(column[max]) > 0)
            {
                max = row;
            }
        }

        var nulls = Nulls(column, start, count);
        if (min < 0 || column[min].Length > MaxTextLength || column[max].Length > MaxTextLength)
        {
            return new ColumnStatistics(nulls, null, null, null, null);
        }

        return new ColumnStatistics(
            nulls,
            column[min].ToArray(),
            column[max].ToArray(),
            System.Text.Encoding.UTF8.GetString(column[min]),
            System.Text.Encoding.UTF8.GetString(column[max])
        );
    }

    private static ColumnStatistics OfDoubles(ValueColumn<double> column, int start, int count)
    {
        var min = double.PositiveInfinity;
        var max = double.NegativeInfinity;
        var hasNaN = false;
        var values = column.Values.Slice(start, count);
        for (var i = 0; i < values.Length; i++)
        {
            // A null's place holds 0, which must not become a bound.
            var value = values[i];
            if (column.NullCount > 0 && column.IsNull(start + i))
            {
                continue;
            }

            min = value < min ? value : min;
            max = value > max ? value : max;
            hasNaN |= double.IsNaN(value);
        }

        // Some engines (DuckDB, Spark) treat NaN as the greatest value, others ignore it: no bound is right for both.
        var nulls = Nulls(column, start, count);
        if (min > max || hasNaN)
        {
            return new ColumnStatistics(nulls, null, null, null, null);
        }

        // By the format's rule a bound of zero covers both zeros.
        min = min == 0 ? -0.0 : min;
        max = max == 0 ? 0.0 : max;
        return new ColumnStatistics(
            nulls,
            Bytes(BitConverter.DoubleToInt64Bits(min)),
            Bytes(BitConverter.DoubleToInt64Bits(max)),
            min.ToString("R", CultureInfo.InvariantCulture),
            max.ToString("R", CultureInfo.InvariantCulture)
        );
    }

    private static ColumnStatistics OfLongs(ValueColumn<long> column, int start, int count)
    {
        var (min, max, found) = Bounds(column, start, count);
        var nulls = Nulls(column, start, count);
        return !found
            ? new ColumnStatistics(nulls, null, null, null, null)
            : new ColumnStatistics(
                nulls,
                Bytes(min),
                Bytes(max),
                min.ToString(CultureInfo.InvariantCulture),
                max.ToString(CultureInfo.InvariantCulture)
            );
    }

    private static ColumnStatistics OfDays(ValueColumn<int> column, int start, int count)
    {
        var (min, max, found) = Bounds(column, start, count);
        var nulls = Nulls(column, start, count);
        return !found
            ? new ColumnStatistics(nulls, null, null, null, null)
            : new ColumnStatistics(nulls, Bytes(min), Bytes(max), Day(min), Day(max));
    }

    private static (T Min, T Max, bool Found) Bounds<T>(ValueColumn<T> column, int start, int count)
        where T : unmanaged, IComparable<T>
    {
        T min = default;
        T max = default;
        var found = false;
        var values = column.Values.Slice(start, count);
        for (var i = 0; i < values.Length; i++)
        {
            if (column.NullCount > 0 && column.IsNull(start + i))
            {
                continue;
            }

            min = !found || values[i].CompareTo(min) < 0 ? values[i] : min;
            max = !found || values[i].CompareTo(max) > 0 ? values[i] : max;
            found = true;
        }

        return (min, max, found);
    }

    private static byte[] Bytes(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static string Day(int days) => DateOnly.FromDayNumber(days + s_epochDay).ToIso();
}
