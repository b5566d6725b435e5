using System.Collections.Frozen;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// The vendor's APIs: columns in the vendor's order, row caps, defaults and required parameters. Sources: the vendor's
/// documentation and recorded answers; where neither gives a cap, the value is an assumption and says so.
/// </summary>
public static class TushareApis
{
    private const string Bar = "ts_code trade_date open# high# low# close# pre_close# change# pct_chg# vol# amount#";

    private static readonly FrozenDictionary<string, TushareApi> s_all = new[]
    {
        // No cap is documented for the calendar, adj_factor and suspend_d; one recorded answer had 2,307 calendar rows.
        Api("trade_cal", 6000, "exchange cal_date is_open! pretrade_date", "cal_date", defaults: "exchange=SSE"),
        Api(
            "stock_basic",
            6000,
            "ts_code symbol name area industry fullname- enname- cnspell market exchange- curr_type- list_status- list_date "
                + "delist_date- is_hs- act_name act_ent_type",
            defaults: "list_status=L"
        ),
        Api("daily", 6000, Bar, "trade_date"),
        Api("adj_factor", 6000, "ts_code trade_date adj_factor#", "trade_date"),
        Api(
            "daily_basic",
            6000,
            "ts_code trade_date close# turnover_rate# turnover_rate_f# volume_ratio# pe# pe_ttm# pb# ps# ps_ttm# dv_ratio# dv_ttm# "
                + "total_share# float_share# free_share# total_mv# circ_mv#",
            "trade_date",
            requires: "ts_code trade_date"
        ),
        Api(
            "moneyflow",
            6000,
            "ts_code trade_date buy_sm_vol! buy_sm_amount# sell_sm_vol! sell_sm_amount# buy_md_vol! buy_md_amount# sell_md_vol! "
                + "sell_md_amount# buy_lg_vol! buy_lg_amount# sell_lg_vol! sell_lg_amount# buy_elg_vol! buy_elg_amount# sell_elg_vol! "
                + "sell_elg_amount# net_mf_vol! net_mf_amount# trade_count!-",
            "trade_date",
            requires: "ts_code trade_date"
        ),
        Api("suspend_d", 5000, "ts_code trade_date suspend_timing suspend_type", "trade_date"),
        Api("stk_limit", 5800, "trade_date ts_code pre_close#- up_limit# down_limit#", "trade_date"),
        Api(
            "fund_basic",
            15000,
            "ts_code name management custodian fund_type found_date due_date list_date issue_date delist_date issue_amount# m_fee# "
                + "c_fee# duration_year# p_value# min_amount# exp_return# benchmark status invest_type type trustee purc_startdate "
                + "redm_startdate market",
            defaults: "market=E"
        ),
        Api("fund_daily", 5000, Bar, "trade_date"),
        Api("fund_adj", 2000, "ts_code trade_date adj_factor#", "trade_date"),
        Api(
            "index_basic",
            8000,
            "ts_code name fullname- market publisher index_type- category base_date base_point# list_date weight_rule- desc- exp_date-"
        ),
        Api(
            "index_daily",
            8000,
            "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#",
            "trade_date",
            requires: "ts_code trade_date"
        ),
        Api("index_weight", 6000, "index_code con_code trade_date weight#", "trade_date"),
    }.ToFrozenDictionary(api => api.Name);

    /// <summary>APIs whose printed samples have fixed decimals, which texts keep and floats do not.</summary>
    private static readonly FrozenSet<string> s_decimalsAsText = FrozenSet.Create(
        "cn_gdp",
        "cn_cpi",
        "cn_ppi",
        "cn_pmi",
        "cn_m",
        "sf_month",
        "shibor",
        "us_tycr",
        "us_trycr",
        "us_tbr",
        "us_tltr",
        "us_trltr",
        "sge_daily"
    );

    public static IReadOnlyDictionary<string, TushareApi> All => s_all;

    /// <summary>The API with a name; null when this table does not have it.</summary>
    public static TushareApi? Find(string name) => s_all.GetValueOrDefault(name);

    /// <summary>Whether the vendor probably sends the numbers of this API as text.</summary>
    public static bool SendsDecimalsAsText(string name) => s_decimalsAsText.Contains(name);

    /// <summary>
    /// Columns are written <c>name</c> (text), <c>name!</c> (integer) or <c>name#</c> (number); a dash behind hides a
    /// column by default.
    /// </summary>
    private static TushareApi Api(
        string name,
        int rowCap,
        string columns,
        string? dateColumn = null,
        string defaults = "",
        string requires = ""
    ) =>
        new()
        {
            Name = name,
            RowCap = rowCap,
            Columns = [.. columns.Split(' ').Select(Column)],
            DateColumn = dateColumn,
            Defaults = defaults
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('='))
                .ToFrozenDictionary(pair => pair[0], pair => pair[1]),
            RequiresOneOf = requires.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };

    private static TushareColumn Column(string text)
    {
        var isDefault = !text.EndsWith('-');
        var name = text.TrimEnd('-');
        return name[^1] switch
        {
            '#' => new TushareColumn(name[..^1], TushareType.Number, isDefault),
            '!' => new TushareColumn(name[..^1], TushareType.Integer, isDefault),
            _ => new TushareColumn(name, TushareType.Text, isDefault),
        };
    }
}
