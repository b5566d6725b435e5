using System.Buffers;
using System.Text;
using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Decoding;

/// <summary>Reads a day as days since 1970-01-01.</summary>
internal delegate bool TryReadDay(ReadOnlySpan<byte> text, out int days);

/// <summary>Reads a moment as microseconds since 1970-01-01 UTC.</summary>
internal delegate bool TryReadMoment(ReadOnlySpan<byte> text, out long microseconds);

/// <summary>
/// Reads values of JSON, or texts of cells, into columns: the hot loop of every decoder. Numbers may be text; empty
/// text, <c>--</c>, <c>NaN</c> and <c>None</c> in anything but a text column are null; any other text that does not fit
/// is an error, or null and counted where the column says so. Keeps the last day that was eight
/// digits, because an answer mostly repeats it.
/// </summary>
internal ref struct ValueReader(
    AnswerErrors errors,
    string api,
    TryReadDay tryDay,
    TryReadMoment tryMoment,
    ColumnBatch into
)
{
    /// <summary>What is kept of a value that cannot be read.</summary>
    private const int ExampleBytes = 40;

    private const int ScratchSize = 512;

    private int _row;
    private ulong _lastDayText;
    private int _lastDay;

    /// <summary>Takes the next value and appends it to its column.</summary>
    /// <param name="cursor">Stands before the value.</param>
    /// <param name="column">Where it goes; null = it is skipped.</param>
    /// <param name="dayOf">Where the day of a moment goes beside; null where no column wants it.</param>
    /// <param name="name">What the vendor calls it, for messages.</param>
    /// <param name="row">Counted from 0, for messages.</param>
    /// <param name="seen">Where to note what is skipped; null where nobody asks.</param>
    public void Read(
        ref JsonCursor cursor,
        Column? column,
        ValueColumn<int>? dayOf,
        string name,
        int row,
        NewColumn? seen = null
    )
    {
        _row = row;
        switch (column)
        {
            case null when seen is not null:
                cursor.Peek();
                NewValues.SeeJson(seen, cursor.TakeAny());
                break;
            case null:
                cursor.TakeAny();
                break;
            case ValueColumn<double> doubles:
                ReadDouble(ref cursor, doubles, name);
                break;
            case TextColumn texts:
                ReadText(ref cursor, texts, name);
                break;
            case ValueColumn<int> days:
                ReadDay(ref cursor, days, name);
                break;
            case ValueColumn<long> { Kind: ColumnKind.Long } numbers:
                ReadLong(ref cursor, numbers, name);
                break;
            case ValueColumn<long> moments:
                ReadMoment(ref cursor, moments, dayOf, name);
                break;
            case ValueColumn<byte> flags:
                ReadBoolean(ref cursor, flags, name);
                break;
        }
    }

    /// <summary>Appends a value that stands alone, as a cell of a table of texts does.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="isNull">Whether nothing is written, which is null in a text column, too.</param>
    /// <param name="column">Where it goes; null = it is skipped.</param>
    /// <param name="dayOf">Where the day of a moment goes beside; null where no column wants it.</param>
    /// <param name="name">What the answer calls it, for messages.</param>
    /// <param name="row">Counted from 0, for messages.</param>
    /// <param name="seen">Where to note what is skipped; null where nobody asks.</param>
    public void Append(
        ReadOnlySpan<byte> text,
        bool isNull,
        Column? column,
        ValueColumn<int>? dayOf,
        string name,
        int row,
        NewColumn? seen = null
    )
    {
        _row = row;
        var trimmed = text.Trim((byte)' ');
        var isAbsent = isNull || MeansAbsent(trimmed);
        switch (column)
        {
            case null when seen is not null && !isNull:
                NewValues.SeeCell(seen, trimmed);
                break;
            case TextColumn texts when isNull:
                texts.AppendNull();
                break;
            case TextColumn texts:
                texts.Append(text);
                break;
            case ValueColumn<double> doubles:
                AppendDouble(trimmed, isAbsent, doubles, name);
                break;
            case ValueColumn<int> days:
                AppendDay(trimmed, isAbsent, days, name);
                break;
            case ValueColumn<long> { Kind: ColumnKind.Long } numbers:
                AppendLong(trimmed, isAbsent, numbers, name);
                break;
            case ValueColumn<long> moments:
                AppendMoment(trimmed, isAbsent, moments, dayOf, name);
                break;
            case ValueColumn<byte> flags:
                AppendBoolean(trimmed, isAbsent, flags, name);
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
                Refuse(cursor.Since(start), column, name);
                return;
            }

            column.Append(value);
        }
        else
        {
            var text = TakeScalar(ref cursor, out var isAbsent);
            AppendDouble(text, isAbsent, column, name);
        }
    }

    private readonly void AppendDouble(ReadOnlySpan<byte> text, bool isAbsent, ValueColumn<double> column, string name)
    {
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
            Refuse(text, column, name);
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
            case (byte)'[' or (byte)'{':
                Refuse(cursor.TakeAny(), column, name);
                break;
            default:
                // A number or a truth value in a text column (is_pub): as it is written.
                var other = TakeScalar(ref cursor, out var isAbsent);
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

        var value = TakeScalar(ref cursor, out var isAbsent);
        AppendDay(value, isAbsent, column, name);
    }

    private readonly void AppendDay(ReadOnlySpan<byte> value, bool isAbsent, ValueColumn<int> column, string name)
    {
        if (isAbsent)
        {
            column.AppendNull();
        }
        else if (
            tryDay(value, out var day)
            || (DecimalNumber.TryParse(value, out long number) && DayText.TryFromNumber(number, out day))
        )
        {
            column.Append(day);
        }
        else
        {
            Refuse(value, column, name);
        }
    }

    private readonly void ReadLong(ref JsonCursor cursor, ValueColumn<long> column, string name)
    {
        var text = TakeScalar(ref cursor, out var isAbsent);
        AppendLong(text, isAbsent, column, name);
    }

    private readonly void AppendLong(ReadOnlySpan<byte> text, bool isAbsent, ValueColumn<long> column, string name)
    {
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
            Refuse(text, column, name);
        }
    }

    private readonly void ReadMoment(
        ref JsonCursor cursor,
        ValueColumn<long> column,
        ValueColumn<int>? dayOf,
        string name
    )
    {
        var text = TakeScalar(ref cursor, out var isAbsent);
        AppendMoment(text, isAbsent, column, dayOf, name);
    }

    private readonly void AppendMoment(
        ReadOnlySpan<byte> text,
        bool isAbsent,
        ValueColumn<long> column,
        ValueColumn<int>? dayOf,
        string name
    )
    {
        if (isAbsent)
        {
            column.AppendNull();
            dayOf?.AppendNull();
        }
        else if (tryMoment(text, out var microseconds))
        {
            column.Append(microseconds);
            dayOf?.Append(DayText.DayOf(microseconds));
        }
        else
        {
            Refuse(text, column, name, dayOf);
        }
    }

    private readonly void ReadBoolean(ref JsonCursor cursor, ValueColumn<byte> column, string name)
    {
        var text = TakeScalar(ref cursor, out var isAbsent);
        AppendBoolean(text, isAbsent, column, name);
    }

    private readonly void AppendBoolean(ReadOnlySpan<byte> text, bool isAbsent, ValueColumn<byte> column, string name)
    {
        if (isAbsent)
        {
            column.AppendNull();
        }
        else if (Ascii.EqualsIgnoreCase(text, "true"u8))
        {
            column.Append(1);
        }
        else if (Ascii.EqualsIgnoreCase(text, "false"u8))
        {
            column.Append(0);
        }
        else if (DecimalNumber.TryParse(text, out long value) && value is 0 or 1)
        {
            column.Append((byte)value);
        }
        else
        {
            Refuse(text, column, name);
        }
    }

    /// <summary>
    /// Takes a number, text or truth value as trimmed text. Arrays and objects are no values: as they are written.
    /// </summary>
    private static ReadOnlySpan<byte> TakeScalar(ref JsonCursor cursor, out bool isAbsent)
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
                return cursor.TakeAny();
            case var first when IsNumberStart(first):
                var start = cursor.Position;
                cursor.TakeNumber();
                return cursor.Since(start);
            default:
                throw cursor.NotAValue();
        }
    }

    /// <summary>A value that is not of its column's kind: null where that is declared, else an error.</summary>
    private readonly void Refuse(ReadOnlySpan<byte> text, Column column, string name, ValueColumn<int>? dayOf = null)
    {
        if (
            !into.DefinitionOf(column).UnreadableIsNull
            || (dayOf is not null && !into.DefinitionOf(dayOf).UnreadableIsNull)
        )
        {
            throw errors.Value(api, name, _row, text, column.Kind);
        }

        var example = column.UnreadableExample ?? Excerpt.Of(text, ExampleBytes);
        column.AppendUnreadable(example);
        dayOf?.AppendUnreadable(example);
    }

    /// <summary>Whether a text says that there is no value, in anything but a column of texts.</summary>
    internal static bool MeansAbsent(ReadOnlySpan<byte> text) =>
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
