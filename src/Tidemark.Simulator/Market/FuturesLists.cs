using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>fut_basic</c>: contracts that are listed by today, and each product's two continuous codes (the dominant
/// contract, and the nearest one with an L).
/// </summary>
internal sealed class FuturesLists(FuturesMarket market)
{
    private const string Ordinary = "1";
    private const string Continuous = "2";

    public IEnumerable<Cell[]> Rows(Ask ask)
    {
        if (ask.Wants("fut_type", Ordinary))
        {
            var since = ask["list_date"];
            foreach (var contract in market.Every.Where(c => c.Listed <= ask.Today))
            {
                var row = Row(contract);
                if (since is null || string.CompareOrdinal(row[11].AsParameter(), since) >= 0)
                {
                    yield return row;
                }
            }
        }

        if (ask.Wants("fut_type", Continuous) && ask["list_date"] is null)
        {
            foreach (var product in Product.Every.Where(p => p.Since <= ask.Today.Year))
            {
                yield return Row(product, "", "主力");
                yield return Row(product, "L", "连续");
            }
        }
    }

    private static Cell[] Row(Contract contract)
    {
        var product = contract.Product;
        return Row(
            product,
            contract.Code,
            contract.Symbol,
            $"{product.Name}{contract.Symbol[product.Code.Length..]}",
            contract.Listed,
            contract.LastTraded,
            $"{contract.DeliveryYear:D4}{contract.DeliveryMonth:D2}",
            contract.LastTraded.AddDays(3)
        );
    }

    private static Cell[] Row(Product product, string letter, string word) =>
        Row(
            product,
            $"{product.Code}{letter}.{product.Ending}",
            $"{product.Code}{letter}",
            $"{product.Name}{word}",
            null,
            null,
            null,
            null
        );

    private static Cell[] Row(
        Product product,
        string code,
        string symbol,
        string name,
        DateOnly? listed,
        DateOnly? last,
        string? month,
        DateOnly? delivered
    ) =>
        [
            code,
            symbol,
            product.Exchange,
            name,
            product.Code,
            product.IsFinancial ? Cell.Scaled(product.PerUnit, 0) : Cell.Null,
            product.Unit,
            Cell.Scaled(product.PerUnit, 0),
            $"人民币元/{product.Unit}",
            $"{product.Tick}元/{product.Unit}",
            product.IsFinancial ? "现金交割" : "实物交割",
            listed,
            last,
            month,
            delivered,
            product.IsFinancial ? "上午9:30-11:30,下午13:00-15:00" : "上午9:00-11:30,下午1:30-3:00",
        ];
}
