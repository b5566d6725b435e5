using Tidemark.Core.Calendars;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>Numbers by chance that depend on what they are for and on nothing else, whoever asks first.</summary>
internal sealed class Chance(int seed)
{
    /// <summary>From 0 up to, and without, 1.</summary>
    public double Of(string what)
    {
        var hash = 14695981039346656037UL ^ ((ulong)(uint)seed * 0x9E3779B97F4A7C15UL);
        foreach (var letter in what)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        hash ^= hash >> 31;
        hash *= 0xBF58476D1CE4E5B9UL;
        hash ^= hash >> 27;
        hash *= 0x94D049BB133111EBUL;
        hash ^= hash >> 31;
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    public bool Is(double probability, string what) => Of(what) < probability;

    /// <summary>From 0 up to, and without, a number.</summary>
    public int Below(int number, string what) => (int)(Of(what) * number);
}

/// <summary>A stock and when it is on the list.</summary>
internal sealed record SeededStock(string Code, DateOnly Listed, DateOnly? Delisted)
{
    public bool IsListed(DateOnly day) => day >= Listed && !(day >= Delisted);
}

/// <summary>
/// A small market, and what its vendor has of it: who is listed and halted, which bars come late, in part or never. All
/// of it follows from the seed.
/// </summary>
internal sealed class SeededMarket
{
    public const string Target = "600000.SH";
    private static readonly TimeSpan s_zone = TimeSpan.FromHours(8);
    private readonly Chance _chance;
    private readonly HashSet<(string Code, DateOnly Day)> _halted = [];

    public SeededMarket(int seed, DateOnly first, DateOnly last)
    {
        _chance = new Chance(seed);
        var old = new DateOnly(2010, 1, 4);
        Days = [.. Calendar.OpenDaysBetween(first, last)];
        Stocks =
        [
            new(Target, old, null),
            new("000001.SZ", old, null),
            new("600519.SH", old, null),
            new("689009.SH", old, null),
            new("600010.SH", old, Days[(Days.Length / 2) + _chance.Below(Days.Length / 3, "delisted")]),
            new("301001.SZ", Days[5 + _chance.Below(Days.Length / 2, "listed")], null),
        ];
        foreach (var stock in Stocks)
        {
            for (var i = 0; i < Days.Length; i++)
            {
                var length = _chance.Is(0.02, $"halt {stock.Code} {i}")
                    ? 1 + _chance.Below(6, $"length {stock.Code} {i}")
                    : 0;
                foreach (var day in Days.Skip(i).Take(length).Where(stock.IsListed))
                {
                    _halted.Add((stock.Code, day));
                }
            }
        }
    }

    public static TradingCalendar Calendar => WatchedMarket.Calendar;

    /// <summary>The open days.</summary>
    public DateOnly[] Days { get; }

    public IReadOnlyList<SeededStock> Stocks { get; }

    /// <summary>From when on nothing is late or faulty any more.</summary>
    public DateTimeOffset HealsAt { get; set; } = DateTimeOffset.MaxValue;

    public bool IsHalted(string code, DateOnly day) => _halted.Contains((code, day));

    /// <summary>Whether the vendor never has a bar that was.</summary>
    public bool IsLost(string code, DateOnly day) =>
        _chance.Is(0.008, $"lost {code} {day}") || _chance.Is(0.01, $"lost {day}");

    /// <summary>Whether the vendor has a bar once all that is late has come.</summary>
    public bool HasBar(SeededStock stock, DateOnly day) =>
        stock.IsListed(day) && Calendar.IsOpen(day) && !IsHalted(stock.Code, day) && !IsLost(stock.Code, day);

    /// <summary>From when on the vendor shows what it has of a stock and day.</summary>
    public DateTimeOffset ShownFrom(string api, string code, DateOnly day)
    {
        var usual = At(day, 16.25);
        var late = At(day, 19.6 + (14 * _chance.Of($"late until {api} {day}")));
        var isLate =
            _chance.Is(0.06, $"empty {api} {day}")
            || (_chance.Is(0.06, $"half {api} {day}") && _chance.Is(0.5, $"half {api} {day} {code}"));
        return !isLate ? usual
            : late < HealsAt ? late
            : HealsAt;
    }

    public static DateTimeOffset At(DateOnly day, double hours) =>
        new DateTimeOffset(day.ToDateTime(default), s_zone).AddSeconds((long)(hours * 3600));
}
