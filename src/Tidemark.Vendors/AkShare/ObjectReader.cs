using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.AkShare;

/// <summary>Reads an array of objects: the hot loop. Members are expected in the order of the first row's.</summary>
internal ref struct ObjectReader(string api, ReadOnlySpan<byte> body, ColumnBatch into, long rowBytesMax)
{
    private const int RowsBetweenChecks = 1024;

    private readonly ReadOnlySpan<byte> _body = body;
    private ValueReader _values = new(AkShareErrors.Answer, api, AkShareDays.TryDay, AkShareDays.TryMoment);
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
            throw AkShareErrors.Answer.Envelope(api, "it is an object, not an array of rows");
        }

        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
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

        cursor.ExpectEnd();
        EnsureRoom();
        FillOptional();
        return _rows;
    }

    private void Learn(JsonCursor cursor)
    {
        _names = [.. AkShareDecoder.TakeNames(api, cursor)];
        _fields = AnswerField.Match(AkShareErrors.Answer, api, [.. _names.Select(Encoding.UTF8.GetString)], into);
        _seen = new int[_names.Length];
    }

    private void ReadRow(ref JsonCursor cursor)
    {
        if (cursor.Peek() != '{')
        {
            throw AkShareErrors.Answer.RowShape(api, _rows, "is not an object");
        }

        cursor.Position++;
        var members = 0;
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var at = Place(cursor.TakeName(), members);
            _seen[at] = _rows + 1;
            members++;
            ref readonly var field = ref _fields[at];
            _values.Read(ref cursor, field.Column, field.Day, field.Name, _rows);
        }

        if (members != _names.Length)
        {
            throw AkShareErrors.Answer.RowShape(
                api,
                _rows,
                $"has {members} members, but the first has {_names.Length}"
            );
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
                    : throw AkShareErrors.Answer.RowShape(
                        api,
                        _rows,
                        $"has '{Excerpt.Of(name, AnswerField.NameBytesMax)}' twice"
                    );
            }
        }

        throw AkShareErrors.Answer.RowShape(
            api,
            _rows,
            $"has '{Excerpt.Of(name, AnswerField.NameBytesMax)}', which the first does not have"
        );
    }

    private readonly void EnsureRoom()
    {
        if (into.ByteCount > rowBytesMax)
        {
            throw AkShareErrors.Answer.RowsTooLarge(api, rowBytesMax);
        }
    }

    /// <summary>Optional columns that the answer left out are null in every row.</summary>
    private readonly void FillOptional()
    {
        foreach (var column in into.Columns)
        {
            var isFilled = Array.Exists(
                _fields,
                field => ReferenceEquals(field.Column, column) || ReferenceEquals(field.Day, column)
            );
            for (var row = 0; row < _rows && !isFilled; row++)
            {
                column.AppendNull();
            }
        }
    }
}
