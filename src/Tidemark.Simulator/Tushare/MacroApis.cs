using static Tidemark.Simulator.Tushare.ApiRow;

namespace Tidemark.Simulator.Tushare;

/// <summary>APIs of interest rates and of the economy.</summary>
internal static class MacroApis
{
    private const string Months = "start_m end_m";

    public static IReadOnlyList<TushareApi> All { get; } =
    [
        Api("shibor", 2000, 120, "date on# 1w# 2w# 1m# 3m# 6m# 9m# 1y#", "date"),
        Api("shibor_lpr", 4000, 120, "date 1y# 5y#", "date"),
        Api(
            "cn_gdp",
            10000,
            600,
            "quarter gdp# gdp_yoy# pi# pi_yoy# si# si_yoy# ti# ti_yoy#",
            "quarter",
            range: "start_q end_q",
            filters: "q=quarter"
        ),
        Api(
            "cn_cpi",
            5000,
            600,
            "month nt_val# nt_yoy# nt_mom# nt_accu# town_val# town_yoy# town_mom# town_accu# cnt_val# cnt_yoy# cnt_mom# cnt_accu#",
            "month",
            range: Months,
            filters: "m=month"
        ),
        Api("cn_ppi", 5000, 600, "month " + Ppi(), "month", range: Months, filters: "m=month"),
        Api("cn_pmi", 2000, 2000, "month " + Pmi(), "month", range: Months, filters: "m=month", perMinute: 100) with
        {
            ShoutsByDefault = true,
        },
        Api(
            "cn_m",
            5000,
            600,
            "month m0# m0_yoy# m0_mom# m1# m1_yoy# m1_mom# m2# m2_yoy# m2_mom#",
            "month",
            range: Months,
            filters: "m=month"
        ),
        Api(
            "sf_month",
            2000,
            2000,
            "month inc_month# inc_cumval# stk_endval#",
            "month",
            range: Months,
            filters: "m=month",
            perMinute: 100
        ),
        Api("us_tycr", 2000, 120, "date m1# m2# m3# m4# m6# y1# y2# y3# y5# y7# y10# y20# y30#", "date"),
        Api("us_trycr", 2000, 120, "date y5# y7# y10# y20# y30#", "date"),
        Api(
            "us_tbr",
            2000,
            120,
            "date w4_bd# w4_ce# w8_bd# w8_ce# w13_bd# w13_ce# w17_bd# w17_ce# w26_bd# w26_ce# w52_bd# w52_ce#",
            "date"
        ),
        Api("us_tltr", 2000, 120, "date ltc# cmt# e_factor#", "date"),
        Api("us_trltr", 2000, 120, "date ltr_avg#", "date"),
    ];

    /// <summary>Ten series: their yearly changes, then their monthly ones, then those of the year so far.</summary>
    private static string Ppi() =>
        string.Join(
            ' ',
            from suffix in new[] { "yoy", "mom", "accu" }
            from series in "ppi ppi_mp ppi_mp_qm ppi_mp_rm ppi_mp_p ppi_cg ppi_cg_f ppi_cg_c ppi_cg_adu ppi_cg_dcg".Split(
                ' '
            )
            select $"{series}_{suffix}#"
        );

    /// <summary>
    /// The index of industry and its parts (five of them by size of firm), that of the rest (six of them by
    /// construction and services), and the composite one.
    /// </summary>
    private static string Pmi()
    {
        var names = new List<string>();
        void Add(string part, int from, int to, int firstSplit, int lastSplit, int splits)
        {
            for (var i = from; i <= to; i++)
            {
                names.Add($"pmi{part}{i:D2}00#");
                for (var j = 1; i >= firstSplit && i <= lastSplit && j <= splits; j++)
                {
                    names.Add($"pmi{part}{i:D2}{j:D2}#");
                }
            }
        }

        Add("01", 0, 20, 4, 8, 3);
        Add("02", 1, 10, 1, 6, 2);
        names.Add("pmi030000#");
        return string.Join(' ', names);
    }
}
