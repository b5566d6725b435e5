using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary><c>fut_holding</c> (brokers by volume, long and short positions) and <c>fut_wsr</c> (receipts).</summary>
internal sealed class FuturesReports(FuturesMarket market)
{
    private const int Brokers = 26;
    private const int Ranked = 20;
    private const int Warehouses = 6;

    private static readonly string[] s_brokers =
    [
        .. "华山 泰山 黄山 庐山 峨眉 长白 祁连 天目 武夷 雁荡 太行 秦岭 昆仑 武当 普陀 九华 五台 衡山 嵩山 恒山 天柱 井冈 莫干 阿里 长江 黄河"
            .Split(' ')
            .Select(name => $"{name}期货"),
    ];

    private static readonly string[] s_places = ["上海", "天津", "宁波", "广州", "青岛", "大连"];

    /// <summary>
    /// By contract, then by product, as <c>symbol</c> names either. Who is in none of a side's first twenty has nothing
    /// there.
    /// </summary>
    public IEnumerable<Cell[]> Holdings(Ask ask) =>
        from position in market.Days.Backwards(ask.First, ask.Last)
        from product in Product.Every
        where ask.Wants("exchange", product.Exchange) && MayName(ask, product)
        let traded = market.Traded(product, position).ToArray()
        where traded.Length > 0
        from named in traded.Select(c => (Name: c.Symbol, Of: new[] { c })).Append((Name: product.Code, Of: traded))
        where ask.Wants("symbol", named.Name)
        from row in Ranking(product, named.Name, named.Of, position)
        select row;

    /// <summary>Whether a symbol that was asked for can be the product's or that of one of its contracts.</summary>
    private static bool MayName(Ask ask, Product product) =>
        ask.List("symbol") is not { } symbols || symbols.Any(s => s.StartsWith(product.Code, StringComparison.Ordinal));

    /// <summary>Rows that are equal in everything that names them are legal: two lots of one warehouse.</summary>
    public IEnumerable<Cell[]> Receipts(Ask ask) =>
        from position in market.Days.Backwards(ask.First, ask.Last)
        from product in Product.Every
        where !product.IsFinancial && ask.Wants("symbol", product.Code) && ask.Wants("exchange", product.Exchange)
        where market.Traded(product, position).Any()
        from number in Enumerable.Range(0, Warehouses)
        select Receipt(product, number, position);

    private IEnumerable<Cell[]> Ranking(Product product, string name, Contract[] contracts, int position)
    {
        long volume = 0,
            interest = 0,
            interestBefore = 0;
        foreach (var contract in contracts)
        {
            var day = market.At(contract, position);
            volume += day.Volume;
            interest += day.OpenInterest;
            interestBefore += market.Before(contract, position).OpenInterest;
        }

        for (var broker = 0; broker < Brokers; broker++)
        {
            var (traded, change) = Part(name, broker, 0, volume, volume);
            var (bought, boughtChange) = Part(name, broker, 1, interest, interestBefore);
            var (sold, soldChange) = Part(name, broker, 2, interest, interestBefore);
            yield return
            [
                market.Days[position],
                name,
                s_brokers[broker],
                traded,
                change,
                bought,
                boughtChange,
                sold,
                soldChange,
                product.Exchange,
            ];
        }
    }

    /// <summary>A broker's part of one side and its change; six of the brokers are not ranked there.</summary>
    private static (Cell Now, Cell Change) Part(string name, int broker, int side, long whole, long before)
    {
        var turn = SeededHash.Index(SeededHash.Mix(SeededHash.Mix(3535, name), (ulong)side), Brokers);
        var rank = (broker + turn) % Brokers;
        if (rank >= Ranked)
        {
            return (Cell.Null, Cell.Null);
        }

        // The first twenty have less than 0.75 of all.
        var share = 0.12 * Math.Pow(0.85, rank);
        return ((long)(whole * share), (long)(whole * share) - (long)(before * share));
    }

    private Cell[] Receipt(Product product, int number, int position)
    {
        // Two lots of the same warehouse, of one grade, have the same figures on some days.
        var house = number == Warehouses - 1 ? number - 1 : number;
        var key = SeededHash.Mix(SeededHash.Mix(3636, product.Code), (ulong)house);
        var (now, before) = (Stock(key, position), Stock(key, position - 1));
        return
        [
            market.Days[position],
            product.Code,
            product.Name,
            $"{s_places[house]}{product.Name}库",
            $"{product.Code}{house:D2}",
            before,
            now,
            now - before,
            s_places[house],
            $"{market.Days[position].Year}",
            "一级",
            "甲",
            "国产",
            0,
            "N",
            product.Unit,
            product.Exchange,
        ];
    }

    private static long Stock(ulong key, int position) =>
        (long)(3000 * (1 + PricePath.SlowWave(key, position))) / 5 * 5;
}
