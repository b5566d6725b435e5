using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>adj_factor</c> and <c>fund_adj</c>: a row for every open day of an instrument's life, suspended or not.
/// </summary>
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
