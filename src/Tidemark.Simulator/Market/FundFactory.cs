namespace Tidemark.Simulator.Market;

/// <summary>Makes exchange-traded funds, some listed open-ended funds, and a few funds that are not traded.</summary>
/// <param name="indices">What ETFs can follow.</param>
internal sealed class FundFactory(ulong seed, MarketDays days, IndexListing[] indices)
{
    /// <summary>The index that a theme means.</summary>
    private static readonly Dictionary<string, string> s_followed = new()
    {
        ["沪深300"] = "000300.SH",
        ["中证500"] = "000905.SH",
        ["中证1000"] = "000852.SH",
        ["上证50"] = "000016.SH",
        ["创业板"] = "399006.SZ",
        ["科创50"] = "000688.SH",
        ["红利"] = "000922.CSI",
    };

    /// <summary>One listed open-ended and one untraded fund for this many ETFs.</summary>
    private const int EtfsForOneOther = 15;

    private static readonly string[] s_themes =
        "沪深300 中证500 中证1000 上证50 创业板 科创50 红利 证券 银行 芯片 半导体 新能源 光伏 电池 医药 创新药 医疗 消费 酒 军工 人工智能 机器人 游戏 传媒 通信 5G 房地产 煤炭 钢铁 有色 化工 农业 央企 恒生 港股通 纳指 黄金 国债 云计算 大数据 环保 旅游".Split(
            ' '
        );

    private static readonly string[] s_managers =
        "华夏 易方达 南方 国泰 华泰柏瑞 嘉实 广发 富国 博时 华宝 汇添富 招商 鹏华 工银 天弘 银华 华安 平安 建信 景顺 万家 中欧 兴业 永赢".Split(
            ' '
        );

    private readonly CodePool _shanghai = new(
        10,
        "510",
        "512",
        "515",
        "516",
        "560",
        "561",
        "562",
        "588",
        "511",
        "513",
        "517",
        "518",
        "520",
        "530",
        "551",
        "563",
        "589",
        "159"
    );
    private readonly CodePool _shenzhen = new(1, "159", "158", "157");
    private readonly CodePool _listed = new(1, "160", "161", "162", "163", "164", "165");
    private readonly CodePool _open = new(1, "000", "001", "002", "003");

    public FundListing[] Make(int etfs)
    {
        var funds = new List<FundListing>();
        for (var i = 0; i < etfs; i++)
        {
            var key = SeededHash.Mix(seed, 1010, (ulong)i);
            var theme = s_themes[i % s_themes.Length];
            var manager = s_managers[i / s_themes.Length % s_managers.Length];
            var isShanghai = SeededHash.Unit(SeededHash.Mix(key, 1)) < 0.55;
            var prefixes = new[] { "510", "512", "515", "516", "560", "588" };
            var code = isShanghai
                ? _shanghai.Take(prefixes[SeededHash.Index(SeededHash.Mix(key, 2), prefixes.Length)]) + ".SH"
                : _shenzhen.Take("159") + ".SZ";
            funds.Add(
                Fund(code, key, (i + 0.5) / etfs, $"{theme}ETF{manager}", manager, theme, "E", Followed(theme, key))
            );
        }

        for (var i = 0; i < etfs / EtfsForOneOther; i++)
        {
            var key = SeededHash.Mix(seed, 1111, (ulong)i);
            var theme = s_themes[i % s_themes.Length];
            var manager = s_managers[(i * 7) % s_managers.Length];
            var share = SeededHash.Unit(key);
            funds.Add(Fund(_listed.Take("160") + ".SZ", key, share, $"{manager}{theme}LOF", manager, theme, "E"));
            var other = SeededHash.Mix(key, 5);
            funds.Add(Fund(_open.Take("000") + ".OF", other, share, $"{manager}{theme}混合A", manager, theme, "O"));
        }

        return [.. funds.OrderBy(f => f.Instrument.Code, StringComparer.Ordinal)];
    }

    private IndexListing? Followed(string theme, ulong key)
    {
        var traded = indices.Where(i => i.Instrument.End > i.Instrument.First).ToArray();
        var code = s_followed.GetValueOrDefault(theme);
        return Array.Find(traded, i => i.Instrument.Code == code)
            ?? (traded.Length == 0 ? null : traded[SeededHash.Index(SeededHash.Mix(key, 8), traded.Length)]);
    }

    private FundListing Fund(
        string code,
        ulong key,
        double share,
        string name,
        string manager,
        string theme,
        string market,
        IndexListing? index = null
    )
    {
        var instrument = Traits.Complete(
            days,
            new Traits(
                code,
                key,
                Board.Fund,
                ListingTable.Funds.DateAt(share),
                Gone: null,
                Decimals: 3,
                LimitPercent: 10,
                Scale: 0.5,
                Level: 0.9 * Math.Exp(1.6 * SeededHash.Unit(SeededHash.Mix(key, 3))),
                Yield: Math.Max(0, 0.03 * SeededHash.Signed(SeededHash.Mix(key, 4))),
                Shares: (long)(5e7 * Math.Exp(6 * SeededHash.Unit(SeededHash.Mix(key, 6)))) / 10_000 * 10_000,
                Turnover: 0.03,
                Follows: index?.Instrument
            )
        );

        // Untraded funds have a list entry only.
        var listed = market == "E" ? instrument : instrument with { First = 0, End = 0 };
        return new FundListing(listed, name, manager, theme, market, index);
    }
}
