using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary><c>stk_limit</c>: stocks and exchange-traded funds, including suspended ones.</summary>
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
                case 4:
                    writer.Decimal(limits.Down, instrument.Decimals);
                    break;
                case 5:
                    writer.Plain(instrument.Board == Board.Fund ? "F"u8 : "E"u8);
                    break;
                default:
                    writer.Text(ExchangeNames.Of(instrument.Code));
                    break;
            }
        }
    }
}
