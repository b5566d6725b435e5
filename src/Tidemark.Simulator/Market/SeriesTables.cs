using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>daily</c>, <c>fund_daily</c> and <c>index_daily</c>: the same columns in different orders.</summary>
internal sealed class BarTable : SeriesTable
{
    private enum Field
    {
        Code,
        Day,
        Open,
        High,
        Low,
        Close,
        PreClose,
        Change,
        PercentChange,
        Volume,
        Amount,
    }

    private readonly Field[] _fields;

    public BarTable(string api, MarketDays days, IEnumerable<Instrument> instruments)
        : base(api, days, instruments) =>
        _fields = [
            .. Api.Columns.Select(c =>
                c.Name switch
                {
                    "ts_code" => Field.Code,
                    "trade_date" => Field.Day,
                    "open" => Field.Open,
                    "high" => Field.High,
                    "low" => Field.Low,
                    "close" => Field.Close,
                    "pre_close" => Field.PreClose,
                    "change" => Field.Change,
                    "pct_chg" => Field.PercentChange,
                    "vol" => Field.Volume,
                    _ => Field.Amount,
                }
            ),
        ];

    protected override bool Has(Instrument instrument, int position, TushareRequest request) =>
        instrument.IsTraded(position);

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        var bar = BarMaker.At(instrument, position);
        var decimals = instrument.Decimals;
        foreach (var column in columns)
        {
            switch (_fields[column])
            {
                case Field.Code:
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case Field.Day:
                    writer.Day(Days[position]);
                    break;
                case Field.Open:
                    writer.Decimal(bar.Open, decimals);
                    break;
                case Field.High:
                    writer.Decimal(bar.High, decimals);
                    break;
                case Field.Low:
                    writer.Decimal(bar.Low, decimals);
                    break;
                case Field.Close:
                    writer.Decimal(bar.Close, decimals);
                    break;
                case Field.PreClose:
                    writer.Decimal(bar.PreClose, decimals);
                    break;
                case Field.Change:
                    writer.Decimal(bar.Change, decimals);
                    break;
                case Field.PercentChange:
                    writer.Decimal(bar.PercentChange, 4);
                    break;
                case Field.Volume:
                    // Hands of a hundred.
                    writer.Decimal(bar.Shares, 2);
                    break;
                default:
                    // Thousands of CNY.
                    writer.Decimal(bar.Amount, 3);
                    break;
            }
        }
    }
}

/// <summary><c>adj_factor</c> and <c>fund_adj</c>: every open day of a life, suspended or not.</summary>
internal sealed class FactorTable(string api, MarketDays days, IEnumerable<Instrument> instruments)
    : SeriesTable(api, days, instruments)
{
    protected override bool Has(Instrument instrument, int position, TushareRequest request) =>
        instrument.IsAlive(position);

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        foreach (var column in columns)
        {
            switch (column)
            {
                case 0:
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case 1:
                    writer.Day(Days[position]);
                    break;
                default:
                    writer.Decimal(instrument.FactorAt(position), 4);
                    break;
            }
        }
    }
}

/// <summary><c>stk_limit</c>: stocks and exchange-traded funds, suspended ones too.</summary>
internal sealed class LimitTable(MarketDays days, IEnumerable<Instrument> instruments)
    : SeriesTable("stk_limit", days, instruments)
{
    protected override bool Has(Instrument instrument, int position, TushareRequest request) =>
        instrument.IsAlive(position);

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        var (limits, reference) = BarMaker.LimitsAt(instrument, position);
        foreach (var column in columns)
        {
            switch (column)
            {
                case 0:
                    writer.Day(Days[position]);
                    break;
                case 1:
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case 2:
                    writer.Decimal(reference, instrument.Decimals);
                    break;
                case 3:
                    writer.Decimal(limits.Up, instrument.Decimals);
                    break;
                default:
                    writer.Decimal(limits.Down, instrument.Decimals);
                    break;
            }
        }
    }
}

/// <summary>
/// <c>suspend_d</c>: S without a time for a day without trading, S with a time for a halt within the day (the stock has a bar then), R for the day on
/// which trading goes on.
/// </summary>
internal sealed class SuspensionTable(MarketDays days, IEnumerable<Instrument> instruments)
    : SeriesTable("suspend_d", days, instruments)
{
    private const double HaltShare = 0.0003;

    private static readonly byte[][] s_halts =
    [
        "09:30-10:00"u8.ToArray(),
        "10:30-10:40"u8.ToArray(),
        "13:00-13:30"u8.ToArray(),
        "14:20-14:57"u8.ToArray(),
    ];

    protected override bool Has(Instrument instrument, int position, TushareRequest request)
    {
        if (!instrument.IsAlive(position))
        {
            return false;
        }

        var isResumed = instrument.IsResumed(position);
        if (!isResumed && !instrument.IsSuspended(position) && !IsHalted(instrument, position))
        {
            return false;
        }

        return !request.Parameters.TryGetValue("suspend_type", out var type) || type == (isResumed ? "R" : "S");
    }

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        var isResumed = instrument.IsResumed(position);
        foreach (var column in columns)
        {
            switch (column)
            {
                case 0:
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case 1:
                    writer.Day(Days[position]);
                    break;
                case 2 when isResumed || instrument.IsSuspended(position):
                    writer.Null();
                    break;
                case 2:
                    writer.Plain(
                        s_halts[SeededHash.Index(SeededHash.Mix(Draw(instrument, position), 1), s_halts.Length)]
                    );
                    break;
                default:
                    writer.Plain(isResumed ? "R"u8 : "S"u8);
                    break;
            }
        }
    }

    private static bool IsHalted(Instrument instrument, int position) =>
        SeededHash.Unit(Draw(instrument, position)) < HaltShare;

    private static ulong Draw(Instrument instrument, int position) =>
        SeededHash.Mix(instrument.Key, 1414, (ulong)position);
}
