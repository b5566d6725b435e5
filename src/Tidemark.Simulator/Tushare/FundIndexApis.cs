using static Tidemark.Simulator.Tushare.ApiRow;

namespace Tidemark.Simulator.Tushare;

/// <summary>APIs of exchange-traded funds, indices, industries and exchanges.</summary>
internal static class FundIndexApis
{
    public static IReadOnlyList<TushareApi> All { get; } =
    [
        Api(
            "fund_basic",
            15000,
            2000,
            "ts_code name management custodian fund_type found_date due_date list_date issue_date delist_date issue_amount# m_fee# "
                + "c_fee# duration_year# p_value# min_amount# exp_return# benchmark status invest_type type trustee purc_startdate "
                + "redm_startdate market",
            defaults: "market=E"
        ),
        Api(
            "etf_basic",
            5000,
            8000,
            "ts_code csname extname cname index_code index_name setup_date list_date list_status exchange mgr_name custod_name "
                + "mgt_fee# etf_type",
            filters: "ts_code index_code list_date list_status exchange mgr=mgr_name"
        ),
        Api(
            "fund_daily",
            5000,
            5000,
            "ts_code trade_date open# high# low# close# pre_close# change# pct_chg# vol# amount#",
            "trade_date"
        ),
        Api("fund_adj", 2000, 600, "ts_code trade_date adj_factor#", "trade_date"),
        // Two columns are hidden, says the documentation that was seen, and not which: these two are an assumption.
        Api(
            "etf_share_size",
            5000,
            8000,
            "trade_date ts_code etf_name total_share# total_size# nav#- close#- exchange",
            "trade_date"
        ),
        Api("fund_share", 2000, 2000, "ts_code trade_date fd_share#", "trade_date"),
        Api(
            "index_basic",
            8000,
            2000,
            "ts_code name fullname- market publisher index_type- category base_date base_point# list_date weight_rule- desc- exp_date-"
        ),
        Api(
            "index_daily",
            8000,
            2000,
            "ts_code trade_date close# open# high# low# pre_close# change# pct_chg# vol# amount#",
            "trade_date",
            oneOf: "ts_code trade_date"
        ),
        // 6,000 rows were recorded in April 2026, 7,000 seen in September.
        Api(
            "index_weight",
            6000,
            2000,
            "index_code con_code trade_date weight#",
            "trade_date",
            filters: "index_code",
            oneOf: "index_code trade_date"
        ),
        Api(
            "index_dailybasic",
            3000,
            2000,
            "ts_code trade_date total_mv# float_mv# total_share# float_share# free_share# turnover_rate# turnover_rate_f# pe# "
                + "pe_ttm# pb#",
            "trade_date"
        ),
        Api(
            "index_classify",
            6000,
            2000,
            "index_code industry_name level industry_code is_pub parent_code src-",
            filters: "index_code level parent_code src",
            defaults: "src=SW2021"
        ),
        Api(
            "index_member_all",
            2000,
            2000,
            "l1_code l1_name l2_code l2_name l3_code l3_name ts_code name in_date out_date is_new",
            filters: "l1_code l2_code l3_code ts_code is_new",
            defaults: "is_new=Y"
        ),
        Api(
            "index_global",
            4000,
            6000,
            "ts_code trade_date open# close# high# low# pre_close# change# pct_chg# swing# vol# amount#-",
            "trade_date",
            filters: "ts_code"
        ),
        Api(
            "daily_info",
            4000,
            600,
            "trade_date ts_code ts_name com_count! total_share# float_share# total_mv# float_mv# amount# vol# trans_count# pe# tr# "
                + "exchange",
            "trade_date",
            filters: "ts_code exchange"
        ),
        Api(
            "sz_daily_info",
            2000,
            2000,
            "trade_date ts_code count! amount# vol! total_share# total_mv# float_share# float_mv#",
            "trade_date",
            filters: "ts_code"
        ),
    ];
}
