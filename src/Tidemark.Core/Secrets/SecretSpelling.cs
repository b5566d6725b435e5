using System.Text;

namespace Tidemark.Core.Secrets;

/// <summary>Where a part of a secret stands in a text.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes; 0 = it is nowhere.</param>
internal readonly record struct SecretRun(int Start, int Length);

/// <summary>One way in which a secret may be spelled, in small letters, and how much of it gives it away.</summary>
internal sealed class SecretSpelling
{
    // So many characters in a row are no coincidence, and fewer are of no use to a finder.
    private const int ShortestRun = 8;
    private const int LongestRun = 16;
    private const int CutOff = 4;

    private readonly byte[] _text;
    private readonly byte[][] _blocks;
    private readonly int _run;

    private SecretSpelling(string text, int run)
    {
        _text = Encoding.UTF8.GetBytes(text);
        EscapedText.ToLower(_text);
        _run = Math.Min(run, _text.Length);

        // Any run contains one of these whole: they are what is searched for.
        var size = (_run + 1) / 2;
        _blocks = [.. Enumerable.Range(0, _text.Length / size).Select(i => _text[(i * size)..((i + 1) * size)])];
    }

    /// <summary>As it is, in base64 (which looks different at each of three offsets) and in hexadecimal.</summary>
    public static IEnumerable<SecretSpelling> All(string secret)
    {
        var utf8 = Encoding.UTF8.GetBytes(secret);
        var run = Math.Clamp(utf8.Length - CutOff, ShortestRun, LongestRun);
        yield return new SecretSpelling(secret, run);
        yield return new SecretSpelling(Convert.ToHexString(utf8), 2 * run);
        for (var skipped = 0; skipped < 3; skipped++)
        {
            // Whole groups of three bytes alone: the others depend on what stands beside the secret.
            var groups = (utf8.Length - skipped) / 3;
            var base64 = Convert.ToBase64String(utf8, skipped, groups * 3);
            var length = Math.Min(base64.Length, run * 4 / 3);
            yield return new SecretSpelling(base64, length);
            if (base64.AsSpan().ContainsAny('+', '/'))
            {
                yield return new SecretSpelling(base64.Replace('+', '-').Replace('/', '_'), length);
            }
        }
    }

    /// <summary>Texts of which at least one stands in every run.</summary>
    public IEnumerable<string> Blocks() => _blocks.Select(Encoding.UTF8.GetString);

    /// <summary>The first run in a text of small letters from a position on.</summary>
    public SecretRun Find(ReadOnlySpan<byte> text, int from)
    {
        var best = default(SecretRun);
        for (var i = 0; i < _blocks.Length; i++)
        {
            var block = _blocks[i];
            var inSecret = i * block.Length;
            for (var at = from; text[at..].IndexOf(block) is var found and >= 0; at++)
            {
                at += found;
                var before = CommonEnd(text[from..at], _text.AsSpan(0, inSecret));
                var after = text[(at + block.Length)..].CommonPrefixLength(_text.AsSpan(inSecret + block.Length));
                var length = before + block.Length + after;
                if (length < _run)
                {
                    continue;
                }

                if (best.Length == 0 || at - before < best.Start)
                {
                    best = new SecretRun(at - before, length);
                }

                break;
            }
        }

        return best;
    }

    private static int CommonEnd(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && left[^(length + 1)] == right[^(length + 1)])
        {
            length++;
        }

        return length;
    }
}
