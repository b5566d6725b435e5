using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// The symbols that the user watches, as typed: those in the workspace file and in the file that it names. That file is
/// a list from a spreadsheet, an editor or a broker's export: the first column counts, separated by comma, semicolon or
/// tab; a byte-order mark, a header, quotes, empty lines and comments (<c>#</c>) are no symbols.
/// </summary>
public sealed class TargetList(TargetPoolOptions options)
{
    private const char ByteOrderMark = '\uFEFF';
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

    /// <summary>Each symbol once, in the order of the files.</summary>
    /// <exception cref="TidemarkException">The file is missing, or is no file.</exception>
    public IReadOnlyList<string> Read()
    {
        var typed = new List<string>(options.Symbols);
        if (options.FromFile is { } file)
        {
            EnsureFile(file);
            typed.AddRange(DataFile.ReadLines(file).Select(FirstColumn).Where((text, line) => IsSymbol(text, line)));
        }

        return [.. typed.Where(t => t.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static void EnsureFile(string file)
    {
        if (!File.Exists(file))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_MISSING",
                $"pools.targets.from_file: there is no file {file}. Write one symbol a line, or remove the key."
            );
        }

        if (DataFile.IsPipeOrDevice(file))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "TARGETS_UNREADABLE",
                $"pools.targets.from_file: {file} is a pipe or a device. Write the symbols into a file, one a line."
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

    // Only the first line can be a header; further down such a word is a mistake and is reported as one.
    private static bool IsSymbol(string text, int line) =>
        text.Length > 0 && !(line == 0 && s_headers.Contains(text, StringComparer.OrdinalIgnoreCase));
}
