using System.Text;
using Tidemark.Core;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Query;

/// <summary>
/// Reads a query from the command line, a file or standard input. Refuses bytes that are no text: they would become
/// other characters, and the query would find nothing.
/// </summary>
public static class QueryText
{
    private const string Stdin = "-";

    private const char Replacement = '\uFFFD';

    /// <summary>Reads the query that was given in one of two ways.</summary>
    /// <param name="query">The text of the query; null when a file is named.</param>
    /// <param name="file">The file, or <c>-</c> for <paramref name="stdin"/>; null when the query is given.</param>
    /// <param name="fullPath">Makes paths absolute.</param>
    /// <param name="stdin">The input for <c>-</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TidemarkException">
    /// Codes <c>QUERY_MISSING</c>, <c>QUERY_FILE_MISSING</c>, <c>QUERY_NOT_TEXT</c>.
    /// </exception>
    public static async Task<string> OfAsync(
        string? query,
        string? file,
        Func<string, string> fullPath,
        TextReader stdin,
        CancellationToken cancellationToken
    ) =>
        (query, file) switch
        {
            ({ } text, null) => text,
            (null, Stdin) => await OfStdinAsync(stdin, cancellationToken),
            (null, { } path) => await OfFileAsync(fullPath(path), cancellationToken),
            _ => throw new TidemarkException(
                ErrorKind.BadRequest,
                "QUERY_MISSING",
                "Give one query: tidemark sql \"SELECT …\", tidemark sql -f FILE, or tidemark sql -f - for stdin. See `tidemark sql --help`."
            ),
        };

    /// <exception cref="TidemarkException">Codes <c>QUERY_FILE_MISSING</c>, <c>QUERY_NOT_TEXT</c>.</exception>
    private static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            // Not DataFile: a user who names a pipe wants to wait for it, `sql -f <(…)`.
            using var reader = new StreamReader(path, strict, detectEncodingFromByteOrderMarks: true);
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException e)
        {
            throw NotText($"{path} is not UTF-8.", $"`iconv -f GBK -t UTF-8`, if it is GBK", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing($"There is no file {path}{Near(path)}", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw Missing($"{path} is a folder, not a file.", e);
        }
    }

    /// <exception cref="TidemarkException">Code <c>QUERY_NOT_TEXT</c>.</exception>
    private static async Task<string> OfStdinAsync(TextReader stdin, CancellationToken cancellationToken)
    {
        var text = await stdin.ReadToEndAsync(cancellationToken);
        return text.Contains(Replacement, StringComparison.Ordinal)
            ? throw NotText(
                "What came on stdin is not UTF-8, or has the character U+FFFD, which stands for what was not.",
                "`iconv -f GBK -t UTF-8`, if it is GBK; U+FFFD itself is chr(65533)",
                null
            )
            : text;
    }

    private static string Near(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        return !Directory.Exists(folder) ? $": there is no folder {folder}."
            : NearestName.Find(
                Path.GetFileName(path),
                Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))
            )
                is { } name
                ? $"; did you mean '{name}'?"
            : ".";
    }

    private static TidemarkException Missing(string problem, Exception inner) =>
        new(
            ErrorKind.BadRequest,
            "QUERY_FILE_MISSING",
            $"{problem} Nothing was asked. `-f` takes a file with one query, or - for stdin.",
            inner
        );

    private static TidemarkException NotText(string problem, string how, Exception? inner) =>
        new(
            ErrorKind.BadRequest,
            "QUERY_NOT_TEXT",
            $"{problem} Nothing was asked. Write the query in UTF-8 ({how}).",
            inner
        );
}
