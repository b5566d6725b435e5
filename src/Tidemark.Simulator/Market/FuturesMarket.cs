using System.Globalization;

namespace Tidemark.Simulator.Market;

/// <summary>
/// Futures contracts and their days. A product moves like an index; a contract is its price with a carry by the time to
/// delivery. Contracts are listed a year before delivery, so the listed months roll.
/// </summary>
internal sealed class FuturesMarket
{
    private const double DaysInMonth = 30.4;
    private const int LastDay = 15;

    private readonly Dictionary<string, Contract> _byCode;
    private readonly Dictionary<string, Instrument> _prices;
    private readonly Dictionary<string, Contract[]> _byProduct;

    public FuturesMarket(MarketDays days, ulong seed)
    {
        Days = days;
        _prices = Product.Every.ToDictionary(p => p.Code, p => Price(days, p, seed));
        _byProduct = Product.Every.ToDictionary(p => p.Code, p => Contracts(days, p).ToArray());
        _byCode = Every.ToDictionary(c => c.Code);
    }

    public MarketDays Days { get; }

    /// <summary>All contracts, by product and month.</summary>
    public IEnumerable<Contract> Every => Product.Every.SelectMany(p => _byProduct[p.Code]);

    public Contract? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The contracts of a product that trade on a day, nearest first.</summary>
    public IEnumerable<Contract> Traded(Product product, int position)
    {
        // They begin and end in the order of their months, so the first that has not ended is found by halving.
        var contracts = _byProduct[product.Code];
        var (low, high) = (0, contracts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = contracts[middle].End > position ? (low, middle) : (middle + 1, high);
        }

        for (; low < contracts.Length && contracts[low].Start <= position; low++)
        {
            yield return contracts[low];
        }
    }

    /// <summary>The contract with the greatest open interest; the nearer one of two equals.</summary>
    public Contract? Dominant(Product product, int position) =>
        Traded(product, position).MaxBy(c => OpenInterest(c, position));

    public ContractDay At(Contract contract, int position)
    {
        var price = _prices[contract.Product.Code];
        var bar = BarMaker.At(price, position);
        var carry = Carry(contract, position) / price.Scale;
        double Step(double value) => Tick(contract.Product, value * carry);
        var (open, close) = (Step(bar.Open), Step(bar.Close));
        var (high, low) = (Step(bar.High), Step(bar.Low));
        var settle = Tick(contract.Product, (open + close + high + low) / 4);
        var interest = OpenInterest(contract, position);
        var key = Key(contract, position);
        var volume = (long)(interest * (0.2 + (0.5 * SeededHash.Unit(key))));
        return new ContractDay(
            open,
            high,
            low,
            close,
            settle,
            volume,
            volume * settle * contract.Product.PerUnit,
            interest
        );
    }

    /// <summary>The settlement of the day before; on the first day, the price at which it is listed.</summary>
    public (double Close, double Settle, long OpenInterest) Before(Contract contract, int position)
    {
        if (position > contract.Start)
        {
            var day = At(contract, position - 1);
            return (day.Close, day.Settle, day.OpenInterest);
        }

        var price = _prices[contract.Product.Code];
        var listed = Tick(
            contract.Product,
            BarMaker.At(price, position).PreClose * Carry(contract, position) / price.Scale
        );
        return (listed, listed, 0);
    }

    /// <summary>A key for what is drawn by contract and day.</summary>
    public ulong Key(Contract contract, int position) =>
        SeededHash.Mix(SeededHash.Mix(_prices[contract.Product.Code].Key, contract.Code), (ulong)position);

    /// <summary>
    /// Grows until some seven weeks before the end and falls then. The product's mood is common to all contracts, so
    /// that the greatest one changes once a month and never back.
    /// </summary>
    private long OpenInterest(Contract contract, int position)
    {
        var left = MonthsLeft(contract, position);
        var shape = left < 1.7 ? left / 1.7 * left / 1.7 : Math.Exp(-0.9 * (left - 1.7));
        var mood = PricePath.SlowWave(_prices[contract.Product.Code].Key + 5, position);
        return Math.Max(10, (long)(180_000 * shape * (1 + (0.3 * mood))));
    }

    private double Carry(Contract contract, int position) => 1 + (0.0025 * MonthsLeft(contract, position));

    /// <summary>Until the day after the last one.</summary>
    private double MonthsLeft(Contract contract, int position) =>
        (contract.LastTraded.DayNumber + 1 - Days[position].DayNumber) / DaysInMonth;

    private static double Tick(Product product, double value) =>
        Math.Round(Math.Round(value / product.Tick) * product.Tick, 4);

    private static Instrument Price(MarketDays days, Product product, ulong seed) =>
        WorldSeries.Instrument(
            days,
            product.Code,
            SeededHash.Mix(SeededHash.Mix(seed, 3333), product.Code),
            product.Level,
            scale: product.Code is "T" or "TF" ? 0.03 : 0.5,
            decimals: 4
        );

    private static IEnumerable<Contract> Contracts(MarketDays days, Product product)
    {
        var months = product.Months.Split(' ').Select(m => int.Parse(m, CultureInfo.InvariantCulture)).ToHashSet();
        for (
            var month = Math.Max(product.Since, days.Calendar.First.Year) * 12;
            month < (days.Calendar.Last.Year + 2) * 12;
            month++
        )
        {
            if (!months.Contains((month % 12) + 1))
            {
                continue;
            }

            var start = days.OnOrAfter(Day(month - 12, LastDay + 1));
            if (start >= days.Count)
            {
                continue;
            }

            // A contract may end after the calendar does; then nobody knows yet whether its last day is a holiday.
            var end = days.OnOrAfter(Day(month, LastDay));
            var last = end < days.Count ? days[end] : Weekday(Day(month, LastDay));
            yield return new Contract(product, month, days[start], last, start, end + 1);
        }
    }

    private static DateOnly Day(int month, int day) => new(month / 12, (month % 12) + 1, day);

    private static DateOnly Weekday(DateOnly day) =>
        day.DayOfWeek switch
        {
            DayOfWeek.Saturday => day.AddDays(2),
            DayOfWeek.Sunday => day.AddDays(1),
            _ => day,
        };
}
