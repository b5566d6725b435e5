using Tidemark.Core.Calendars;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Macro;

/// <summary>The APIs of interest rates and of the economy.</summary>
internal static class MacroTables
{
    public static IEnumerable<MarketTable> Of(TradingCalendar calendar, ulong seed)
    {
        var rates = new Rates(calendar, seed);
        var economy = new Economy(seed);
        yield return new RowTable("shibor", rates.Shibor);
        yield return new RowTable("shibor_lpr", rates.Prime);
        yield return new RowTable("us_tycr", rates.Curve);
        yield return new RowTable("us_trycr", rates.RealCurve);
        yield return new RowTable("us_tbr", rates.Bills);
        yield return new RowTable("us_tltr", rates.LongTerm);
        yield return new RowTable("us_trltr", rates.RealLongTerm);
        yield return new RowTable("cn_gdp", economy.Product);
        yield return new RowTable("cn_cpi", economy.ConsumerPrices);
        yield return new RowTable("cn_ppi", economy.ProducerPrices);
        yield return new RowTable("cn_pmi", economy.Managers);
        yield return new RowTable("cn_m", economy.MoneySupply);
        yield return new RowTable("sf_month", economy.SocialFinancing);
    }
}
