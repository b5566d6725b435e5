using static Tidemark.Simulator.Tushare.ApiRow;

namespace Tidemark.Simulator.Tushare;

/// <summary>APIs of futures, of the Shanghai Gold Exchange and of foreign exchange.</summary>
internal static class FuturesApis
{
    public static IReadOnlyList<TushareApi> All { get; } =
    [
        Api(
            "fut_basic",
            10000,
            2000,
            "ts_code symbol exchange name fut_code multiplier# trade_unit per_unit# quote_unit quote_unit_desc d_mode_desc list_date "
                + "delist_date d_month last_ddate trade_time_desc-",
            filters: "exchange fut_code",
            needs: "exchange"
        ),
        Api(
            "fut_daily",
            2000,
            2000,
            "ts_code trade_date pre_close# pre_settle# open# high# low# close# settle# change1# change2# vol# amount# oi# oi_chg# "
                + "delv_settle#-",
            "trade_date",
            filters: "ts_code"
        ),
        Api(
            "fut_settle",
            1600,
            2000,
            "ts_code trade_date settle# trading_fee_rate# trading_fee# delivery_fee# b_hedging_margin_rate# s_hedging_margin_rate# "
                + "long_margin_rate# short_margin_rate# offset_today_fee#- exchange-",
            "trade_date",
            filters: "ts_code exchange",
            oneOf: "ts_code trade_date"
        ),
        Api("fut_mapping", 2000, 2000, "ts_code trade_date mapping_ts_code", "trade_date", filters: "ts_code"),
        Api(
            "fut_weekly_detail",
            4000,
            600,
            // The slip in the name of the eighth is the vendor's.
            "exchange prd name vol! vol_yoy# amount# amout_yoy# cumvol! cumvol_yoy# cumamt# cumamt_yoy# open_interest! interest_wow# "
                + "mc_close# close_wow# week week_date",
            "week",
            range: "start_week end_week",
            filters: "week prd exchange"
        ),
        Api(
            "fut_wsr",
            1000,
            2000,
            "trade_date symbol fut_name warehouse wh_id- pre_vol! vol! vol_chg! area- year- grade- brand- place- pd!- is_ct- unit "
                + "exchange-",
            "trade_date",
            filters: "symbol exchange"
        ),
        Api(
            "fut_holding",
            2000,
            2000,
            "trade_date symbol broker vol! vol_chg! long_hld! long_chg! short_hld! short_chg! exchange-",
            "trade_date",
            filters: "exchange",
            oneOf: "trade_date symbol"
        ),
        Api(
            "fut_trade_cal",
            6000,
            2000,
            "exchange cal_date is_open! pretrade_date",
            "cal_date",
            defaults: "exchange=SHFE"
        ),
        Api(
            "sge_basic",
            100,
            5000,
            "ts_code ts_name trade_type t_unit# p_unit# min_change# price_limit# min_vol! max_vol! trade_mode margin_rate# liq_rate# "
                + "trade_time list_date",
            filters: "ts_code"
        ),
        Api(
            "sge_daily",
            2000,
            2000,
            "ts_code trade_date close# open# high# low# price_avg# change# pct_change# vol# amount# oi# settle_vol# settle_dire",
            "trade_date",
            filters: "ts_code",
            perMinute: 100
        ),
        Api(
            "fx_obasic",
            6000,
            2000,
            // The slip in the name of the ninth is the vendor's.
            "ts_code name classify exchange min_unit# max_unit# pip# pip_cost# traget_spread# min_stop_distance# trading_hours "
                + "break_time",
            filters: "ts_code exchange classify"
        ),
        Api(
            "fx_daily",
            1000,
            2000,
            "ts_code trade_date bid_open# bid_close# bid_high# bid_low# ask_open# ask_close# ask_high# ask_low# tick_qty! exchange-",
            "trade_date",
            filters: "ts_code exchange"
        ),
    ];
}
