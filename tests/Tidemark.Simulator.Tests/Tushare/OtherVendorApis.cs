namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>The part of the table with futures, gold, currencies, the economy and minutes.</summary>
internal static class OtherVendorApis
{
    private const int Bought = 99_999;
    private const string Day = "trade_date=20260930";
    private const string CodeOrDay = "参数校验失败, ts_code,trade_date至少输入一个参数";

    public static IReadOnlyList<VendorApi> All { get; } =
    [
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
            "rt_idx_min_daily",
            1000,
            Bought,
            "code freq time open# close# high# low# vol# amount#",
            "ts_code=000001.SH&freq=1MIN",
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
            "rt_min_daily",
            1000,
            Bought,
            "code freq time open# close# high# low# vol# amount#",
            "ts_code=600002.SH&freq=1MIN",
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
