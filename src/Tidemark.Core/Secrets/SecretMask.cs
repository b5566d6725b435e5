using System.Buffers;
using System.Text;

namespace Tidemark.Core.Secrets;

/// <summary>
/// Finds the secrets in use (tokens, keys, passwords) in what is about to be shown, logged or kept, and overwrites them
/// with asterisks: in any case, with JSON, percent or HTML escapes, as base64 or hexadecimal, and when a part of them
/// was cut off. One instance for a process; every place where text from outside leaves it asks this. Thread-safe.
/// </summary>
/// <remarks>
/// A secret that is shorter than <see cref="ShortestSecret"/> or has fewer than <see cref="FewestCharacters"/>
/// different characters is not looked for: it would be found everywhere, and masking it would damage what is true (a
/// token <c>1</c>, a password <c>password</c>).
/// </remarks>
public sealed class SecretMask
{
    /// <summary>Shorter secrets are not looked for.</summary>
    public const int ShortestSecret = 12;

    /// <summary>Secrets with fewer different characters are not looked for.</summary>
    public const int FewestCharacters = 5;

    private const int ChunkLength = 8192;

    // Where one of these stands, a secret may be spelled with escapes, and the text is looked at with them undone.
    private static readonly string[] s_escapes = ["\\u00", "\\x", "&#", "%2", "%3", "%4", "%5", "%6", "%7", "\\/"];

    private readonly Lock _gate = new();
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private volatile Search _search = Search.Nothing;

    /// <summary>Adds a secret. A text that is too short or too plain to be one is ignored.</summary>
    public void Add(string? secret)
    {
        if (secret is null || secret.Length < ShortestSecret || secret.Distinct().Count() < FewestCharacters)
        {
            return;
        }

        lock (_gate)
        {
            if (_secrets.Add(secret))
            {
                _search = new Search([.. _secrets.SelectMany(SecretSpelling.All)]);
            }
        }
    }

    /// <summary>The text with every secret overwritten; the same instance when there is none.</summary>
    public string Mask(string text)
    {
        var search = _search;
        if (!search.MayBeIn(text))
        {
            return text;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        return search.Overwrite(utf8) > 0 ? Encoding.UTF8.GetString(utf8) : text;
    }

    /// <summary>Overwrites every secret in place; returns how many there were.</summary>
    public int Mask(Span<byte> utf8)
    {
        var search = _search;
        return search.MayBeIn(utf8) ? search.Overwrite(utf8) : 0;
    }

    /// <summary>The spellings to look for; immutable, so that texts can be searched while a secret is added.</summary>
    private sealed class Search
    {
        public static readonly Search Nothing = new([]);

        private readonly SecretSpelling[] _spellings;
        private readonly SearchValues<string> _anchors;
        private readonly int _longestAnchor;
        private readonly bool _isAscii;

        public Search(SecretSpelling[] spellings)
        {
            _spellings = spellings;
            string[] anchors = [.. spellings.SelectMany(s => s.Blocks()), .. s_escapes];
            _anchors = SearchValues.Create(anchors, StringComparison.OrdinalIgnoreCase);
            _longestAnchor = anchors.Max(a => a.Length);
            _isAscii = anchors.All(anchor => Ascii.IsValid(anchor));
        }

        public bool MayBeIn(ReadOnlySpan<char> text) =>
            _spellings.Length > 0 && (!_isAscii || text.ContainsAny(_anchors));

        /// <summary>
        /// The same of bytes: widened piece by piece, because only characters can be searched for many texts at once.
        /// </summary>
        public bool MayBeIn(ReadOnlySpan<byte> utf8)
        {
            if (_spellings.Length == 0 || !_isAscii)
            {
                return _spellings.Length > 0;
            }

            var chunk = ArrayPool<char>.Shared.Rent(ChunkLength);
            try
            {
                for (var at = 0; at < utf8.Length; at += ChunkLength - _longestAnchor)
                {
                    var length = Math.Min(ChunkLength, utf8.Length - at);
                    Encoding.Latin1.GetChars(utf8.Slice(at, length), chunk);
                    if (chunk.AsSpan(0, length).ContainsAny(_anchors))
                    {
                        return true;
                    }
                }

                return false;
            }
            finally
            {
                ArrayPool<char>.Shared.Return(chunk);
            }
        }

        public int Overwrite(Span<byte> utf8)
        {
            var plain = ArrayPool<byte>.Shared.Rent(utf8.Length);
            var starts = ArrayPool<int>.Shared.Rent(utf8.Length + 1);
            try
            {
                var length = EscapedText.Undo(utf8, plain, starts);
                var found = 0;
                foreach (var spelling in _spellings)
                {
                    for (
                        var run = spelling.Find(plain.AsSpan(0, length), 0);
                        run.Length > 0;
                        run = spelling.Find(plain.AsSpan(0, length), run.Start + run.Length)
                    )
                    {
                        utf8[starts[run.Start]..starts[run.Start + run.Length]].Fill((byte)'*');
                        found++;
                    }
                }

                return found;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(plain);
                ArrayPool<int>.Shared.Return(starts);
            }
        }
    }
}
