namespace Tidemark.Vendors.Decoding;

/// <summary>Moments as programs write them.</summary>
internal static class IsoMoment
{
    private const int DateLength = 10;
    private const int PlainLength = DateLength + 1 + 8;
    private static readonly long s_beijing = BeijingTime.Offset.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>
    /// <c>2024-12-26T08:11:57.000</c>, or with a blank for the <c>T</c>, as microseconds since 1970-01-01 UTC. Parts of
    /// a second are dropped.
    /// </summary>
    /// <param name="text">Without its zone.</param>
    /// <param name="isUtc">Whether it is in UTC; else it is the wall clock of Beijing.</param>
    /// <param name="microseconds">The moment.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, bool isUtc, out long microseconds)
    {
        Span<byte> plain = stackalloc byte[PlainLength];
        if (text.Length > PlainLength && text[PlainLength] == '.')
        {
            text = text[..PlainLength];
        }

        if (text.Length <= DateLength || text.Length > PlainLength)
        {
            return DayText.TryParseMoment(text, out microseconds);
        }

        text.CopyTo(plain);
        plain[DateLength] = plain[DateLength] == (byte)'T' ? (byte)' ' : plain[DateLength];
        var isMoment = DayText.TryParseMoment(plain[..text.Length], out microseconds);
        microseconds += isUtc && isMoment ? s_beijing : 0; // it was taken for Beijing's
        return isMoment;
    }
}
