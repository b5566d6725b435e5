using System.Text;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.Decoding;

/// <summary>Values of an answer of which nobody has declared the columns.</summary>
internal static class SampleValues
{
    /// <summary>Takes a value of any kind, as it is written.</summary>
    public static SampleValue Take(ref JsonCursor cursor)
    {
        switch (cursor.Peek())
        {
            case (byte)'"':
                var text = cursor.TakeString(out var hasEscapes);
                return new SampleValue(
                    SampleKind.Text,
                    Encoding.UTF8.GetString(hasEscapes ? JsonText.Unescape(text) : text)
                );
            case (byte)'n' or (byte)'N':
                cursor.TakeAny();
                return new SampleValue(SampleKind.Null, "");
            case (byte)'t' or (byte)'f':
                return new SampleValue(SampleKind.Boolean, Encoding.UTF8.GetString(cursor.TakeAny()));
            case (byte)'[' or (byte)'{':
                return new SampleValue(SampleKind.Text, Encoding.UTF8.GetString(cursor.TakeAny()));
            default:
                return new SampleValue(SampleKind.Number, Encoding.UTF8.GetString(cursor.TakeAny()));
        }
    }
}
