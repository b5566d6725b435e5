using System.Collections.Frozen;
using System.Numerics;

namespace Tidemark.Simulator.Options;

/// <summary>The meaning of a contract number. Options: the class's cells are counted by date and strike.</summary>
internal readonly record struct ConIdParts(
    int Ordinal,
    bool IsOption,
    bool IsDaily,
    int Weekday,
    int Strike,
    OptionRight Right
);

/// <summary>
/// Contract numbers without a table of contracts: ordinal, date, strike and right are packed into one number below the
/// prime 2³¹ − 1 and multiplied by a factor of the seed modulo that prime, which scatters them and can be undone.
/// Underlyings may have given numbers; the few options that would land on one of those are moved to spare numbers.
/// Dates are counted modulo sixteen years, so a number may return only after that time.
/// </summary>
internal sealed class ConIdCodec
{
    public const int MostUnderlyings = 768;
    public const int DailyAreas = 8;
    public const int WeeklyStrikes = 1_200;
    public const int DailyStrikes = 4_000;

    private const int Weeks = 835;
    private const long Prime = int.MaxValue;
    private const long DailyBase = 1 + ((long)MostUnderlyings * Weeks * WeeklyStrikes * 2);
    private const long UnderlyingBase = DailyBase + ((long)DailyAreas * Weeks * 5 * DailyStrikes * 2);
    private const long SpareBase = UnderlyingBase + MostUnderlyings;

    private readonly long _factor;
    private readonly long _inverse;
    private readonly FrozenDictionary<int, int> _ordinals;
    private readonly int[] _numbers;
    private readonly int[] _ordinalOfDaily;
    private readonly int[] _dailyOfOrdinal;

    /// <param name="given">The given numbers of underlyings by ordinal; 0 when there is none.</param>
    /// <param name="dailyAreas">The area of daily expirations by ordinal, or −1.</param>
    public ConIdCodec(ulong seed, IReadOnlyList<int> given, IReadOnlyList<int> dailyAreas)
    {
        _dailyOfOrdinal = [.. dailyAreas];
        _ordinalOfDaily = new int[DailyAreas];
        for (var ordinal = 0; ordinal < dailyAreas.Count; ordinal++)
        {
            if (dailyAreas[ordinal] >= 0)
            {
                _ordinalOfDaily[dailyAreas[ordinal]] = ordinal;
            }
        }

        _numbers = new int[given.Count];
        var attempt = 0UL;
        HashSet<int> used;
        do
        {
            // Take another factor when a given number equals a computed or spare one, which hardly ever happens.
            _factor = 2 + (long)(SeededHash.Mix(seed, 8_001, attempt++) % (ulong)(Prime - 4));
            used = [];
            for (var ordinal = 0; ordinal < given.Count; ordinal++)
            {
                _numbers[ordinal] = given[ordinal] > 0 ? given[ordinal] : Scatter(UnderlyingBase + ordinal);
                used.Add(_numbers[ordinal]);
                used.Add(Scatter(SpareBase + ordinal));
            }
        } while (used.Count < 2 * given.Count);

        _inverse = (long)BigInteger.ModPow(_factor, Prime - 2, Prime);
        _ordinals = _numbers.Select((number, ordinal) => KeyValuePair.Create(number, ordinal)).ToFrozenDictionary();
    }

    public int Underlying(int ordinal) => _numbers[ordinal];

    public bool TryUnderlying(int conId, out int ordinal) => _ordinals.TryGetValue(conId, out ordinal);

    /// <summary>The number of an option; <paramref name="weekday"/> is that of its expiration.</summary>
    public int Option(int ordinal, bool daily, int weekday, int strike, OptionRight right)
    {
        var cell = daily
            ? DailyBase
                + (((((long)_dailyOfOrdinal[ordinal] * Weeks * 5) + (weekday % (Weeks * 5))) * DailyStrikes) + strike)
                    * 2
            : 1 + (((((long)ordinal * Weeks) + (weekday / 5 % Weeks)) * WeeklyStrikes) + strike) * 2;
        var number = Scatter(cell + (right == OptionRight.Put ? 1 : 0));
        return _ordinals.TryGetValue(number, out var taken) ? Scatter(SpareBase + taken) : number;
    }

    /// <summary>
    /// The meaning of a number on a day; null when no contract can have it. The date of a weekly cell is the Monday of
    /// its week.
    /// </summary>
    public ConIdParts? Parse(int conId, int today)
    {
        if (conId <= 0)
        {
            return null;
        }

        if (_ordinals.TryGetValue(conId, out var ordinal))
        {
            return new ConIdParts(ordinal, false, false, 0, 0, OptionRight.None);
        }

        var cell = Gather(conId);
        if (cell >= SpareBase && cell < SpareBase + _numbers.Length)
        {
            cell = Gather(_numbers[cell - SpareBase]);
        }

        if (cell >= UnderlyingBase)
        {
            return null;
        }

        var daily = cell >= DailyBase;
        var rest = cell - (daily ? DailyBase : 1);
        var right = (rest & 1) == 1 ? OptionRight.Put : OptionRight.Call;
        var strikes = daily ? DailyStrikes : WeeklyStrikes;
        rest /= 2;
        var strike = (int)(rest % strikes);
        rest /= strikes;
        var cycle = daily ? Weeks * 5 : Weeks;
        var time = (int)(rest % cycle);
        var owner = (int)(rest / cycle);
        ordinal = daily ? _ordinalOfDaily[owner] : owner;
        if (ordinal >= _numbers.Length || (daily && _dailyOfOrdinal[ordinal] != owner))
        {
            return null;
        }

        // Choose the one date of the cycle that is near: listed options expire within four years, and nobody looks for
        // one that expired twelve years ago.
        var now = daily ? today : today / 5;
        var since = now - (cycle * 3 / 4);
        var date = since + ((((time - since) % cycle) + cycle) % cycle);
        return new ConIdParts(ordinal, true, daily, daily ? date : date * 5, strike, right);
    }

    private int Scatter(long cell) => (int)((ulong)cell * (ulong)_factor % (ulong)Prime);

    private long Gather(int number) => (long)((ulong)number * (ulong)_inverse % (ulong)Prime);
}
