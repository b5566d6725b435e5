using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Core.Markets;

/// <summary>What a typed symbol turned out to be.</summary>
/// <param name="Typed">As it was typed.</param>
/// <param name="Symbol">The symbol under which everything is kept; null when there is none, or more than one.</param>
/// <param name="Candidates">The instruments that it may mean, where it is ambiguous; else empty.</param>
public sealed record SymbolMatch(string Typed, string? Symbol, IReadOnlyList<string> Candidates);

/// <summary>
/// The symbols of the lists with the codes that they had before, and what users mean by them. Immutable.
/// <code>
///   exactly as listed · with an exchange in any spelling · the bare code, where one listed symbol has it
///   · an earlier code → its newest
/// </code>
/// </summary>
public sealed class SymbolBook
{
    private const int StockDigits = 6;
    private readonly HashSet<string> _symbols;
    private readonly IReadOnlyDictionary<string, string> _newest;
    private readonly ILookup<string, string> _byCode;
    private readonly Lazy<string> _fingerprint;

    /// <param name="symbols">Every symbol in a list, earlier codes too.</param>
    /// <param name="newest">The newest code of each earlier one.</param>
    public SymbolBook(IEnumerable<string> symbols, IReadOnlyDictionary<string, string> newest)
    {
        _symbols = [.. symbols];
        _newest = newest;
        _byCode = _symbols.ToLookup(CodeOf, StringComparer.OrdinalIgnoreCase);
        _fingerprint = new Lazy<string>(() =>
            Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _symbols.Order(StringComparer.Ordinal))))
            )
        );
    }

    /// <summary>A book without any list: nothing can be told from it.</summary>
    public static SymbolBook Empty { get; } = new([], new Dictionary<string, string>());

    /// <summary>Whether no list was ever fetched: then an unknown symbol is not wrong, it is not known yet.</summary>
    public bool IsEmpty => _symbols.Count == 0;

    /// <summary>Two books with the same have the same codes.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Whether a list has exactly this code.</summary>
    public bool Contains(string symbol) => _symbols.Contains(symbol);

    public SymbolMatch Find(string typed)
    {
        if (_symbols.Contains(typed))
        {
            return Found(typed, typed);
        }

        var spelling = SymbolSpelling.Parse(typed);
        if (_symbols.Contains(spelling.Text))
        {
            return Found(typed, spelling.Text);
        }

        if (spelling.Exchange is not null)
        {
            // Before the first list is there, a symbol that is written out in full is believed.
            return spelling.Canonical is { } symbol && (IsEmpty || _symbols.Contains(symbol))
                ? Found(typed, symbol)
                : new SymbolMatch(typed, null, []);
        }

        var candidates = _byCode[spelling.Filled(StockDigits)]
            .Select(Newest)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return candidates.Length == 1
            ? new SymbolMatch(typed, candidates[0], [])
            : new SymbolMatch(typed, null, candidates);
    }

    /// <summary>The newest code of a symbol; itself when it has never changed.</summary>
    public string Newest(string symbol) => _newest.GetValueOrDefault(symbol, symbol);

    /// <summary>
    /// Every code that an instrument has or had, itself among them: rows of a day stand under that of the time, or the
    /// one that a vendor has put in its place.
    /// </summary>
    public IReadOnlyCollection<string> CodesOf(string symbol)
    {
        var newest = Newest(symbol);
        return [.. _newest.Where(n => n.Value == newest).Select(n => n.Key).Append(newest).Append(symbol).Distinct()];
    }

    private SymbolMatch Found(string typed, string symbol) => new(typed, Newest(symbol), []);

    private static string CodeOf(string symbol)
    {
        var dot = symbol.LastIndexOf('.');
        return dot < 0 ? symbol : symbol[..dot];
    }
}
