using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Drops;

/// <summary>Decodes the texts of files, each by its format. Parquet has become CSV before it comes here.</summary>
internal static class DropDecoder
{
    /// <summary>Appends the rows of a file; on any error <paramref name="into"/> is left as it was.</summary>
    /// <param name="api">For error messages.</param>
    /// <param name="path">The file, for error messages.</param>
    /// <param name="format">How its rows are written: not Parquet.</param>
    /// <param name="body">Its text.</param>
    /// <param name="into">Gets the rows.</param>
    /// <param name="rowBytesMax">The most bytes that <paramref name="into"/> may hold in the end.</param>
    /// <returns>Rows appended.</returns>
    public static int Decode(
        string api,
        string path,
        DropFormat format,
        ReadOnlySpan<byte> body,
        ColumnBatch into,
        long rowBytesMax
    ) =>
        format == DropFormat.Json
            ? Json(path).Decode(api, body, into, rowBytesMax)
            : Csv(path).Decode(api, body, into, rowBytesMax);

    /// <summary>A file of which nobody has declared the columns.</summary>
    public static AnswerSample Sample(string api, string path, DropFormat format, ReadOnlySpan<byte> body) =>
        format == DropFormat.Json ? Json(path).Sample(api, body) : Csv(path).Sample(api, body);

    /// <summary>Whether a text is JSON, where no name tells: no header of CSV begins like it.</summary>
    public static DropFormat FormatOf(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        body = body.TrimStart(" \t\r\n"u8);
        return !body.IsEmpty && body[0] is (byte)'[' or (byte)'{' ? DropFormat.Json : DropFormat.Csv;
    }

    private static CsvDecoder Csv(string path) => new(DropErrors.Of(path), DropDays.TryDay, DropDays.TryMoment);

    private static ObjectDecoder Json(string path) =>
        new(new ObjectFormat(DropErrors.Of(path), DropDays.TryDay, DropDays.TryMoment, AllowsLines: true));
}
