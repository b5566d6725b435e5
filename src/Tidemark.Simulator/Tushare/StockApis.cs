using static Tidemark.Simulator.Tushare.ApiRow;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// APIs of stocks. No cap is documented for the calendar, adj_factor, suspend_d and namechange; one recorded answer had
/// 2,307 calendar rows, and a user saw 10,000 of namechange.
/// </summary>
internal static class StockApis
{
    private const string Bar = "ts_code trade_date open# high# low# close# pre_close# change# pct_chg# vol# amount#";

    /// <summary>Weeks and months: other order than days.</summary>
    private const string Period = "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#";

    private const string OneOf = "ts_code trade_date";

    public static IReadOnlyList<TushareApi> All { get; } =
    [
        Api("trade_cal", 6000, 2000, "exchange cal_date is_open! pretrade_date", "cal_date", defaults: "exchange=SSE"),
        Api(
            "stock_basic",
            6000,
            2000,
            "ts_code symbol name area industry fullname- enname- cnspell market exchange- curr_type- list_status- list_date "
                + "delist_date- is_hs- act_name act_ent_type",
            defaults: "list_status=L",
            perMinute: 50
        ),
        // The last two: trading after hours, since 2026-07-06.
        Api("daily", 6000, 120, Bar + " ah_vol# ah_amount#", "trade_date"),
        Api("weekly", 6000, 2000, Period, "trade_date"),
        Api("monthly", 4500, 2000, Period, "trade_date"),
        Api("adj_factor", 6000, 2000, "ts_code trade_date adj_factor#", "trade_date"),
        Api(
            "daily_basic",
            6000,
            2000,
            "ts_code trade_date close# turnover_rate# turnover_rate_f# volume_ratio# pe# pe_ttm# pb# ps# ps_ttm# dv_ratio# dv_ttm# "
                + "total_share# float_share# free_share# total_mv# circ_mv# limit_status!-",
            "trade_date",
            oneOf: OneOf
        ),
        Api(
            "moneyflow",
            6000,
            2000,
            "ts_code trade_date buy_sm_vol! buy_sm_amount# sell_sm_vol! sell_sm_amount# buy_md_vol! buy_md_amount# sell_md_vol! "
                + "sell_md_amount# buy_lg_vol! buy_lg_amount# sell_lg_vol! sell_lg_amount# buy_elg_vol! buy_elg_amount# sell_elg_vol! "
                + "sell_elg_amount# net_mf_vol! net_mf_amount# trade_count!-",
            "trade_date",
            oneOf: OneOf
        ),
        Api("suspend_d", 5000, 2000, "ts_code trade_date suspend_timing suspend_type", "trade_date"),
        Api(
            "stk_limit",
            5800,
            2000,
            "trade_date ts_code pre_close#- up_limit# down_limit# asset_type- exchange-",
            "trade_date",
            perMinute: 400
        ),
        Api(
            "dividend",
            2000,
            2000,
            "ts_code end_date ann_date div_proc stk_div# stk_bo_rate# stk_co_rate# cash_div# cash_div_tax# record_date ex_date "
                + "pay_date div_listdate imp_ann_date base_date- base_share#-",
            filters: "ts_code ann_date record_date ex_date imp_ann_date",
            oneOf: "ts_code ann_date record_date ex_date imp_ann_date"
        ) with
        {
            // With the vendor's own slip in the third name.
            MissingText = "参数校验失败, ts_code,ex_date,pay_data,ann_date必选其一",
        },
        Api(
            "repurchase",
            2000,
            2000,
            "ts_code ann_date end_date proc exp_date vol# amount# high_limit# low_limit#",
            "ann_date"
        ),
        Api(
            "block_trade",
            1000,
            300,
            "ts_code trade_date price# vol# amount# buyer seller",
            "trade_date",
            filters: "ts_code",
            oneOf: OneOf
        ),
        Api(
            "namechange",
            10000,
            120,
            "ts_code name start_date end_date ann_date change_reason",
            "ann_date",
            filters: "ts_code"
        ),
        Api("stock_st", 1000, 3000, "ts_code name trade_date type type_name", "trade_date"),
        Api(
            "st",
            1000,
            6000,
            "ts_code name pub_date imp_date st_tpye st_reason st_explain",
            filters: "ts_code pub_date imp_date"
        ),
        Api("bse_mapping", 1000, 120, "name o_code n_code list_date", filters: "o_code n_code"),
        Api(
            "stk_premarket",
            8000,
            TushareApi.Purchased,
            "trade_date ts_code total_share# float_share# pre_close# up_limit# down_limit#",
            "trade_date"
        ),
    ];
}
