using static Tidemark.Simulator.Tushare.ApiRow;

namespace Tidemark.Simulator.Tushare;

/// <summary>APIs of minutes and of the running day; all of them are bought by themselves.</summary>
internal static class LiveApis
{
    private const string Minutes = "ts_code trade_time close# open# high# low# vol# amount#";
    private const string Live = "ts_code time open# close# high# low# vol# amount#";
    private const string SinceOpen = "code freq time open# close# high# low# vol# amount#";
    private const string Needs = "ts_code freq";

    public static IReadOnlyList<TushareApi> All { get; } =
    [
        // No cap is documented for rt_idx_k.
        Api(
            "rt_idx_k",
            6000,
            TushareApi.Purchased,
            "ts_code name trade_time close# pre_close# high# open# low# vol# amount#",
            needs: "ts_code"
        ),
        Api("rt_idx_min", 1000, TushareApi.Purchased, Live, needs: Needs),
        // The calls with all bars since the open name the code otherwise.
        Api("rt_idx_min_daily", 1000, TushareApi.Purchased, SinceOpen, needs: Needs),
        Api("idx_mins", 8000, TushareApi.Purchased, Minutes, needs: Needs),
        Api(
            "rt_etf_k",
            2000,
            TushareApi.Purchased,
            "ts_code name pre_close# high# open# low# close# vol! amount! num! ask_volume1!- bid_volume1!- trade_time-",
            needs: "ts_code"
        ),
        Api("rt_min", 1000, TushareApi.Purchased, Live, needs: Needs),
        Api("rt_min_daily", 1000, TushareApi.Purchased, SinceOpen, needs: Needs),
        Api("stk_mins", 8000, TushareApi.Purchased, Minutes, needs: Needs),
        Api(
            "ft_mins",
            8000,
            TushareApi.Purchased,
            "ts_code trade_time open# close# high# low# vol# amount# oi#",
            needs: Needs
        ),
    ];
}
