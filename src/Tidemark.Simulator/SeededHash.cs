using System.Runtime.CompilerServices;

namespace Tidemark.Simulator;

/// <summary>
/// Stateless pseudo-randomness: the same arguments give the same value on every machine, in any order of calls.
/// </summary>
internal static class SeededHash
{
    /// <summary>SplitMix64's finaliser.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong key, ulong a) =>
        unchecked(Mix(key + (a * 0x9E3779B97F4A7C15UL) + 0x632BE59BD9B4E019UL));

    public static ulong Mix(ulong key, ulong a, ulong b) => Mix(Mix(key, a), b);

    public static ulong Mix(ulong key, string text)
    {
        foreach (var letter in text)
        {
            key = Mix(key, letter);
        }

        return key;
    }

    /// <summary>A hash as a number from 0 (included) to 1 (excluded).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Unit(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    /// <summary>A hash as a number from −1 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Signed(ulong hash) => ((long)hash >> 10) * (1.0 / (1UL << 53));

    /// <summary>A hash as an index below <paramref name="count"/>.</summary>
    public static int Index(ulong hash, int count) => (int)(Unit(hash) * count);
}
