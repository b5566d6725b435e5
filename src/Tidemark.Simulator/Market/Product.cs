namespace Tidemark.Simulator.Market;

/// <summary>What futures are on: one commodity, index or bond of one exchange.</summary>
/// <param name="Exchange">As <c>fut_basic.exchange</c> says it.</param>
/// <param name="Level">The price around which it moves, in quote currency.</param>
/// <param name="Tick">The smallest step of the price.</param>
/// <param name="PerUnit">Units in a lot.</param>
/// <param name="Months">The delivery months that are listed.</param>
/// <param name="Since">The year of its first contract.</param>
internal sealed record Product(
    string Exchange,
    string Code,
    string Name,
    double Level,
    double Tick,
    int PerUnit,
    string Unit,
    string Months,
    int Since
)
{
    private const string All = "1 2 3 4 5 6 7 8 9 10 11 12";
    private const string Farm = "1 3 5 7 9 11";
    private const string Quarters = "3 6 9 12";

    public string Ending =>
        Exchange switch
        {
            "CFFEX" => "CFX",
            "SHFE" => "SHF",
            "CZCE" => "ZCE",
            "GFEX" => "GFE",
            _ => Exchange,
        };

    public bool IsFinancial => Exchange == "CFFEX";

    public static IReadOnlyList<Product> Every { get; } =
    [
        new("CFFEX", "IF", "沪深300股指", 3800, 0.2, 300, "点", All, 2010),
        new("CFFEX", "IC", "中证500股指", 5600, 0.2, 200, "点", All, 2015),
        new("CFFEX", "IH", "上证50股指", 2600, 0.2, 300, "点", All, 2015),
        new("CFFEX", "TF", "五年期国债", 101, 0.005, 10_000, "元", Quarters, 2013),
        new("CFFEX", "T", "十年期国债", 100, 0.005, 10_000, "元", Quarters, 2015),
        new("SHFE", "CU", "铜", 60_000, 10, 5, "吨", All, 1999),
        new("SHFE", "AL", "铝", 17_000, 5, 5, "吨", All, 1999),
        new("SHFE", "ZN", "锌", 22_000, 5, 5, "吨", All, 2007),
        new("SHFE", "AU", "黄金", 400, 0.02, 1000, "克", All, 2008),
        new("SHFE", "AG", "白银", 5000, 1, 15, "千克", All, 2012),
        new("SHFE", "RB", "螺纹钢", 3800, 1, 10, "吨", All, 2009),
        new("INE", "SC", "原油", 520, 0.1, 1000, "桶", All, 2018),
        new("INE", "NR", "20号胶", 11_000, 5, 10, "吨", All, 2019),
        new("DCE", "M", "豆粕", 3100, 1, 10, "吨", Farm, 2000),
        new("DCE", "Y", "豆油", 7500, 2, 10, "吨", Farm, 2006),
        new("DCE", "P", "棕榈油", 7200, 2, 10, "吨", All, 2007),
        new("DCE", "C", "玉米", 2300, 1, 10, "吨", Farm, 2004),
        new("DCE", "I", "铁矿石", 800, 0.5, 100, "吨", All, 2013),
        new("DCE", "JM", "焦煤", 1500, 0.5, 60, "吨", All, 2013),
        new("CZCE", "SR", "白糖", 5800, 1, 10, "吨", Farm, 2006),
        new("CZCE", "CF", "棉花", 15_000, 5, 5, "吨", Farm, 2004),
        new("CZCE", "TA", "PTA", 5200, 2, 5, "吨", All, 2006),
        new("CZCE", "MA", "甲醇", 2500, 1, 10, "吨", All, 2014),
        new("CZCE", "RM", "菜粕", 2600, 1, 10, "吨", Farm, 2012),
        new("GFEX", "SI", "工业硅", 13_000, 5, 5, "吨", All, 2022),
        new("GFEX", "LC", "碳酸锂", 120_000, 50, 1, "吨", All, 2023),
    ];
}
