using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>
/// A file of symbols: a list from a spreadsheet, an editor or a broker's export. The first column counts, separated by
/// comma, semicolon or tab; a byte-order mark, a header, quotes, empty lines and comments (<c>#</c>) are no symbols.
/// </summary>
internal static class TargetFile
{
    private const char ByteOrderMark = '\uFEFF';
    private const int SymbolLength = 40;
    private const int TextShown = 40;
    private const string SymbolCharacters = " ._:-/()+";
    private static readonly char[] s_separators = [',', ';', '\t', '，', '；'];
    private static readonly char[] s_quotes = ['"', '\'', '“', '”'];
    private static readonly string[] s_headers =
    [
        "symbol",
        "symbols",
        "ts_code",
        "code",
        "ticker",
        "代码",
        "证券代码",
        "股票代码",
    ];

    /// <param name="file">Absolute.</param>
    /// <param name="key">The key of the workspace file that names it, for messages.</param>
    /// <returns>As typed, in the order of the file.</returns>
    /// <exception cref="TidemarkException">
    /// The file is missing, is no file, or has lines that are no symbols: then all of them are named, and none counts.
    /// </exception>
    public static IReadOnlyList<string> Read(string file, string key)
    {
        EnsureFile(file, key);
        var symbols = new List<string>();
        var wrong = new List<string>();
        var number = 0;
        foreach (var line in DataFile.ReadLines(file))
        {
            number++;
            var text = FirstColumn(line);
            // Only the first line can be a header; further down such a word is a mistake and is reported as one.
            if (text.Length == 0 || (number == 1 && s_headers.Contains(text, StringComparer.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (IsSymbol(text))
            {
                symbols.Add(text);
            }
            else
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{file}:{number}");
                wrong.Add($"{place}: '{(text.Length > TextShown ? text[..TextShown] + "…" : text)}'");
            }
        }

        return wrong.Count == 0
            ? symbols
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_INVALID",
                $"{key}: lines whose first column is no symbol like 600519.SH; until they are mended none of the file counts:\n{string.Join('\n', wrong)}"
            );
    }

    /// <summary>Whether a text can be a symbol in any spelling, or the code of one.</summary>
    public static bool IsSymbol(string text)
    {
        var symbol = SymbolSpelling.Parse(text).Text;
        return symbol.Length is > 0 and <= SymbolLength
            && symbol.Any(char.IsAsciiLetterOrDigit)
            && symbol.All(c => char.IsAsciiLetterOrDigit(c) || SymbolCharacters.Contains(c));
    }

    private static void EnsureFile(string file, string key)
    {
        if (!File.Exists(file))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_MISSING",
                $"{key}: there is no file {file}. Write one symbol a line, or remove the key."
            );
        }

        if (DataFile.IsPipeOrDevice(file))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_UNREADABLE",
                $"{key}: {file} is a pipe or a device. Write the symbols into a file, one a line."
            );
        }
    }

    private static string FirstColumn(string line)
    {
        var text = line.TrimStart(ByteOrderMark);
        var comment = text.IndexOf('#', StringComparison.Ordinal);
        text = comment < 0 ? text : text[..comment];
        var end = text.IndexOfAny(s_separators);
        return (end < 0 ? text : text[..end]).Trim().Trim(s_quotes).Trim();
    }
}
