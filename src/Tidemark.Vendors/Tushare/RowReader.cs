using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>Reads <c>items</c>: the hot loop.</summary>
internal ref struct RowReader(string api, AnswerField[] fields, ColumnBatch into, long rowBytesMax)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>What a row of a column that is absent will take: the widest value that has a width.</summary>
    private const int AbsentWidth = 8;

    private int _rows;
    private ValueReader _values = new(TushareErrors.Answer, api, DayText.TryParse, DayText.TryParseMoment, into);

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
            throw TushareErrors.Answer.RowsTooLarge(api, rowBytesMax);
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
            throw TushareErrors.Answer.RowShape(api, _rows, "is not an array");
        }

        cursor.Position++;
        for (var i = 0; i < fields.Length; i++)
        {
            if (cursor.Peek() == ']')
            {
                throw TushareErrors.Answer.RowShape(api, _rows, $"has {i} values for {fields.Length} columns");
            }

            if (i > 0)
            {
                cursor.Take((byte)',');
            }

            ref readonly var field = ref fields[i];
            _values.Read(ref cursor, field.Column, field.Day, field.Name, _rows);
        }

        if (cursor.TryTake((byte)']'))
        {
            return;
        }

        if (cursor.Peek() == ',')
        {
            throw TushareErrors.Answer.RowShape(api, _rows, $"has more values than its {fields.Length} columns");
        }

        cursor.Fail(']');
    }
}
