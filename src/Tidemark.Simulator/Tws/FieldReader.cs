using System.Globalization;
using System.Text;

namespace Tidemark.Simulator.Tws;

/// <summary>Reads the fields of one payload in order. An absent number is 0, as in the official programs.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>The id of the request, once it has been read; for errors.</summary>
    public int Request { get; private set; } = GatewayMessages.NoRequest;

    public int RequestId(string field = "Ticker Id")
    {
        var text = Next(field);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            throw Unreadable(field, text);
        }

        return Request = id;
    }

    public int Int(string field)
    {
        var text = Next(field);
        if (text.IsEmpty)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Unreadable(field, text);
    }

    /// <summary>Reads a number; the value for "not set" becomes 0.</summary>
    public double Double(string field)
    {
        var text = Next(field);
        if (text.IsEmpty)
        {
            return 0;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value == double.MaxValue
                ? 0
                : value
            : throw Unreadable(field, text);
    }

    public bool Bool(string field) => Next(field) is [not (byte)'0', ..] text && !text.SequenceEqual("false"u8);

    public string Text(string field) => Encoding.Latin1.GetString(Next(field));

    public void Skip(string field, int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Next(field);
        }
    }

    private ReadOnlySpan<byte> Next(string field)
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw Unreadable(field, _rest);
        }

        var text = _rest[..end];
        _rest = _rest[(end + 1)..];
        return text;
    }

    private readonly UnreadableFieldException Unreadable(string field, ReadOnlySpan<byte> text) =>
        new(Request, field, Encoding.Latin1.GetString(text));
}
