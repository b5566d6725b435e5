using System.Globalization;
using System.Text;

namespace Tidemark.Simulator.Market;

/// <summary>An invented company.</summary>
internal readonly record struct CompanyName(string Short, string Full, string English, string Initials);

/// <summary>
/// Invented names in the market's style, with pinyin, industries and areas. Any similarity to real ones is chance.
/// </summary>
internal static class NameBook
{
    /// <summary>A syllable and its pinyin.</summary>
    private static readonly (string Text, string Pinyin)[] s_first = Pairs(
        "华hua 金jin 天tian 东dong 南nan 新xin 中zhong 海hai 江jiang 长chang 大da 宏hong 瑞rui 永yong 恒heng 盛sheng 德de 安an 国guo 明ming 嘉jia 宝bao 博bo 凯kai"
    );

    private static readonly (string Text, string Pinyin)[] s_second = Pairs(
        "泰tai 龙long 山shan 方fang 达da 源yuan 通tong 信xin 和he 润run 光guang 丰feng 鑫xin 利li 祥xiang 诚cheng 远yuan 星xing 威wei 洋yang 辉hui 康kang 禾he 健jian"
    );

    private static readonly (string Industry, (string Text, string Pinyin)[] Endings)[] s_industries =
    [
        ("银行", Pairs("银行yin.hang")),
        ("证券", Pairs("证券zheng.quan")),
        ("软件服务", Pairs("软件ruan.jian 信息xin.xi 数码shu.ma")),
        ("半导体", Pairs("微wei 芯片xin.pian 电子dian.zi")),
        ("元器件", Pairs("电子dian.zi 科技ke.ji 光电guang.dian")),
        ("通信设备", Pairs("通信tong.xin 科技ke.ji")),
        ("化学制药", Pairs("药业yao.ye 制药zhi.yao 医药yi.yao")),
        ("生物制药", Pairs("生物sheng.wu 基因ji.yin")),
        ("医疗保健", Pairs("医疗yi.liao 健康jian.kang")),
        ("中成药", Pairs("药业yao.ye 堂tang")),
        ("化工原料", Pairs("化工hua.gong 化学hua.xue 新材xin.cai")),
        ("专用机械", Pairs("机械ji.xie 重工zhong.gong 装备zhuang.bei")),
        ("汽车配件", Pairs("汽配qi.pei 车业che.ye 股份gu.fen")),
        ("汽车整车", Pairs("汽车qi.che")),
        ("电气设备", Pairs("电气dian.qi 能源neng.yuan 电力dian.li")),
        ("白酒", Pairs("酒业jiu.ye")),
        ("食品", Pairs("食品shi.pin 乳业ru.ye")),
        ("家用电器", Pairs("电器dian.qi 家电jia.dian")),
        ("服饰", Pairs("服饰fu.shi 纺织fang.zhi")),
        ("普钢", Pairs("钢铁gang.tie 股份gu.fen")),
        ("小金属", Pairs("稀土xi.tu 矿业kuang.ye")),
        ("煤炭开采", Pairs("煤业mei.ye 能源neng.yuan")),
        ("火力发电", Pairs("电力dian.li 能源neng.yuan")),
        ("环境保护", Pairs("环保huan.bao 环境huan.jing")),
        ("建筑工程", Pairs("建设jian.she 建工jian.gong")),
        ("水泥", Pairs("水泥shui.ni 建材jian.cai")),
        ("区域地产", Pairs("地产di.chan 发展fa.zhan")),
        ("仓储物流", Pairs("物流wu.liu 供应链gong.ying.lian")),
        ("航空", Pairs("航空hang.kong 航天hang.tian")),
        ("互联网", Pairs("网络wang.luo 传媒chuan.mei")),
        ("农业综合", Pairs("农业nong.ye 种业zhong.ye")),
        ("百货", Pairs("百货bai.huo 商业shang.ye")),
    ];

    private static readonly string[] s_areas =
        "北京 上海 深圳 广东 江苏 浙江 山东 福建 四川 湖北 湖南 安徽 河南 河北 辽宁 陕西 重庆 江西 天津 吉林 黑龙江 山西 云南 广西 贵州 新疆 内蒙 甘肃 海南 宁夏 青海 西藏".Split(
            ' '
        );

    public static string Area(ulong key) => s_areas[SeededHash.Index(SeededHash.Mix(key, 2), s_areas.Length)];

    /// <summary>
    /// An industry and a name that fits it. Names may repeat; call again with another <paramref name="attempt"/> then.
    /// </summary>
    public static (string Industry, CompanyName Name) Company(ulong key, int attempt)
    {
        var (industry, endings) = s_industries[SeededHash.Index(SeededHash.Mix(key, 1), s_industries.Length)];
        var draw = SeededHash.Mix(key, 3, (ulong)attempt);
        var parts = new[]
        {
            s_first[SeededHash.Index(SeededHash.Mix(draw, 1), s_first.Length)],
            s_second[SeededHash.Index(SeededHash.Mix(draw, 2), s_second.Length)],
            endings[SeededHash.Index(SeededHash.Mix(draw, 3), endings.Length)],
        };
        var name = string.Concat(parts.Select(p => p.Text));
        var initials = string.Concat(parts.SelectMany(p => p.Pinyin.Split('.')).Select(syllable => syllable[0]));
        var english = $"{Capital(parts[0].Pinyin + parts[1].Pinyin)} {Capital(parts[2].Pinyin)} Co., Ltd.";
        return (industry, new CompanyName(name, $"{name}股份有限公司", english, initials));
    }

    private static (string Text, string Pinyin)[] Pairs(string text) =>
        [
            .. text.Split(' ')
                .Select(pair =>
                {
                    var latin = pair.AsSpan().IndexOfAnyInRange('a', 'z');
                    return (pair[..latin], pair[latin..]);
                }),
        ];

    private static string Capital(string pinyin)
    {
        var text = new StringBuilder(pinyin.Replace(".", "", StringComparison.Ordinal));
        text[0] = char.ToUpper(text[0], CultureInfo.InvariantCulture);
        return text.ToString();
    }
}
