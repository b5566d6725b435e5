namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// Datasets of every shape: one by symbol, one by published period, one by announcements, and a second one of a module,
/// from a vendor that has what was recorded until Wednesday 2024-06-12.
/// </summary>
internal static class ShapedDatasets
{
    private const string BySymbol = """
        dataset: tushare.moneyflow
        title: Money flow of a stock
        module: stock.moneyflow
        bucket: stock
        api: moneyflow
        table: ods_moneyflow
        partition: month
        grain: symbol
        per: month
        part: { symbols_of: tushare.stock_basic, sample: 600000.SH }
        calendar: XSHG
        available: { at: "19:00", grace: 30m }
        request:
          params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }
          row_cap: 6
          rows_a_day: 1
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          net_mf_amount: { type: double, unit: 10 thousand CNY }
        """;

    private const string ByPeriod = """
        dataset: tushare.cn_cpi
        title: Consumer prices
        module: macro.prices
        bucket: macro
        api: cn_cpi
        table: ods_cn_cpi
        grain: period
        per: month
        calendar: XSHG
        available: { at: "09:30", days_later: 10, grace: 72h }
        request: { params: { month: "{from:yyyyMM}" }, row_cap: 5000 }
        period_column: month
        key: [month]
        columns:
          month: { type: text }
          nt_yoy: { type: double, unit: "%" }
        """;

    private const string ByEvent = """
        dataset: tushare.repurchase
        title: Share repurchases
        module: stock.repurchase
        bucket: stock
        api: repurchase
        table: ods_repurchase
        partition: month
        grain: events
        per: month
        calendar: XSHG
        available: { at: "19:00", grace: 30m }
        request: { params: { start_date: "{from}", end_date: "{to}" }, row_cap: 2000 }
        date_column: ann_date
        empty_is_ordinary: true
        key: [ts_code, ann_date]
        columns:
          ts_code: { type: text }
          ann_date: { type: date }
          vol: { type: double, unit: share }
        """;

    private const string OfTheSameModule = """
        dataset: tushare.bak_daily
        title: Bars from the second source
        module: stock.market.daily
        bucket: stock
        api: bak_daily
        table: ods_bak_daily
        grain: trading_day
        calendar: XSHG
        available: { at: "17:00", grace: 2h }
        request: { params: { trade_date: "{dt}" }, row_cap: 7000 }
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          close: { type: double, unit: CNY }
        """;

    private const string Bar = "open,high,low,close,pre_close,change,pct_chg,vol,amount";

    public static RecordedVendor Vendor(
        string cpi = "202402 202403 202404",
        string upTo = "2024-06-12",
        string events = "20240403 20240430 20240611",
        Func<string, DateOnly, bool>? hasFlow = null
    )
    {
        var vendor = new RecordedVendor();
        vendor.Record(
            "stock_basic",
            "ts_code,symbol,name,area,industry,market,list_status,list_date,delist_date,act_name,act_ent_type",
            [
                "600000.SH,600000,甲,上海,银行,主板,L,19991110,,,",
                "600001.SH,600001,乙,上海,银行,主板,L,20240520,,,",
                "600002.SH,600002,丙,上海,银行,主板,D,19991110,20240410,,",
            ]
        );
        vendor.RecordByDay(
            "daily",
            Bar,
            "2024-04-01",
            upTo,
            (s, day) => IsListed(s, day) ? "1,1,1,1,1,0,0,10,1" : null
        );
        vendor.RecordByDay("bak_daily", "close", "2024-04-01", upTo, (s, day) => IsListed(s, day) ? "1.5" : null);
        vendor.RecordByDay(
            "moneyflow",
            "net_mf_amount",
            "2024-04-01",
            upTo,
            (s, day) => (hasFlow ?? IsListed)(s, day) ? $"{day.Day}.5" : null
        );
        vendor.Record("cn_cpi", "month,nt_yoy", cpi.Split(' ').Select(m => $"{m},0.3"));
        vendor.Record("repurchase", "ts_code,ann_date,vol", events.Split(' ').Select(day => $"600000.SH,{day},100"));
        return vendor;
    }

    private static bool IsListed(string symbol, DateOnly day) =>
        symbol switch
        {
            "600001.SH" => day >= new DateOnly(2024, 5, 20),
            "600002.SH" => day < new DateOnly(2024, 4, 10),
            _ => true,
        };

    public static async Task<IngestRig> StartAsync(RecordedVendor vendor, string faults = "")
    {
        var rig = await IngestRig.StartAsync();
        rig.Declare("tushare.moneyflow", BySymbol);
        rig.Declare("tushare.cn_cpi", ByPeriod);
        rig.Declare("tushare.repurchase", ByEvent);
        rig.Declare("tushare.bak_daily", OfTheSameModule);
        await rig.ReopenAsync(vendor.Setup(faults));
        return rig;
    }
}
