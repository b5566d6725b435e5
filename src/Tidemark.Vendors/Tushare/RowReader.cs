using System.Buffers;
using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>Reads <c>items</c>: the hot loop. Keeps the last day, because a page mostly repeats it.</summary>
internal ref struct RowReader(string api, AnswerField[] fields, ColumnBatch into, long rowBytesMax)
{
    private const int ScratchSize = 512;
    private const int RowsBetweenChecks = 1024;

    /// <summary>What a row of a column that is absent will take: the widest value that has a width.</summary>
    private const int AbsentWidth = 8;

    private int _rows;
    private ulong _lastDayText;
    private int _lastDay;

    /// <summary>Takes the array of rows, appends them, and returns how many they are.</summary>
    public int Read(ref JsonCursor cursor)
    {
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
        {
            ReadRow(ref cursor);
            if (++_rows % RowsBetweenChecks == 0)
            {
                EnsureRoom();
            }
        }

        EnsureRoom();
        FillOptional();
        return _rows;
    }

    /// <summary>
    /// Also counts the columns that are still to be filled: a row of one byte can stand for many absent values.
    /// </summary>
    private readonly void EnsureRoom()
    {
        var absent = Math.Max(0, into.Columns.Count - fields.Length);
        if (into.ByteCount + ((long)_rows * absent * AbsentWidth) > rowBytesMax)
        {
            throw TushareErrors.RowsTooLarge(api, rowBytesMax);
        }
    }

    /// <summary>Optional columns that the answer left out are null in every row.</summary>
    private readonly void FillOptional()
    {
        foreach (var column in into.Columns)
        {
            var isFilled = Array.Exists(
                fields,
                field => ReferenceEquals(field.Column, column) || ReferenceEquals(field.Day, column)
            );
            for (var row = 0; row < _rows && !isFilled; row++)
            {
                column.AppendNull();
            }
        }
    }

    private void ReadRow(ref JsonCursor cursor)
    {
        if (cursor.Peek() != '[')
        {
            throw TushareErrors.RowShape(api, _rows, "is not an array");
        }

        cursor.Position++;
        for (var i = 0; i < fields.Length; i++)
        {
            if (cursor.Peek() == ']')
            {
                throw TushareErrors.RowShape(api, _rows, $"has {i} values for {fields.Length} columns");
            }

            if (i > 0)
            {
                cursor.Take((byte)',');
            }

            ReadValue(ref cursor, in fields[i]);
        }

        if (cursor.TryTake((byte)']'))
        {
            return;
        }

        if (cursor.Peek() == ',')
        {
            throw TushareErrors.RowShape(api, _rows, $"has more values than its {fields.Length} columns");
        }

        cursor.Fail(']');
    }

    private void ReadValue(ref JsonCursor cursor, in AnswerField field)
    {
        switch (field.Column)
        {
            case null:
                cursor.TakeAny();
                break;
            case ValueColumn<double> doubles:
                ReadDouble(ref cursor, doubles, field.Name);
                break;
            case TextColumn texts:
                ReadText(ref cursor, texts, field.Name);
                break;
            case ValueColumn<int> days:
                ReadDay(ref cursor, days, field.Name);
                break;
            case ValueColumn<long> { Kind: ColumnKind.Long } numbers:
                ReadLong(ref cursor, numbers, field.Name);
                break;
            case ValueColumn<long> moments:
                ReadMoment(ref cursor, moments, in field);
                break;
            case ValueColumn<byte> flags:
                ReadBoolean(ref cursor, flags, field.Name);
                break;
        }
    }

    private readonly void ReadDouble(ref JsonCursor cursor, ValueColumn<double> column, string name)
    {
        var first = cursor.Peek();
        if (IsNumberStart(first))
        {
            var start = cursor.Position;
            var value = cursor.TakeNumber();
            if (!double.IsFinite(value))
            {
                throw TushareErrors.Value(api, name, _rows, cursor.Since(start), ColumnKind.Double);
            }

            column.Append(value);
        }
        else
        {
            var text = TakeScalar(ref cursor, name, ColumnKind.Double, out var isAbsent);
            if (isAbsent)
            {
                column.AppendNull();
            }
            else if (DecimalNumber.TryParse(text, out double value) && double.IsFinite(value))
            {
                column.Append(value);
            }
            else
            {
                throw TushareErrors.Value(api, name, _rows, text, ColumnKind.Double);
            }
        }
    }

    private readonly void ReadText(ref JsonCursor cursor, TextColumn column, string name)
    {
        switch (cursor.Peek())
        {
            case (byte)'"':
                var text = cursor.TakeString(out var hasEscapes);
                if (hasEscapes)
                {
                    AppendUnescaped(column, text);
                }
                else
                {
                    column.Append(text);
                }

                break;
            default:
                // A number or a truth value in a text column (is_pub): as it is written.
                var other = TakeScalar(ref cursor, name, ColumnKind.Text, out var isAbsent);
                if (isAbsent)
                {
                    column.AppendNull();
                }
                else
                {
                    column.Append(other);
                }

                break;
        }
    }

    private void ReadDay(ref JsonCursor cursor, ValueColumn<int> column, string name)
    {
        if (cursor.TryPeekEight(out var text) && (text == _lastDayText || TryLearn(text)))
        {
            cursor.Position += 10;
            column.Append(_lastDay);
            return;
        }

        var value = TakeScalar(ref cursor, name, ColumnKind.Date, out var isAbsent);
        if (isAbsent)
        {
            column.AppendNull();
        }
        else if (
            DayText.TryParse(value, out var day)
            || (DecimalNumber.TryParse(value, out long number) && DayText.TryFromNumber(number, out day))
        )
        {
            column.Append(day);
        }
        else
        {
            throw TushareErrors.Value(api, name, _rows, value, ColumnKind.Date);
        }
    }

    private readonly void ReadLong(ref JsonCursor cursor, ValueColumn<long> column, string name)
    {
        var text = TakeScalar(ref cursor, name, ColumnKind.Long, out var isAbsent);
        if (isAbsent)
        {
            column.AppendNull();
        }
        else if (DecimalNumber.TryParse(text, out long value))
        {
            column.Append(value);
        }
        else
        {
            throw TushareErrors.Value(api, name, _rows, text, ColumnKind.Long);
        }
    }

    private readonly void ReadMoment(ref JsonCursor cursor, ValueColumn<long> column, in AnswerField field)
    {
        var text = TakeScalar(ref cursor, field.Name, ColumnKind.Timestamp, out var isAbsent);
        if (isAbsent)
        {
            column.AppendNull();
            field.Day?.AppendNull();
        }
        else if (DayText.TryParseMoment(text, out var microseconds))
        {
            column.Append(microseconds);
            field.Day?.Append(DayText.DayOf(microseconds));
        }
        else
        {
            throw TushareErrors.Value(api, field.Name, _rows, text, ColumnKind.Timestamp);
        }
    }

    private readonly void ReadBoolean(ref JsonCursor cursor, ValueColumn<byte> column, string name)
    {
        var text = TakeScalar(ref cursor, name, ColumnKind.Boolean, out var isAbsent);
        if (isAbsent)
        {
            column.AppendNull();
        }
        else if (text.SequenceEqual("true"u8))
        {
            column.Append(1);
        }
        else if (text.SequenceEqual("false"u8))
        {
            column.Append(0);
        }
        else if (DecimalNumber.TryParse(text, out long value) && value is 0 or 1)
        {
            column.Append((byte)value);
        }
        else
        {
            throw TushareErrors.Value(api, name, _rows, text, ColumnKind.Boolean);
        }
    }

    /// <summary>Takes a number, text or truth value as trimmed text; arrays and objects are no values.</summary>
    private readonly ReadOnlySpan<byte> TakeScalar(
        ref JsonCursor cursor,
        string name,
        ColumnKind kind,
        out bool isAbsent
    )
    {
        isAbsent = false;
        switch (cursor.Peek())
        {
            case (byte)'"':
                var text = cursor.TakeString(out var hasEscapes);
                text = (hasEscapes ? JsonText.Unescape(text) : text).Trim((byte)' ');
                isAbsent = MeansAbsent(text);
                return text;
            case (byte)'n':
                cursor.TakeLiteral("null"u8);
                isAbsent = true;
                return default;
            case (byte)'N':
                // Not JSON, but what Python's encoder writes for a missing number.
                cursor.TakeLiteral("NaN"u8);
                isAbsent = true;
                return default;
            case (byte)'t':
                cursor.TakeLiteral("true"u8);
                return "true"u8;
            case (byte)'f':
                cursor.TakeLiteral("false"u8);
                return "false"u8;
            case (byte)'[' or (byte)'{':
                throw TushareErrors.Value(api, name, _rows, cursor.TakeAny(), kind);
            case var first when IsNumberStart(first):
                var start = cursor.Position;
                cursor.TakeNumber();
                return cursor.Since(start);
            default:
                throw cursor.NotAValue();
        }
    }

    private static bool MeansAbsent(ReadOnlySpan<byte> text) =>
        text.Length <= 4
        && (
            text.IsEmpty
            || text.SequenceEqual("--"u8)
            || Ascii.EqualsIgnoreCase(text, "nan"u8)
            || text.SequenceEqual("None"u8)
        );

    private static bool IsNumberStart(byte first) => first - (uint)'0' <= 9 || first == '-';

    private bool TryLearn(ulong text)
    {
        if (!DayText.TryParse(text, out var day))
        {
            return false;
        }

        _lastDayText = text;
        _lastDay = day;
        return true;
    }

    private static void AppendUnescaped(TextColumn column, ReadOnlySpan<byte> raw)
    {
        byte[]? rented = null;
        var scratch =
            raw.Length <= ScratchSize ? stackalloc byte[ScratchSize] : rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            column.Append(scratch[..JsonText.Unescape(raw, scratch)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
