using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Reads the envelope <c>{code, msg, data: {fields, items, has_more}}</c>. In the usual order of members this is one
/// pass; a <c>data</c> that stands before <c>code</c>, or <c>items</c> before <c>fields</c>, is skipped, remembered and
/// read afterwards.
/// </summary>
internal ref struct PageReader(string api, ReadOnlySpan<byte> body, ColumnBatch into, long rowBytesMax)
{
    /// <summary>An error's text says what it means at its beginning; this much of it is looked at.</summary>
    private const int MessageBytesMax = 4096;

    private readonly ReadOnlySpan<byte> _body = body;
    private int? _code;
    private string? _message;
    private bool _hasData;
    private bool? _hasMore;
    private int _rows;
    private Range _items;

    public TusharePage Read()
    {
        var cursor = new JsonCursor(_body, _body.StartsWith("\uFEFF"u8) ? 3 : 0);
        var dataAt = -1;
        cursor.Take((byte)'{');
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var name = cursor.TakeName();
            if (name.SequenceEqual("code"u8))
            {
                _code = TakeCode(ref cursor);
            }
            else if (name.SequenceEqual("data"u8))
            {
                RefuseSecond(_hasData, cursor.Position, "data");
                _hasData = true;
                if (_code == 0)
                {
                    ReadData(ref cursor);
                }
                else
                {
                    cursor.Peek();
                    dataAt = cursor.Position;
                    cursor.TakeAny();
                }
            }
            else if (name.SequenceEqual("msg"u8) || (name.SequenceEqual("message"u8) && string.IsNullOrEmpty(_message)))
            {
                _message = TakeMessage(ref cursor);
            }
            else
            {
                cursor.TakeAny();
            }
        }

        cursor.ExpectEnd();
        if (_code is not { } code)
        {
            throw new MalformedJsonException(0, "it has no member 'code'");
        }

        if (code == 0 && dataAt >= 0)
        {
            cursor = new JsonCursor(_body, dataAt);
            ReadData(ref cursor);
        }

        if (code == 0 && !_hasData)
        {
            throw TushareErrors.Answer.Envelope(api, "it has no member 'data'");
        }

        return new TusharePage(code, _message ?? "", _rows, _hasMore, _items);
    }

    private static int TakeCode(ref JsonCursor cursor)
    {
        cursor.Peek();
        var at = cursor.Position;
        return DecimalNumber.TryParse(cursor.TakeAny().Trim((byte)'"'), out long code) && code == (int)code
            ? (int)code
            : throw new MalformedJsonException(at, "the member 'code' is not a number");
    }

    private static string? TakeMessage(ref JsonCursor cursor)
    {
        if (cursor.Peek() != '"')
        {
            var other = cursor.TakeAny();
            return other.SequenceEqual("null"u8) ? null : Excerpt.Of(other, MessageBytesMax);
        }

        var text = cursor.TakeString(out var hasEscapes);
        var begin = text[..Math.Min(text.Length, MessageBytesMax)];
        return Excerpt.Of(hasEscapes ? JsonText.Unescape(begin) : begin, MessageBytesMax);
    }

    private static void RefuseSecond(bool isSecond, int position, string name)
    {
        if (isSecond)
        {
            throw new MalformedJsonException(position, $"the member '{name}' comes twice");
        }
    }

    private void ReadData(ref JsonCursor cursor)
    {
        if (cursor.TryTakeNull())
        {
            return; // Seen in success answers: nothing matched.
        }

        if (cursor.Peek() != '{')
        {
            throw TushareErrors.Answer.Envelope(api, "its member 'data' is not an object");
        }

        AnswerField[]? fields = null;
        var itemsAt = -1;
        var hasItems = false;
        cursor.Take((byte)'{');
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var name = cursor.TakeName();
            if (name.SequenceEqual("fields"u8))
            {
                RefuseSecond(fields is not null, cursor.Position, "fields");
                fields = FieldNames.Take(api, ref cursor, into);
            }
            else if (name.SequenceEqual("items"u8))
            {
                RefuseSecond(hasItems, cursor.Position, "items");
                hasItems = true;
                if (fields is not null)
                {
                    ReadItems(ref cursor, fields);
                }
                else
                {
                    cursor.Peek();
                    itemsAt = cursor.Position;
                    cursor.TakeAny();
                }
            }
            else if (name.SequenceEqual("has_more"u8))
            {
                _hasMore = TakeFlag(ref cursor);
            }
            else
            {
                cursor.TakeAny();
            }
        }

        if (fields is null || !hasItems)
        {
            throw TushareErrors.Answer.Envelope(
                api,
                $"its 'data' has no member '{(fields is null ? "fields" : "items")}'"
            );
        }

        if (itemsAt >= 0)
        {
            var items = new JsonCursor(_body, itemsAt);
            ReadItems(ref items, fields);
        }
    }

    private void ReadItems(ref JsonCursor cursor, AnswerField[] fields)
    {
        if (cursor.TryTakeNull())
        {
            return;
        }

        if (cursor.Peek() != '[')
        {
            throw TushareErrors.Answer.Envelope(api, "its member 'items' is not an array");
        }

        var start = cursor.Position;
        _rows = new RowReader(api, fields, into, rowBytesMax).Read(ref cursor);
        _items = start..cursor.Position;
    }

    private bool? TakeFlag(ref JsonCursor cursor)
    {
        var text = cursor.TakeAny().Trim((byte)'"');
        return text switch
        {
            _ when text.SequenceEqual("true"u8) || text.SequenceEqual("1"u8) => true,
            _ when text.SequenceEqual("false"u8) || text.SequenceEqual("0"u8) => false,
            _ when text.SequenceEqual("null"u8) => null,
            _ => throw TushareErrors.Answer.Envelope(api, "its member 'has_more' is neither true nor false"),
        };
    }
}
