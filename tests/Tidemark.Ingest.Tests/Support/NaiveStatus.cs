using System.Globalization;
using Tidemark.Core;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// One cell as the specification has it; those outside of a listing have a reason and are in no total.
/// </summary>
internal sealed record NaiveCell(
    string Pool,
    string Check,
    string Entity,
    DateOnly Day,
    string State,
    string Reason = ""
)
{
    public bool IsInTotals => Reason is not ("not_listed" or "delisted");
}

/// <summary>
/// What `status` has to say, worked out cell by cell from the files. Written from the words of the specification (the
/// states and reasons of a cell, listing windows, halts, lists of the day on which they were fetched, codes that
/// change) and the shipped checks' own comments; shares no code with the product but the engine that reads Parquet and
/// the calendar.
/// </summary>
internal sealed class NaiveStatus(NaiveLake lake)
{
    private sealed record Question(
        string Id,
        string Market,
        (string Table, string Value)[] Required,
        TimeOnly Due,
        bool Halts = false,
        string? Unless = null
    );

    private sealed record Listing(
        string Code,
        string? Name,
        DateOnly? Listed,
        DateOnly? Delisted,
        DateOnly? Left = null
    );

    private static readonly TimeOnly s_lists = new(16, 30);

    /// <summary>The market of each list: its table, the day a listing ends, who of it is looked at.</summary>
    private static readonly Dictionary<
        string,
        (string Table, string Delisted, string Market, Func<string?, bool> IsOne)
    > s_markets = new()
    {
        ["stock"] = ("ods_stock_basic", "delist_date", "NULL", _ => true),
        ["etf"] = ("ods_fund_basic", "delist_date", "market", m => m == "E"),
        ["index"] = ("ods_index_basic", "exp_date", "market", m => m is not (null or "SW" or "MSCI" or "OTH")),
    };

    private static readonly Question[] s_questions =
    [
        new("stock.daily_bars", "stock", [("ods_daily", "close")], new(16, 30), Halts: true),
        new("stock.adj_factor", "stock", [("ods_adj_factor", "adj_factor")], new(9, 30)),
        new(
            "stock.valuation",
            "stock",
            [("ods_daily_basic", "total_mv")],
            new(17, 0),
            Halts: true,
            Unless: "ods_daily"
        ),
        new("etf.daily_bars", "etf", [("ods_fund_daily", "close")], new(17, 0)),
        new("index.daily_bars", "index", [("ods_index_daily", "close")], new(17, 0)),
        new(OwnCheck, "stock", [("ods_daily", "close"), ("ods_adj_factor", "adj_factor")], new(9, 30), Halts: true),
    ];

    /// <summary>A check of the workspace's own, which wants two datasets: one of them alone is partial.</summary>
    public const string OwnCheck = "own.adjustable";

    public const string OwnCheckYaml = """
        check: own.adjustable
        title: Bars that can be adjusted
        pools: [source_pool, target_pool]
        bucket: stock
        entities: { dataset: tushare.stock_basic, symbol: ts_code, name: name, listed: list_date, delisted: delist_date }
        required: [tushare.daily, tushare.adj_factor]
        values: { tushare.daily: [close], tushare.adj_factor: [adj_factor] }
        suspensions: { dataset: tushare.suspend_d, where: "suspend_type = 'S' AND coalesce(suspend_timing, '') = ''" }
        """;

    /// <summary>Every cell of the days from one on, as far as they are due at a moment.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day, due or not.</param>
    /// <param name="targets">The user's symbols, as the first lists had them.</param>
    public List<NaiveCell> Evaluate(DateTimeOffset now, DateOnly from, DateOnly to, IReadOnlySet<string> targets)
    {
        var cells = new List<NaiveCell>();
        foreach (var market in s_markets.Keys)
        {
            cells.AddRange(Lists(market, DueAt(now, s_lists), from, to));
        }

        foreach (var question in s_questions)
        {
            // A check of several datasets is due when the last of them is.
            var due = question.Required.Max(r => s_questions.First(q => q.Required[0] == r).Due);
            cells.AddRange(Answers(question, OpenDays(from, Earlier(to, DueAt(now, due))), targets));
        }

        return cells;
    }

    /// <summary>
    /// A list is that of the day on which it was fetched, and of a holiday after it. The vendor's present list is all
    /// that can be had: absent ones of earlier days are beyond its horizon, and so is that of the newest day once a
    /// later list is there.
    /// </summary>
    private IEnumerable<NaiveCell> Lists(string market, DateOnly due, DateOnly from, DateOnly to)
    {
        var fetched = lake.Rows(s_markets[market].Table, "ts_code").Select(r => r.Day).ToHashSet();
        var newestDue = OpenDays(new DateOnly(2024, 1, 1), due)[^1];
        foreach (var day in OpenDays(from, Earlier(to, due)))
        {
            var isThere = DaysUntilTheNextOpen(day).Any(fetched.Contains);
            var canBeHad = day == newestDue && !fetched.Any(f => f > day);
            var (state, reason) =
                isThere ? ("complete", "")
                : fetched.Count == 0 ? ("not_started", "")
                : canBeHad ? ("missing", "")
                : ("not_applicable", "vendor_horizon");
            yield return new NaiveCell("source_pool", $"{market}.list", $"{market}:list", day, state, reason);
        }
    }

    private IEnumerable<NaiveCell> Answers(Question question, DateOnly[] days, IReadOnlySet<string> targets)
    {
        var (listings, codes) = Listings(question.Market);
        var required = question.Required.Select(r => Present(r.Table, $"{r.Value} IS NOT NULL", codes)).ToArray();
        var isStarted = question.Required.Any(r => lake.Rows(r.Table, "ts_code").Count > 0);
        var halted = question.Halts
            ? Present("ods_suspend_d", "suspend_type = 'S' AND (suspend_timing IS NULL OR suspend_timing = '')", codes)
            : [];
        var traded = question.Unless is null ? [] : Present(question.Unless, "true", codes);
        var wanted = targets.Select(t => codes.GetValueOrDefault(t, t)).ToHashSet();
        foreach (var pool in new[] { "source_pool", "target_pool" })
        {
            if (listings.Count == 0)
            {
                foreach (var day in days) // nobody knows for whom
                {
                    yield return new NaiveCell(pool, question.Id, $"{question.Market}:all", day, "not_started");
                }
            }

            foreach (var listing in listings.Where(l => pool == "source_pool" || wanted.Contains(l.Code)))
            {
                foreach (var day in days)
                {
                    var there = required.Count(r => r.Contains((day, listing.Code)));
                    var isHalted = halted.Contains((day, listing.Code)) && !traded.Contains((day, listing.Code));
                    var (state, reason) =
                        listing.Listed is null || day < listing.Listed ? ("not_applicable", "not_listed")
                        : day >= listing.Delisted ? ("not_applicable", "delisted")
                        : there == required.Length ? ("complete", "")
                        : isHalted ? ("not_applicable", "suspended")
                        : there > 0 ? ("partial", "")
                        : !isStarted ? ("not_started", "")
                        : day >= listing.Left ? ("not_applicable", "not_in_list")
                        : ("missing", "");
                    yield return new NaiveCell(pool, question.Id, listing.Code, day, state, reason);
                }
            }
        }
    }

    /// <summary>
    /// Everybody whom a list has named, as the last list that does has them, with the day of the first list that does
    /// not; and the newest code of each earlier one, which stands for itself no longer.
    /// </summary>
    private (List<Listing> Listings, Dictionary<string, string> Codes) Listings(string market)
    {
        var (table, delisted, column, isOne) = s_markets[market];
        var rows = lake.Rows(table, $"ts_code, name, list_date::DATE, {delisted}::DATE, {column}::VARCHAR");
        if (rows.Count == 0)
        {
            return ([], []);
        }

        var lists = rows.GroupBy(r => r.Day).OrderBy(g => g.Key).ToArray();
        var codes = new Dictionary<string, string>();
        if (market == "stock")
        {
            var sheets = lists.Select(g => g.Select(r => ListingOf(r.Values)).ToArray()).ToArray();
            var told = lake.Rows("ods_code_change", "earlier, later")
                .Where(r => !lists.Any(g => g.Key >= r.Day && g.Any(l => (string)l.Values[0]! == (string)r.Values[0]!)))
                .OrderBy(r => r.Day)
                .Select(r => ((string)r.Values[0]!, (string)r.Values[1]!));
            codes = Renumbered(sheets, told);
        }

        var listings = new List<Listing>();
        foreach (var named in rows.GroupBy(r => (string)r.Values[0]!))
        {
            var last = named.MaxBy(r => r.Day);
            var left = lists.Where(l => l.Key > last.Day).Select(l => (DateOnly?)l.Key).FirstOrDefault();
            if (isOne((string?)last.Values[4]) && (left is null || !codes.ContainsKey(named.Key)))
            {
                var listed = named
                    .OrderBy(r => r.Day)
                    .Select(r => ListingOf(r.Values).Listed)
                    .LastOrDefault(d => d is not null);
                listings.Add(ListingOf(last.Values) with { Listed = listed, Left = left });
            }
        }

        return (listings, codes);
    }

    /// <summary>
    /// From one list to the next: a code that left for good and one that is new, of one exchange, name and listing day,
    /// and no third.
    /// </summary>
    /// <param name="sheets">The lists of all days.</param>
    /// <param name="told">What two lists of one day told, of which the later one is left.</param>
    private static Dictionary<string, string> Renumbered(
        Listing[][] sheets,
        IEnumerable<(string Earlier, string Later)> told
    )
    {
        var next = new Dictionary<string, string>();
        foreach (var (earlier, later) in told)
        {
            next[earlier] = later;
        }

        for (var i = 1; i < sheets.Length; i++)
        {
            var gone = sheets[i - 1].Where(l => sheets.Skip(i).All(s => s.All(o => o.Code != l.Code))).ToArray();
            var came = sheets[i].Where(l => sheets.Take(i).All(s => s.All(o => o.Code != l.Code))).ToArray();
            foreach (var one in gone.Where(l => l.Name is not null && l.Listed is not null))
            {
                var heirs = came.Where(l => IsSame(l, one)).ToArray();
                if (heirs.Length == 1 && gone.Count(l => IsSame(l, one)) == 1)
                {
                    next[one.Code] = heirs[0].Code;
                }
            }
        }

        var newest = new Dictionary<string, string>();
        foreach (var code in next.Keys)
        {
            var last = code;
            while (next.TryGetValue(last, out var later))
            {
                last = later;
            }

            newest[code] = last;
        }

        return newest;
    }

    private static bool IsSame(Listing one, Listing other) =>
        one.Name == other.Name && one.Listed == other.Listed && one.Code.Split('.')[1] == other.Code.Split('.')[1];

    private static Listing ListingOf(object?[] values) =>
        new((string)values[0]!, (string?)values[1], (DateOnly?)values[2], (DateOnly?)values[3]);

    private HashSet<(DateOnly, string)> Present(string table, string where, Dictionary<string, string> codes) =>
        lake.Rows(table, $"ts_code, {where}")
            .Where(r => r.Values is [string, true])
            .Select(r => (r.Day, codes.GetValueOrDefault((string)r.Values[0]!, (string)r.Values[0]!)))
            .ToHashSet();

    private static IEnumerable<DateOnly> DaysUntilTheNextOpen(DateOnly day)
    {
        yield return day;
        for (var later = day.AddDays(1); OpenDays(later, later).Length == 0; later = later.AddDays(1))
        {
            yield return later;
        }
    }

    /// <summary>The latest date whose data is due, in Shanghai.</summary>
    private static DateOnly DueAt(DateTimeOffset now, TimeOnly due)
    {
        var local = now.ToOffset(TimeSpan.FromHours(8));
        var day = DateOnly.FromDateTime(local.DateTime);
        return TimeOnly.FromDateTime(local.DateTime) >= due ? day : day.AddDays(-1);
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;

    private static DateOnly[] OpenDays(DateOnly from, DateOnly to) =>
        to < from ? [] : WatchedMarket.Calendar.OpenDaysBetween(from, to).ToArray();

    /// <summary>
    /// What a report says, as lines: how many cells of a day are in which state, how many are excused by what, and each
    /// cell that is missing or partial.
    /// </summary>
    public static string[] Lines(IEnumerable<NaiveCell> cells)
    {
        var counted = cells.Where(c => c.IsInTotals).ToArray();
        return
        [
            .. counted
                .GroupBy(c => $"{c.Pool} {c.Check} {c.Day.ToIso()} {c.State}")
                .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count()}"))
                .Concat(
                    counted
                        .Where(c => c.Reason.Length > 0)
                        .GroupBy(c => $"{c.Pool} {c.Check} {c.Reason}")
                        .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count()}"))
                )
                .Concat(
                    counted
                        .Where(c => c.State is "missing" or "partial")
                        .Select(c => $"{c.Pool} {c.Check} {c.Entity} {c.Day.ToIso()} {c.State}")
                )
                .Order(StringComparer.Ordinal),
        ];
    }
}
