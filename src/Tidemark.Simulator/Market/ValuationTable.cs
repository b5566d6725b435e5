using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>daily_basic</c>: values computed from the bar, the shares in issue and invented earnings.</summary>
internal sealed class ValuationTable(MarketDays days, IEnumerable<Instrument> instruments)
    : SeriesTable("daily_basic", days, instruments)
{
    private const double LossShare = 0.18;

    protected override bool Has(Instrument instrument, int position, TushareRequest request) =>
        instrument.IsTraded(position);

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        var (bar, volumeRatio) = BarMaker.WithVolumeRatio(instrument, position);
        var day = Days[position];
        var price = bar.Close / 100.0;
        var total = instrument.SharesAt(position);
        var floating = Hundreds(total * instrument.FloatRatio);
        var free = Hundreds(floating * instrument.FreeRatio);
        var level = instrument.Level;
        var (lastYear, trailing) = Earnings(instrument, day);
        foreach (var column in columns)
        {
            switch (Api.Columns[column].Name)
            {
                case "ts_code":
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case "trade_date":
                    writer.Day(day);
                    break;
                case "close":
                    writer.Decimal(bar.Close, 2);
                    break;
                case "turnover_rate":
                    Ratio(writer, 100.0 * bar.Shares / floating);
                    break;
                case "turnover_rate_f":
                    Ratio(writer, 100.0 * bar.Shares / free);
                    break;
                case "volume_ratio":
                    writer.Decimal((long)Math.Round(volumeRatio * 100), 2);
                    break;
                case "pe":
                    Multiple(writer, price, lastYear * level);
                    break;
                case "pe_ttm":
                    Multiple(writer, price, trailing * level);
                    break;
                case "pb":
                    Multiple(writer, price, BookValue(instrument));
                    break;
                case "ps":
                    Multiple(writer, price, level * Sales(instrument, day.Year - 1));
                    break;
                case "ps_ttm":
                    Multiple(
                        writer,
                        price,
                        level * Blend(day, Sales(instrument, day.Year - 1), Sales(instrument, day.Year))
                    );
                    break;
                case "dv_ratio":
                    Yield(
                        writer,
                        instrument,
                        new DateOnly(day.Year - 1, 1, 1),
                        new DateOnly(day.Year - 1, 12, 31),
                        price
                    );
                    break;
                case "dv_ttm":
                    Yield(writer, instrument, day.AddYears(-1).AddDays(1), day, price);
                    break;
                case "total_share":
                    writer.Decimal(total, 4);
                    break;
                case "float_share":
                    writer.Decimal(floating, 4);
                    break;
                case "free_share":
                    writer.Decimal(free, 4);
                    break;
                case "total_mv":
                    // Cents times shares are hundredths of CNY. The vendor sends 10,000 CNY with four decimals, so this
                    // rounds to CNY.
                    writer.Decimal(Rounding.Divide(bar.Close * total, 100), 4);
                    break;
                case "limit_status":
                    // 1 at the upper limit, −1 at the lower one, 0 between them: the vendor documents no values.
                    var limits = PriceLimits.For(instrument, position, bar.PreClose);
                    writer.Integer(
                        bar.Close == limits.Up ? 1
                        : bar.Close == limits.Down ? -1
                        : 0
                    );
                    break;
                default:
                    writer.Decimal(Rounding.Divide(bar.Close * floating, 100), 4);
                    break;
            }
        }
    }

    /// <summary>By share, in CNY.</summary>
    internal static double BookValue(Instrument instrument) =>
        instrument.Level / (1 + (5 * SeededHash.Unit(SeededHash.Mix(instrument.Key, 21))));

    /// <summary>Of the last twelve months by share, in CNY; a loss is negative.</summary>
    internal static double TrailingEarnings(Instrument instrument, DateOnly day) =>
        Earnings(instrument, day).Trailing * instrument.Level;

    private static long Hundreds(double shares) => Math.Max(100, (long)shares / 100 * 100);

    private static void Ratio(JsonRowWriter writer, double value) =>
        writer.Decimal((long)Math.Round(value * 10_000), 4);

    /// <summary>Price over a value per share; null when the value is a loss.</summary>
    private static void Multiple(JsonRowWriter writer, double price, double each)
    {
        if (each <= 0)
        {
            writer.Null();
        }
        else
        {
            Ratio(writer, price / each);
        }
    }

    /// <summary>Cash paid in a span over the price, in percent; null when nothing was paid.</summary>
    private static void Yield(JsonRowWriter writer, Instrument instrument, DateOnly from, DateOnly until, double price)
    {
        var paid = 0.0;
        foreach (var right in instrument.ExRights)
        {
            if (right.Day >= from && right.Day <= until)
            {
                paid += right.CashYield;
            }
        }

        if (paid == 0)
        {
            writer.Null();
        }
        else
        {
            Ratio(writer, 100 * paid * instrument.Level / price);
        }
    }

    /// <summary>Earnings of the last full year and of the last twelve months, as shares of the price level.</summary>
    private static (double LastYear, double Trailing) Earnings(Instrument instrument, DateOnly day)
    {
        var before = Earned(instrument, day.Year - 1);
        return (before, Blend(day, before, Earned(instrument, day.Year)));
    }

    private static double Earned(Instrument instrument, int year)
    {
        var key = SeededHash.Mix(instrument.Key, 22, (ulong)year);
        if (instrument.IsSpecialTreatment || SeededHash.Unit(key) < LossShare)
        {
            return -0.03;
        }

        var usual = 1 / (10 + (60 * SeededHash.Unit(SeededHash.Mix(instrument.Key, 23))));
        return usual * (1 + (0.4 * SeededHash.Signed(SeededHash.Mix(key, 1))));
    }

    private static double Sales(Instrument instrument, int year) =>
        (0.1 + SeededHash.Unit(SeededHash.Mix(instrument.Key, 24)))
        * (1 + (0.2 * SeededHash.Signed(SeededHash.Mix(instrument.Key, 25, (ulong)year))));

    private static double Blend(DateOnly day, double before, double now)
    {
        var share = day.DayOfYear / 366.0;
        return (before * (1 - share)) + (now * share);
    }
}
