using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>index_weight</c>: one snapshot a month, on its last open day or (for some indices) its first. Members are chosen
/// by size in June and December among those that are listed then; weights are their free-floating values and sum to
/// exactly 100.
/// </summary>
internal sealed class IndexWeights(MarketDays days, IndexListing[] indices, StockListing[] stocks)
{
    private const int WholeMarket = 5400;
    private const int MembersMin = 5;
    private const long Hundred = 1_000_000;

    /// <summary>By size: how many greater ones are passed over, how many are taken, and from which codes.</summary>
    private static readonly Dictionary<string, (int Skip, int Take, string Codes)> s_rules = new()
    {
        ["000300.SH"] = (0, 300, ""),
        ["399300.SZ"] = (0, 300, ""),
        ["000905.SH"] = (300, 500, ""),
        ["000906.SH"] = (0, 800, ""),
        ["000852.SH"] = (800, 1000, ""),
        ["000016.SH"] = (0, 50, "6"),
        ["000010.SH"] = (0, 180, "6"),
        ["000688.SH"] = (0, 50, "68"),
        ["399001.SZ"] = (0, 500, "0 3"),
        ["399005.SZ"] = (0, 100, "002"),
        ["399006.SZ"] = (0, 100, "3"),
        ["899050.BJ"] = (0, 50, "9"),
        ["000922.CSI"] = (50, 100, ""),
    };

    private readonly Periods _months = Periods.Months(days);
    private readonly Instrument[] _bySize =
    [
        .. stocks
            .Select(s => s.Instrument)
            .OrderByDescending(i => i.Shares * i.Level * i.FloatRatio)
            .ThenBy(i => i.Code, StringComparer.Ordinal),
    ];

    public IEnumerable<Cell[]> Rows(Ask ask) =>
        from position in days.Backwards(ask.First, ask.Last)
        from index in indices
        where ask.Wants("index_code", index.Instrument.Code)
        where index.Instrument.IsTraded(position) && IsSnapshot(index.Instrument, position)
        from row in Snapshot(index.Instrument, position)
        select row;

    private bool IsSnapshot(Instrument index, int position) =>
        index.Key % 4 == 0 ? _months.FirstOf(position) == position : _months.IsLast(position);

    private IEnumerable<Cell[]> Snapshot(Instrument index, int position)
    {
        var members = Members(index, position);
        if (members.Length == 0)
        {
            yield break;
        }

        var values = members.Select(m => Value(m, position)).ToArray();
        var sum = values.Sum();
        var weights = values.Select(v => (long)(Hundred * v / sum)).ToArray();
        weights[Array.IndexOf(weights, weights.Max())] += Hundred - weights.Sum();
        for (var i = 0; i < members.Length; i++)
        {
            yield return [index.Code, members[i].Code, days[position], Cell.Scaled(weights[i], 4)];
        }
    }

    private Instrument[] Members(Instrument index, int position)
    {
        // The members of a half year are those of its beginning that are still there.
        var day = days[position];
        var chosenAt = Math.Max(0, days.OnOrBefore(new DateOnly(day.Year, day.Month > 6 ? 6 : 1, 1)));
        var (skip, take, codes) = s_rules.TryGetValue(index.Code, out var rule)
            ? rule
            : (-1, 40 + (int)(index.Key % 60), "");
        var prefixes = codes.Split(' ');
        var candidates = _bySize.Where(i =>
            i.IsAlive(chosenAt) && prefixes.Any(p => i.Code.StartsWith(p, StringComparison.Ordinal))
        );

        // A theme takes stocks of any size; one in ten is its own.
        return
        [
            .. (
                skip < 0
                    ? candidates.Where(i => SeededHash.Mix(index.Key, i.Key) % 10 == 0)
                    : candidates.Skip(Scaled(skip, 0))
            )
                .Take(Scaled(take, MembersMin))
                .Where(i => i.IsAlive(position)),
        ];
    }

    /// <summary>A number of stocks in a market as small as this one.</summary>
    private int Scaled(int count, int least) =>
        Math.Max(least, (int)Math.Min(count, (long)count * stocks.Length / WholeMarket));

    private static double Value(Instrument member, int position)
    {
        var traded = member.IsTraded(position) ? position : member.TradedBefore(position);
        return (double)BarMaker.CloseAt(member, traded)
            * member.SharesAt(position)
            * member.FloatRatio
            * member.FreeRatio;
    }
}
