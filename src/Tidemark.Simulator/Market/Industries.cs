using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>index_classify</c> and <c>index_member_all</c>: a tree of industries of the size of Shenwan's (31, 134 and 346 in
/// the version of 2021; 28, 104 and 227 in that of 2014), of which only the first level has its real names.
/// </summary>
internal sealed class Industries(MarketDays days, StockListing[] stocks)
{
    private const double MovedShare = 0.15;

    private static readonly (string Code, string Name)[] s_first =
    [
        .. "801010农林牧渔 801030基础化工 801040钢铁 801050有色金属 801080电子 801880汽车 801110家用电器 801120食品饮料 801130纺织服饰 801140轻工制造 801150医药生物 801160公用事业 801170交通运输 801180房地产 801200商贸零售 801210社会服务 801780银行 801790非银金融 801230综合 801710建筑材料 801720建筑装饰 801730电力设备 801890机械设备 801740国防军工 801750计算机 801760传媒 801770通信 801950煤炭 801960石油石化 801970环保 801980美容护理"
            .Split(' ')
            .Select(text => (text[..6], text[6..])),
    ];

    private static readonly Industry[] s_tree2021 = [.. Grown("SW2021", 31, 134, 346)];
    private static readonly Industry[] s_tree2014 = [.. Grown("SW2014", 28, 104, 227)];

    private static readonly Industry[] s_leaves = [.. s_tree2021.Where(i => i.Level == 3)];
    private static readonly Dictionary<string, Industry> s_byClass = s_tree2021.ToDictionary(i => i.Class);

    public static IEnumerable<Cell[]> Tree(Ask ask) =>
        from industry in s_tree2021.Concat(s_tree2014)
        select (Cell[])
            [
                industry.Code,
                industry.Name,
                $"L{industry.Level}",
                industry.Class,
                industry is { Source: "SW2014", Level: 1 } ? Cell.Null : (industry.IsPublished ? "1" : "0"),
                industry.Parent,
                industry.Source,
            ];

    /// <summary>
    /// Present members (Y) and past ones (N), each with the first day on which it is out. What happens after today is not told,
    /// so a member has no leaving day yet.
    /// </summary>
    public IEnumerable<Cell[]> Members(Ask ask)
    {
        foreach (var stock in stocks)
        {
            var instrument = stock.Instrument;
            if (instrument.ListDate > ask.Today || !ask.Wants("ts_code", instrument.Code))
            {
                continue;
            }

            var joined = instrument.ListDate;
            if (MovedOn(instrument) is { } moved && moved <= ask.Today)
            {
                yield return Row(stock, Leaf(instrument, 1), joined, moved, ask.Today);
                joined = moved;
                yield return Row(stock, Leaf(instrument, 0), joined, Left(instrument, ask.Today), ask.Today);
            }
            else
            {
                var first = MovedOn(instrument) is null ? 0 : 1;
                yield return Row(stock, Leaf(instrument, first), joined, Left(instrument, ask.Today), ask.Today);
            }
        }
    }

    private Cell[] Row(StockListing stock, Industry third, DateOnly joined, DateOnly? left, DateOnly today)
    {
        var second = s_byClass[third.Parent];
        var first = s_byClass[second.Parent];
        var isGone = stock.Instrument.DelistDate is { } gone && gone <= today;
        var name = StockNames.At(stock, days, today).Replace("(退)", "", StringComparison.Ordinal);
        return
        [
            first.Code,
            first.Name,
            second.Code,
            second.Name,
            third.Code,
            third.Name,
            stock.Instrument.Code,
            isGone ? $"{name}(退市)" : name,
            joined,
            left,
            left is null ? "Y" : "N",
        ];
    }

    private static DateOnly? Left(Instrument instrument, DateOnly today) =>
        instrument.DelistDate is { } gone && gone <= today ? gone : null;

    private static Industry Leaf(Instrument instrument, int which) =>
        s_leaves[SeededHash.Index(SeededHash.Mix(instrument.Key, 2727, (ulong)which), s_leaves.Length)];

    /// <summary>The day on which a stock was put into another industry; null when it never was.</summary>
    private static DateOnly? MovedOn(Instrument instrument)
    {
        var key = SeededHash.Mix(instrument.Key, 2828);
        var day = instrument.ListDate.AddDays(200 + SeededHash.Index(SeededHash.Mix(key, 1), 3000));
        return SeededHash.Unit(key) < MovedShare && (instrument.DelistDate is not { } gone || day < gone) ? day : null;
    }

    /// <summary>A tree with so many industries on its three levels, spread evenly.</summary>
    private static IEnumerable<Industry> Grown(string source, int firsts, int seconds, int thirds)
    {
        var (second, third) = (0, 0);
        for (var i = 0; i < firsts; i++)
        {
            var (code, name) = s_first[i];
            var top = $"{11 + i}0000";
            yield return new Industry($"{code}.SI", name, 1, top, "0", source, true);
            for (var j = 1; second < seconds * (i + 1) / firsts; j++, second++)
            {
                var middle = $"{11 + i}{j:D2}00";
                yield return new Industry($"{SecondCode(second)}.SI", $"{name}Ⅱ{j}", 2, middle, top, source, true);
                for (var k = 1; third < thirds * (second + 1) / seconds; k++, third++)
                {
                    var isPublished = third % 5 != 4;
                    yield return new Industry(
                        $"85{third + 111:D4}.SI",
                        $"{name}Ⅲ{j}{k}",
                        3,
                        $"{11 + i}{j:D2}{k:D2}",
                        middle,
                        source,
                        isPublished
                    );
                }
            }
        }
    }

    /// <summary>A code of the second level that no industry of the first has: those end in 0.</summary>
    private static string SecondCode(int number) => $"801{(number / 9 * 10) + (number % 9) + 1:D3}";

    /// <param name="Class">Its number in the classification, by which its children name it.</param>
    private sealed record Industry(
        string Code,
        string Name,
        int Level,
        string Class,
        string Parent,
        string Source,
        bool IsPublished
    );
}
