namespace Tidemark.Vendors.Drops;

/// <summary>How the rows of a file are written.</summary>
internal enum DropFormat
{
    /// <summary>A header and a line a row, in UTF-8.</summary>
    Csv,

    /// <summary>One array of objects, or an object a line.</summary>
    Json,

    Parquet,
}

/// <summary>An ending of file names and what it means.</summary>
/// <param name="Text">For example <c>.csv.gz</c>.</param>
/// <param name="Format">How the rows are written.</param>
/// <param name="IsPacked">Whether the file is packed with gzip.</param>
internal sealed record DropEnding(string Text, DropFormat Format, bool IsPacked)
{
    /// <summary>Every ending that is read.</summary>
    public static IReadOnlyList<DropEnding> All { get; } =
    [
        new(".csv", DropFormat.Csv, IsPacked: false),
        new(".csv.gz", DropFormat.Csv, IsPacked: true),
        new(".json", DropFormat.Json, IsPacked: false),
        new(".json.gz", DropFormat.Json, IsPacked: true),
        new(".parquet", DropFormat.Parquet, IsPacked: false),
    ];

    /// <summary>The ending of a name; null where it has none of these.</summary>
    public static DropEnding? Of(string name) =>
        All.FirstOrDefault(ending => name.EndsWith(ending.Text, StringComparison.OrdinalIgnoreCase));
}
