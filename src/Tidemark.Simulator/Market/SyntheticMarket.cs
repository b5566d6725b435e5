using System.Buffers;
using System.Collections.Frozen;
using Tidemark.Core.Calendars;
using Tidemark.Simulator.Macro;
using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>The parameters of a synthetic market. The same values make the same market on every machine.</summary>
public sealed record SyntheticMarketOptions
{
    /// <summary>
    /// The open days, for stocks, funds and indices alike. Adding days at its end changes no earlier one.
    /// </summary>
    public required TradingCalendar Calendar { get; init; }

    /// <summary>The market's today: only the calendar goes further.</summary>
    public required DateOnly LastDay { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>
    /// How many stocks are listed at the end of 2026; fewer before then, as the real market grew. Stocks that are
    /// delisted by then come on top.
    /// </summary>
    public int Stocks { get; init; } = 5400;

    /// <summary>How many ETFs are listed at the end of 2026; a few other funds come on top.</summary>
    public int Etfs { get; init; } = 900;

    /// <summary>How many indices have bars at the end of 2026.</summary>
    public int Indices { get; init; } = 300;
}

/// <summary>
/// An invented Chinese market behind Tushare's APIs. History is a pure function of seed, instrument and date: nothing
/// is stored or generated ahead, any page of any day can be requested alone, and two servers agree. Bars keep the
/// market's identities: reference prices adjusted for rights, price limits, amounts between volume times low and volume
/// times high. Thread-safe.
/// </summary>
public sealed class SyntheticMarket : ITushareSource
{
    private readonly FrozenDictionary<string, MarketTable> _tables;
    private readonly RunningSession _running;
    private int _today;

    public SyntheticMarket(SyntheticMarketOptions options)
    {
        var days = new MarketDays(options.Calendar);
        var seed = SeededHash.Mix(unchecked((ulong)options.Seed), 1515);
        var stocks = new StockFactory(seed, days).Make(options.Stocks);
        var indices = new IndexFactory(seed, days).Make(options.Indices);
        var funds = new FundFactory(seed, days, indices).Make(options.Etfs);
        var shares = stocks.Select(s => s.Instrument).ToArray();
        var units = funds.Select(f => f.Instrument).ToArray();
        var weekdays = WorldSeries.Weekdays(options.Calendar);
        var futures = new FuturesMarket(days, seed);
        _running = new RunningSession(days);
        var statistics = new ExchangeStatistics(days, stocks, funds);
        (Days, Stocks, Funds, Indices, Futures) = (days, stocks, funds, indices, futures);
        MarketTable[] tables =
        [
            new LimitTable(days, shares.Concat(units).OrderBy(i => i.Code, StringComparer.Ordinal)),
            .. StockTables.Of(days, stocks, shares),
            .. FundTables.Of(days, funds, units),
            .. IndexTables.Of(days, weekdays, indices, stocks, seed),
            .. OtherTables.Of(weekdays, futures, statistics, seed),
            .. MacroTables.Of(options.Calendar, seed),
            .. new LiveTables(days, _running, funds, indices).All,
            .. new MinuteTables(
                days,
                _running,
                futures,
                shares.Concat(units).ToDictionary(i => i.Code),
                indices.ToDictionary(i => i.Instrument.Code, i => i.Instrument)
            ).All,
        ];
        _tables = tables.ToFrozenDictionary(t => t.Api.Name);
        _today = options.LastDay.DayNumber;
    }

    /// <summary>The market's today.</summary>
    public DateOnly LastDay => DateOnly.FromDayNumber(Volatile.Read(ref _today));

    internal MarketDays Days { get; }

    internal IReadOnlyList<StockListing> Stocks { get; }

    internal IReadOnlyList<FundListing> Funds { get; }

    internal IReadOnlyList<IndexListing> Indices { get; }

    internal FuturesMarket Futures { get; }

    /// <summary>
    /// All rows of an API of the long tail as of <see cref="LastDay"/>, newest first, for a vendor that shows the same
    /// figures in another form.
    /// </summary>
    internal IEnumerable<Cell[]> RowsOf(string api, params (string Name, string Value)[] parameters) =>
        ((RowTable)_tables[api]).Rows(parameters.ToDictionary(p => p.Name, p => p.Value), LastDay);

    /// <summary>Sets the market's today; earlier days stay as they were.</summary>
    /// <param name="lastDay">Today.</param>
    /// <param name="moment">
    /// How far its session has come, by the clock in China, for the calls that show the running day; all others have
    /// the whole day. Null = it is over.
    /// </param>
    public void MoveTo(DateOnly lastDay, TimeOnly? moment = null)
    {
        _running.MoveTo(moment);
        Volatile.Write(ref _today, lastDay.DayNumber);
    }

    /// <inheritdoc />
    public TushareApi? Find(string api) => _tables.TryGetValue(api, out var table) ? table.Api : null;

    /// <inheritdoc />
    public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        _tables[request.Api.Name].WriteRows(request, LastDay, output, cancellationToken);
}
