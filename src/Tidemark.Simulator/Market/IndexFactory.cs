namespace Tidemark.Simulator.Market;

/// <summary>
/// Makes the well-known indices, then themes of CSI and Shenzhen, and a few of Shenwan that have no bars here.
/// </summary>
internal sealed class IndexFactory(ulong seed, MarketDays days)
{
    private const int ShenwanIndices = 5;

    private static readonly (string Code, string Name, string Category, double Level)[] s_known =
    [
        ("000001.SH", "上证指数", "综合指数", 3000),
        ("399001.SZ", "深证成指", "规模指数", 10000),
        ("000300.SH", "沪深300", "规模指数", 3800),
        ("399006.SZ", "创业板指", "规模指数", 2200),
        ("000905.SH", "中证500", "规模指数", 5600),
        ("000016.SH", "上证50", "规模指数", 2600),
        ("000852.SH", "中证1000", "规模指数", 6000),
        ("000688.SH", "科创50", "规模指数", 1000),
        ("399005.SZ", "中小100", "规模指数", 6500),
        ("899050.BJ", "北证50", "规模指数", 1100),
        ("399106.SZ", "深证综指", "综合指数", 1900),
        ("000010.SH", "上证180", "规模指数", 7500),
        ("399300.SZ", "沪深300", "规模指数", 3800),
        ("000922.CSI", "中证红利", "策略指数", 5000),
        ("000906.SH", "中证800", "规模指数", 4200),
    ];

    private static readonly string[] s_subjects =
        "消费 医药 银行 证券 地产 军工 能源 材料 工业 信息 通信 公用 环保 传媒 半导体 新能源 光伏 电池 酒 农业 煤炭 钢铁 有色 化工 机械 汽车 家电 旅游 物流 保险 人工智能 机器人".Split(
            ' '
        );

    private readonly CodePool _csi = new(1, "930", "931", "932", "933");
    private readonly CodePool _shenzhen = new(1, "399", "980");

    public IndexListing[] Make(int count)
    {
        var indices = new List<IndexListing>();
        for (var i = 0; i < count; i++)
        {
            var key = SeededHash.Mix(seed, 1212, (ulong)i);
            var share = (i + 0.5) / count;
            if (i < s_known.Length)
            {
                var known = s_known[i];
                indices.Add(Index(known.Code, key, share, known.Name, known.Category, known.Level));
                continue;
            }

            var subject = s_subjects[i % s_subjects.Length];
            var level = 1000 * Math.Exp(1.8 * SeededHash.Unit(SeededHash.Mix(key, 1)));
            var isShenzhen = i % 4 == 0;
            var code = isShenzhen ? Shenzhen() : _csi.Take("930") + ".CSI";
            var name =
                (isShenzhen ? "国证" : "中证") + subject + (i / s_subjects.Length is > 0 and var round ? round : "");
            indices.Add(Index(code, key, share, name, i % 3 == 0 ? "行业指数" : "主题指数", level));
        }

        for (var i = 0; i < Math.Min(count, ShenwanIndices); i++)
        {
            var index = Index(
                $"8010{i + 1}0.SI",
                SeededHash.Mix(seed, 1313, (ulong)i),
                0.3,
                $"申万{s_subjects[i]}",
                "一级行业指数",
                1000
            );
            indices.Add(index with { Instrument = index.Instrument with { First = 0, End = 0 } });
        }

        return [.. indices.OrderBy(x => x.Instrument.Code, StringComparer.Ordinal)];
    }

    /// <summary>A code that no known index has.</summary>
    private string Shenzhen()
    {
        string code;
        do
        {
            code = _shenzhen.Take("399") + ".SZ";
        } while (s_known.Any(known => known.Code == code));

        return code;
    }

    private IndexListing Index(string code, ulong key, double share, string name, string category, double level)
    {
        var instrument = Traits.Complete(
            days,
            new Traits(
                code,
                key,
                Board.Index,
                ListingTable.Indices.DateAt(share),
                Gone: null,
                Decimals: 4,
                LimitPercent: 0,
                Scale: 0.4,
                level,
                Yield: 0,
                Shares: 100_000_000_000,
                Turnover: 0.02
            )
        );
        var (market, publisher) = code[code.IndexOf('.', StringComparison.Ordinal)..] switch
        {
            ".SH" => ("SSE", "中证公司"),
            ".SZ" => ("SZSE", "深交所"),
            ".SI" => ("SW", "申银万国指数"),
            ".BJ" => ("OTH", "北交所"),
            _ => ("CSI", "中证公司"),
        };
        return new IndexListing(instrument, name, market, publisher, category);
    }
}
