using System.Text;
using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Reads an array of objects, or an object a line: the hot loop. Members are expected in the order of the first row's.
/// </summary>
internal ref struct ObjectReader(
    ObjectFormat format,
    string api,
    ReadOnlySpan<byte> body,
    ColumnBatch into,
    long rowBytesMax
)
{
    private const int RowsBetweenChecks = 1024;

    private readonly ReadOnlySpan<byte> _body = body;
    private ValueReader _values = new(format.Errors, api, format.TryDay, format.TryMoment, into);
    private byte[][] _names = [];
    private AnswerField[] _fields = [];

    /// <summary>By column, the row in which it came last, counted from 1.</summary>
    private int[] _seen = [];

    private int _rows;

    /// <summary>Appends all rows and returns how many they are.</summary>
    public int Read()
    {
        var cursor = new JsonCursor(_body, _body.StartsWith("\uFEFF"u8) ? 3 : 0);
        if (cursor.Peek() == '{')
        {
            ReadLines(ref cursor);
        }
        else
        {
            cursor.Take((byte)'[');
            for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
            {
                ReadNext(ref cursor);
            }

            cursor.ExpectEnd();
        }

        EnsureRoom();
        AnswerField.FillAbsent(_fields, into, _rows);
        return _rows;
    }

    private void ReadLines(ref JsonCursor cursor)
    {
        if (!format.AllowsLines)
        {
            throw format.Errors.Envelope(api, "it is an object, not an array of rows");
        }

        while (!cursor.IsAtEnd())
        {
            ReadNext(ref cursor);
        }
    }

    private void ReadNext(ref JsonCursor cursor)
    {
        if (_rows == 0)
        {
            Learn(cursor);
        }

        ReadRow(ref cursor);
        if (++_rows % RowsBetweenChecks == 0)
        {
            EnsureRoom();
        }
    }

    private void Learn(JsonCursor cursor)
    {
        _names = [.. ObjectDecoder.TakeNames(format.Errors, api, cursor)];
        _fields = AnswerField.Match(format.Errors, api, [.. _names.Select(Encoding.UTF8.GetString)], into);
        _seen = new int[_names.Length];
    }

    private void ReadRow(ref JsonCursor cursor)
    {
        if (cursor.Peek() != '{')
        {
            throw format.Errors.RowShape(api, _rows, "is not an object");
        }

        cursor.Position++;
        var members = 0;
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var at = Place(cursor.TakeName(), members);
            _seen[at] = _rows + 1;
            members++;
            ref readonly var field = ref _fields[at];
            _values.Read(ref cursor, field.Column, field.Day, field.Name, _rows, field.Seen);
        }

        if (members != _names.Length)
        {
            throw format.Errors.RowShape(api, _rows, $"has {members} members, but the first has {_names.Length}");
        }
    }

    /// <summary>The position of a member among the first row's; nearly always the one that is expected.</summary>
    private readonly int Place(ReadOnlySpan<byte> name, int expected)
    {
        if (expected < _names.Length && name.SequenceEqual(_names[expected]) && _seen[expected] <= _rows)
        {
            return expected;
        }

        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
            {
                return _seen[i] <= _rows
                    ? i
                    : throw format.Errors.RowShape(
                        api,
                        _rows,
                        $"has '{Excerpt.Of(name, AnswerField.NameBytesMax)}' twice"
                    );
            }
        }

        throw format.Errors.RowShape(
            api,
            _rows,
            $"has '{Excerpt.Of(name, AnswerField.NameBytesMax)}', which the first does not have"
        );
    }

    private readonly void EnsureRoom()
    {
        if (into.ByteCount > rowBytesMax)
        {
            throw format.Errors.RowsTooLarge(api, rowBytesMax);
        }
    }
}
