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
        AfterHoursVolume,
        AfterHoursAmount,
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
                    "ah_vol" => Field.AfterHoursVolume,
                    "ah_amount" => Field.AfterHoursAmount,
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
                    // In lots of a hundred shares.
                    writer.Decimal(bar.Shares, 2);
                    break;
                case Field.AfterHoursVolume:
                    AfterHours.WriteVolume(writer, instrument, position, Days[position], bar);
                    break;
                case Field.AfterHoursAmount:
                    AfterHours.WriteAmount(writer, instrument, position, Days[position], bar);
                    break;
                default:
                    // In thousands of CNY.
                    writer.Decimal(bar.Amount, 3);
                    break;
            }
        }
    }
}
