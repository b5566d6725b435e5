namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>The table of APIs that neither the simulator nor the definitions read.</summary>
internal static class VendorApis
{
    private const int Bought = 99_999;
    private const string Day = "trade_date=20260930";
    private const string CodeOrDay = "参数校验失败, ts_code,trade_date至少输入一个参数";

    public static IReadOnlyList<VendorApi> All { get; } =
    [
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
        new("repurchase", 2000, 600, "ts_code ann_date end_date proc exp_date vol# amount# high_limit# low_limit#"),
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
            400,
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
        new(
            "fut_basic",
            10000,
            2000,
            "ts_code symbol exchange name fut_code multiplier# trade_unit per_unit# quote_unit quote_unit_desc d_mode_desc list_date delist_date d_month last_ddate trade_time_desc-",
            "exchange=SHFE",
            "必填参数, exchange"
        ),
        new(
            "fut_daily",
            2000,
            2000,
            "ts_code trade_date pre_close# pre_settle# open# high# low# close# settle# change1# change2# vol# amount# oi# oi_chg# delv_settle#-"
        ),
        new(
            "fut_settle",
            1600,
            2000,
            "ts_code trade_date settle# trading_fee_rate# trading_fee# delivery_fee# b_hedging_margin_rate# s_hedging_margin_rate# long_margin_rate# short_margin_rate# offset_today_fee#- exchange-",
            Day,
            CodeOrDay
        ),
        new("fut_mapping", 2000, 2000, "ts_code trade_date mapping_ts_code"),
        new(
            "fut_weekly_detail",
            4000,
            600,
            "exchange prd name vol! vol_yoy# amount# amout_yoy# cumvol! cumvol_yoy# cumamt# cumamt_yoy# open_interest! interest_wow# mc_close# close_wow# week week_date"
        ),
        new(
            "fut_wsr",
            1000,
            2000,
            "trade_date symbol fut_name warehouse wh_id- pre_vol! vol! vol_chg! area- year- grade- brand- place- pd!- is_ct- unit exchange-"
        ),
        new(
            "fut_holding",
            2000,
            2000,
            "trade_date symbol broker vol! vol_chg! long_hld! long_chg! short_hld! short_chg! exchange-",
            Day,
            "参数校验失败, trade_date,symbol至少输入一个参数"
        ),
        new("fut_trade_cal", 6000, 2000, "exchange cal_date is_open! pretrade_date"),
        new(
            "sge_basic",
            100,
            5000,
            "ts_code ts_name trade_type t_unit# p_unit# min_change# price_limit# min_vol! max_vol! trade_mode margin_rate# liq_rate# trade_time list_date"
        ),
        new(
            "sge_daily",
            2000,
            2000,
            "ts_code trade_date close# open# high# low# price_avg# change# pct_change# vol# amount# oi# settle_vol# settle_dire"
        ),
        new(
            "fx_obasic",
            6000,
            2000,
            "ts_code name classify exchange min_unit# max_unit# pip# pip_cost# traget_spread# min_stop_distance# trading_hours break_time"
        ),
        new(
            "fx_daily",
            1000,
            2000,
            "ts_code trade_date bid_open# bid_close# bid_high# bid_low# ask_open# ask_close# ask_high# ask_low# tick_qty! exchange-"
        ),
        new("shibor", 2000, 120, "date on# 1w# 2w# 1m# 3m# 6m# 9m# 1y#"),
        new("shibor_lpr", 4000, 120, "date 1y# 5y#"),
        new("cn_gdp", 10000, 600, "quarter gdp# gdp_yoy# pi# pi_yoy# si# si_yoy# ti# ti_yoy#"),
        new(
            "cn_cpi",
            5000,
            600,
            "month nt_val# nt_yoy# nt_mom# nt_accu# town_val# town_yoy# town_mom# town_accu# cnt_val# cnt_yoy# cnt_mom# cnt_accu#"
        ),
        new(
            "cn_ppi",
            5000,
            600,
            "month ppi_yoy# ppi_mp_yoy# ppi_mp_qm_yoy# ppi_mp_rm_yoy# ppi_mp_p_yoy# ppi_cg_yoy# ppi_cg_f_yoy# ppi_cg_c_yoy# ppi_cg_adu_yoy# ppi_cg_dcg_yoy# "
                + "ppi_mom# ppi_mp_mom# ppi_mp_qm_mom# ppi_mp_rm_mom# ppi_mp_p_mom# ppi_cg_mom# ppi_cg_f_mom# ppi_cg_c_mom# ppi_cg_adu_mom# ppi_cg_dcg_mom# "
                + "ppi_accu# ppi_mp_accu# ppi_mp_qm_accu# ppi_mp_rm_accu# ppi_mp_p_accu# ppi_cg_accu# ppi_cg_f_accu# ppi_cg_c_accu# ppi_cg_adu_accu# ppi_cg_dcg_accu#"
        ),
        new(
            "cn_pmi",
            2000,
            2000,
            "MONTH PMI010000# PMI010100# PMI010200# PMI010300# PMI010400# PMI010401# PMI010402# PMI010403# PMI010500# PMI010501# PMI010502# PMI010503# "
                + "PMI010600# PMI010601# PMI010602# PMI010603# PMI010700# PMI010701# PMI010702# PMI010703# PMI010800# PMI010801# PMI010802# PMI010803# "
                + "PMI010900# PMI011000# PMI011100# PMI011200# PMI011300# PMI011400# PMI011500# PMI011600# PMI011700# PMI011800# PMI011900# PMI012000# "
                + "PMI020100# PMI020101# PMI020102# PMI020200# PMI020201# PMI020202# PMI020300# PMI020301# PMI020302# PMI020400# PMI020401# PMI020402# "
                + "PMI020500# PMI020501# PMI020502# PMI020600# PMI020601# PMI020602# PMI020700# PMI020800# PMI020900# PMI021000# PMI030000#"
        ),
        new("cn_m", 5000, 600, "month m0# m0_yoy# m0_mom# m1# m1_yoy# m1_mom# m2# m2_yoy# m2_mom#"),
        new("sf_month", 2000, 2000, "month inc_month# inc_cumval# stk_endval#"),
        new("us_tycr", 2000, 120, "date m1# m2# m3# m4# m6# y1# y2# y3# y5# y7# y10# y20# y30#"),
        new("us_trycr", 2000, 120, "date y5# y7# y10# y20# y30#"),
        new(
            "us_tbr",
            2000,
            120,
            "date w4_bd# w4_ce# w8_bd# w8_ce# w13_bd# w13_ce# w17_bd# w17_ce# w26_bd# w26_ce# w52_bd# w52_ce#"
        ),
        new("us_tltr", 2000, 120, "date ltc# cmt# e_factor#"),
        new("us_trltr", 2000, 120, "date ltr_avg#"),
        new(
            "rt_idx_k",
            6000,
            Bought,
            "ts_code name trade_time close# pre_close# high# open# low# vol# amount#",
            "ts_code=0*.SH",
            "必填参数, ts_code"
        ),
        new(
            "rt_idx_min",
            1000,
            Bought,
            "ts_code time open# close# high# low# vol# amount#",
            "ts_code=000001.SH,399001.SZ&freq=1MIN",
            "必填参数, ts_code"
        ),
        new(
            "idx_mins",
            8000,
            Bought,
            "ts_code trade_time close# open# high# low# vol# amount#",
            "ts_code=000001.SH&freq=1min",
            "必填参数, ts_code"
        ),
        new(
            "rt_etf_k",
            2000,
            Bought,
            "ts_code name pre_close# high# open# low# close# vol! amount! num! ask_volume1!- bid_volume1!- trade_time-",
            "ts_code=1*.SZ,5*.SH&topic=HQ_FND_TICK",
            "必填参数, ts_code"
        ),
        new(
            "rt_min",
            1000,
            Bought,
            "ts_code time open# close# high# low# vol# amount#",
            "ts_code=600001.SH,600002.SH,600003.SH,600004.SH&freq=5MIN",
            "必填参数, ts_code"
        ),
        new(
            "stk_mins",
            8000,
            Bought,
            "ts_code trade_time close# open# high# low# vol# amount#",
            "ts_code=600002.SH&freq=1min",
            "必填参数, ts_code"
        ),
        new(
            "ft_mins",
            8000,
            Bought,
            "ts_code trade_time open# close# high# low# vol# amount# oi#",
            "ts_code=CU2610.SHF&freq=1min",
            "必填参数, ts_code"
        ),
        new(
            "stk_premarket",
            8000,
            Bought,
            "trade_date ts_code total_share# float_share# pre_close# up_limit# down_limit#"
        ),
    ];
}
