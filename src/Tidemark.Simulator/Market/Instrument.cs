using System.Text;

namespace Tidemark.Simulator.Market;

/// <summary>The board, which decides codes, limits and the words of <c>stock_basic.market</c>.</summary>
internal enum Board
{
    Main,
    ChiNext,
    Star,
    Beijing,
    Fund,
    Index,
}

/// <summary>Open days without trading: from <see cref="Start"/> (included) to <see cref="End"/> (excluded).</summary>
/// <param name="DaysBefore">
/// The total days of earlier suspensions, so that one look gives the count up to any day.
/// </param>
internal readonly record struct Suspension(int Start, int End, int DaysBefore);

/// <summary>A day on which a right leaves the price.</summary>
/// <param name="Position">The ex-day; −1 when it lies before the calendar.</param>
/// <param name="Factor">adj_factor from this day on, in ten-thousandths.</param>
/// <param name="Shares">Shares in issue from this day on, relative to those at listing.</param>
/// <param name="CashYield">Cash dividend relative to the price before it; 0 for bonus shares.</param>
internal readonly record struct ExRight(int Position, DateOnly Day, long Factor, double Shares, double CashYield);

/// <summary>A time of special treatment: from <see cref="Start"/> (included) to <see cref="End"/> (excluded).</summary>
/// <param name="IsWarned">Whether delisting threatens (*ST).</param>
internal readonly record struct SpecialSpell(int Start, int End, bool IsWarned)
{
    public string Prefix => IsWarned ? "*ST" : "ST";
}

/// <summary>A limit from a position on, which is also a trading time.</summary>
internal readonly record struct LimitChange(int Position, int Time, DailyLimit Limit);

/// <summary>Everything about one instrument that does not change from day to day. Immutable.</summary>
internal sealed record Instrument
{
    public required string Code { get; init; }
    public required ulong Key { get; init; }
    public required Board Board { get; init; }
    public required DateOnly ListDate { get; init; }

    /// <summary>The first day on which it is gone; null when it stays.</summary>
    public DateOnly? DelistDate { get; init; }

    /// <summary>Position of the first trading day; 0 when it was listed before the calendar begins.</summary>
    public required int First { get; init; }

    /// <summary>Position after the last day of its life.</summary>
    public required int End { get; init; }

    /// <summary>
    /// The position since which it is suspended until it is delisted; <see cref="End"/> when there is none.
    /// </summary>
    public int HaltedFrom { get; init; } = int.MaxValue;

    /// <summary>Whether it is under special treatment at some time: see <see cref="Spells"/>.</summary>
    public bool IsSpecialTreatment { get; init; }

    /// <summary>The times of special treatment, in order.</summary>
    public SpecialSpell[] Spells { get; init; } = [];

    /// <summary>
    /// The key of the price's noise. A fund that follows an index has the index's, so that both move alike.
    /// </summary>
    public required ulong PathKey { get; init; }

    /// <summary>Decimals of its prices: 2 for stocks, 3 for funds, 4 for indices.</summary>
    public required int Decimals { get; init; }

    /// <summary>The daily limit of its first days; of all days when it never changes.</summary>
    public required DailyLimit Limit { get; init; }

    /// <summary>
    /// Natural logarithm of the price around which it moves, as of position 0, in units of the last decimal.
    /// </summary>
    public required double LogBase { get; init; }

    /// <summary>The price in CNY around which it moves, from which earnings and book value are computed.</summary>
    public required double Level { get; init; }

    /// <summary>
    /// Logarithmic growth of the adjusted price by trading day: what dividends pay out in the long run.
    /// </summary>
    public required double Drift { get; init; }

    /// <summary>Amplitude of the noise between neighbouring days.</summary>
    public required double Volatility { get; init; }

    /// <summary>Greatest half height of the sudden changes of level.</summary>
    public required double StepSize { get; init; }

    /// <summary>Shares (units) in issue at listing.</summary>
    public required long Shares { get; init; }

    public required double FloatRatio { get; init; }
    public required double FreeRatio { get; init; }

    /// <summary>Share of the float that changes hands on a quiet day.</summary>
    public required double Turnover { get; init; }

    /// <summary>In order. An array, because every row looks into it.</summary>
    public Suspension[] Suspensions { get; init; } = [];

    /// <summary>In order.</summary>
    public ExRight[] ExRights { get; init; } = [];

    /// <summary>The later limits, in order.</summary>
    private LimitChange[] LimitChanges { get; init; } = [];

    public byte[] CodeUtf8 => field ??= Encoding.ASCII.GetBytes(Code);

    public string Symbol => Code[..Code.IndexOf('.', StringComparison.Ordinal)];

    public long Scale =>
        Decimals switch
        {
            2 => 100,
            3 => 1000,
            _ => 10_000,
        };

    public DailyLimit LimitAt(int position)
    {
        for (var i = LimitChanges.Length - 1; i >= 0; i--)
        {
            if (position >= LimitChanges[i].Position)
            {
                return LimitChanges[i].Limit;
            }
        }

        return Limit;
    }

    /// <summary>The same by trading time.</summary>
    public DailyLimit LimitAtTime(int time)
    {
        for (var i = LimitChanges.Length - 1; i >= 0; i--)
        {
            if (time >= LimitChanges[i].Time)
            {
                return LimitChanges[i].Limit;
            }
        }

        return Limit;
    }

    /// <summary>The same instrument with limits that change at positions. Set its suspensions first.</summary>
    public Instrument WithLimits(IEnumerable<(int Position, DailyLimit Limit)> changes) =>
        this with
        {
            LimitChanges = [.. changes.Select(c => new LimitChange(c.Position, TimeAt(c.Position), c.Limit))],
        };

    /// <summary>The special treatment of a day; null when there is none.</summary>
    public SpecialSpell? SpellAt(int position)
    {
        foreach (var spell in Spells)
        {
            if (position >= spell.Start && position < spell.End)
            {
                return spell;
            }
        }

        return null;
    }

    public bool IsAlive(int position) => position >= First && position < End;

    public bool IsTraded(int position) => IsAlive(position) && !IsSuspended(position);

    public bool IsSuspended(int position)
    {
        for (var i = Suspensions.Length - 1; i >= 0; i--)
        {
            if (position >= Suspensions[i].Start)
            {
                return position < Suspensions[i].End;
            }
        }

        return false;
    }

    /// <summary>Whether a suspension ended on the day before.</summary>
    public bool IsResumed(int position)
    {
        foreach (var suspension in Suspensions)
        {
            if (suspension.End == position)
            {
                return IsAlive(position);
            }
        }

        return false;
    }

    /// <summary>
    /// The last day before on which it traded; before its first day, the day before, for the issue price.
    /// </summary>
    public int TradedBefore(int position)
    {
        position--;
        for (var i = Suspensions.Length - 1; i >= 0; i--)
        {
            if (position >= Suspensions[i].Start && position < Suspensions[i].End)
            {
                position = Suspensions[i].Start - 1;
            }
        }

        return position;
    }

    /// <summary>
    /// Trading time: counts positions without the suspended ones, so that the price does not move during a suspension.
    /// </summary>
    public int TimeAt(int position)
    {
        for (var i = Suspensions.Length - 1; i >= 0; i--)
        {
            if (position >= Suspensions[i].Start)
            {
                var suspension = Suspensions[i];
                return position - suspension.DaysBefore - (Math.Min(position, suspension.End) - suspension.Start);
            }
        }

        return position;
    }

    /// <summary>adj_factor in ten-thousandths.</summary>
    public long FactorAt(int position)
    {
        var right = RightAt(position);
        return right < 0 ? 10_000 : ExRights[right].Factor;
    }

    public long SharesAt(int position)
    {
        var right = RightAt(position);
        return right < 0 ? Shares : (long)(Shares * ExRights[right].Shares);
    }

    /// <summary>Index of the last ex-right on or before a day; −1 when there was none.</summary>
    private int RightAt(int position)
    {
        var i = ExRights.Length - 1;
        while (i >= 0 && ExRights[i].Position > position)
        {
            i--;
        }

        return i;
    }
}
