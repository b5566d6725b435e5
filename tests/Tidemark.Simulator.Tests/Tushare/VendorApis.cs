namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>The table of APIs that neither the simulator nor the definitions read.</summary>
internal static class VendorApis
{
    private const string Day = "trade_date=20260930";
    private const string CodeOrDay = "参数校验失败, ts_code,trade_date至少输入一个参数";

    public static IReadOnlyList<VendorApi> All { get; } =
    [
        .. OtherVendorApis.All,
        new("trade_cal", 6000, 2000, "exchange cal_date is_open! pretrade_date"),
        new(
            "stock_basic",
            6000,
            2000,
            "ts_code symbol name area industry fullname- enname- cnspell market exchange- curr_type- list_status- list_date delist_date- is_hs- act_name act_ent_type"
        ),
        new(
            "daily",
            6000,
            120,
            "ts_code trade_date open# high# low# close# pre_close# change# pct_chg# vol# amount# ah_vol# ah_amount#"
        ),
        new(
            "weekly",
            6000,
            2000,
            "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#"
        ),
        new(
            "monthly",
            4500,
            2000,
            "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#"
        ),
        new("adj_factor", 6000, 2000, "ts_code trade_date adj_factor#"),
        new(
            "daily_basic",
            6000,
            2000,
            "ts_code trade_date close# turnover_rate# turnover_rate_f# volume_ratio# pe# pe_ttm# pb# ps# ps_ttm# dv_ratio# dv_ttm# total_share# float_share# free_share# total_mv# circ_mv# limit_status!-",
            Day,
            CodeOrDay
        ),
        new("suspend_d", 5000, 2000, "ts_code trade_date suspend_timing suspend_type"),
        new("stk_limit", 5800, 2000, "trade_date ts_code pre_close#- up_limit# down_limit# asset_type- exchange-"),
        new(
            "moneyflow",
            6000,
            2000,
            "ts_code trade_date buy_sm_vol! buy_sm_amount# sell_sm_vol! sell_sm_amount# buy_md_vol! buy_md_amount# sell_md_vol! sell_md_amount# buy_lg_vol! buy_lg_amount# sell_lg_vol! sell_lg_amount# buy_elg_vol! buy_elg_amount# sell_elg_vol! sell_elg_amount# net_mf_vol! net_mf_amount# trade_count!-",
            Day,
            CodeOrDay
        ),
        new(
            "dividend",
            2000,
            2000,
            "ts_code end_date ann_date div_proc stk_div# stk_bo_rate# stk_co_rate# cash_div# cash_div_tax# record_date ex_date pay_date div_listdate imp_ann_date base_date- base_share#-",
            "ts_code=600001.SH,600002.SH,600003.SH,600004.SH",
            "参数校验失败, ts_code,ex_date,pay_data,ann_date必选其一"
        ),
        new("repurchase", 2000, 2000, "ts_code ann_date end_date proc exp_date vol# amount# high_limit# low_limit#"),
        new(
            "block_trade",
            1000,
            300,
            "ts_code trade_date price# vol# amount# buyer seller",
            "ts_code=600001.SH,600002.SH",
            CodeOrDay
        ),
        new("namechange", 10000, 120, "ts_code name start_date end_date ann_date change_reason"),
        new("stock_st", 1000, 3000, "ts_code name trade_date type type_name"),
        new("st", 1000, 6000, "ts_code name pub_date imp_date st_tpye st_reason st_explain"),
        new("bse_mapping", 1000, 120, "name o_code n_code list_date"),
        new(
            "fund_basic",
            15000,
            2000,
            "ts_code name management custodian fund_type found_date due_date list_date issue_date delist_date issue_amount# m_fee# c_fee# duration_year# p_value# min_amount# exp_return# benchmark status invest_type type trustee purc_startdate redm_startdate market"
        ),
        new(
            "etf_basic",
            5000,
            8000,
            "ts_code csname extname cname index_code index_name setup_date list_date list_status exchange mgr_name custod_name mgt_fee# etf_type"
        ),
        new(
            "fund_daily",
            5000,
            5000,
            "ts_code trade_date open# high# low# close# pre_close# change# pct_chg# vol# amount#"
        ),
        new("fund_adj", 2000, 600, "ts_code trade_date adj_factor#"),
        new(
            "etf_share_size",
            5000,
            8000,
            "trade_date ts_code etf_name total_share# total_size# nav#- close#- exchange"
        ),
        new("fund_share", 2000, 2000, "ts_code trade_date fd_share#"),
        new(
            "index_basic",
            8000,
            2000,
            "ts_code name fullname- market publisher index_type- category base_date base_point# list_date weight_rule- desc- exp_date-"
        ),
        new(
            "index_daily",
            8000,
            2000,
            "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#",
            Day,
            CodeOrDay
        ),
        new(
            "index_weight",
            6000,
            2000,
            "index_code con_code trade_date weight#",
            "index_code=000300.SH",
            "参数校验失败, index_code,trade_date至少输入一个参数"
        ),
        new(
            "index_dailybasic",
            3000,
            2000,
            "ts_code trade_date total_mv# float_mv# total_share# float_share# free_share# turnover_rate# turnover_rate_f# pe# pe_ttm# pb#"
        ),
        new("index_classify", 6000, 2000, "index_code industry_name level industry_code is_pub parent_code src-"),
        new(
            "index_member_all",
            2000,
            2000,
            "l1_code l1_name l2_code l2_name l3_code l3_name ts_code name in_date out_date is_new"
        ),
        new(
            "index_global",
            4000,
            6000,
            "ts_code trade_date open# close# high# low# pre_close# change# pct_chg# swing# vol# amount#-"
        ),
        new(
            "daily_info",
            4000,
            600,
            "trade_date ts_code ts_name com_count! total_share# float_share# total_mv# float_mv# amount# vol# trans_count# pe# tr# exchange"
        ),
        new(
            "sz_daily_info",
            2000,
            2000,
            "trade_date ts_code count! amount# vol! total_share# total_mv# float_share# float_mv#"
        ),
    ];
}
