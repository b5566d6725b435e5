using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>Paths in the log are URL-encoded and relative to the table.</summary>
internal static class DeltaPath
{
    /// <summary>The path without its encoding: <c>d%74=1/a</c> and <c>dt=1/a</c> are one file.</summary>
    public static string Decoded(string path) =>
        path.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(path) : path;

    /// <summary>The path as the log spells it; <see cref="Decoded"/> gives the path back.</summary>
    public static string Encoded(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '=' or '/')
            ? path
            : string.Join('/', path.Split('/').Select(EncodedPart));

    private static string EncodedPart(string part) =>
        string.Join('=', part.Split('=').Select(text => Uri.EscapeDataString(text)));

    /// <summary>The store's key of a file.</summary>
    /// <exception cref="TidemarkException">
    /// The file lies outside of the table, as those of a shallow clone do, or no file can have that name.
    /// </exception>
    public static string KeyOf(TableId table, AddAction file)
    {
        if (file.Path.StartsWith('/') || file.Path.Contains(":/", StringComparison.Ordinal))
        {
            throw Outside(table, file);
        }

        try
        {
            // Decode first: the dots of ".." may be encoded, too.
            return ObjectKeys.Checked(table.Prefix + Decoded(file.Path));
        }
        catch (ArgumentException)
        {
            throw Outside(table, file);
        }
    }

    private static TidemarkException Outside(TableId table, AddAction file) =>
        new(
            ErrorKind.Storage,
            "TABLE_UNSUPPORTED",
            $"{table} names the file {file.Path}, which lies outside of the table (a shallow clone?) or is no name of a file; Tidemark reads files within it. "
                + "Use the engine that wrote it."
        );
}
