using System.Buffers;
using System.Text.Json;
using Tidemark.Core.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Cli;

/// <summary>A synthetic market's parameters.</summary>
/// <param name="Seed">Another number, another market.</param>
/// <param name="Stocks">Its size; funds and indices follow in proportion.</param>
/// <param name="LastDay">Its today.</param>
internal sealed record SimulatedMarket(int Seed, int Stocks, DateOnly LastDay);

/// <summary>Where a simulated vendor's data comes from: invented or recorded.</summary>
internal sealed class SimulatedVendor : IDisposable
{
    public const int DefaultPort = 7071;
    public const int DefaultStocks = 5400;
    private const int DefaultEtfs = 900;
    private const int DefaultIndices = 300;

    /// <summary>When every dataset of a Chinese trading day is there.</summary>
    private static readonly TimeOnly s_dayIsComplete = new(20, 0);

    private SimulatedVendor(ITushareSource source) => Source = source;

    public ITushareSource Source { get; }

    /// <summary>The recorded data, when there is any.</summary>
    public ReplaySource? Replay => Source as ReplaySource;

    /// <summary>The recording in a folder, or an invented market when there is none.</summary>
    public static SimulatedVendor Open(string? replay, SimulatedMarket market, TradingCalendar calendar)
    {
        if (replay is not null)
        {
            return new SimulatedVendor(new ReplaySource(replay));
        }

        return new SimulatedVendor(
            new SyntheticMarket(
                new SyntheticMarketOptions
                {
                    Calendar = calendar,
                    LastDay = market.LastDay,
                    Seed = market.Seed,
                    Stocks = market.Stocks,
                    Etfs = Math.Max(1, market.Stocks * DefaultEtfs / DefaultStocks),
                    Indices = Math.Max(1, market.Stocks * DefaultIndices / DefaultStocks),
                }
            )
        );
    }

    /// <summary>The latest day of which everything is there; the calendar's last one when its end is past.</summary>
    public static DateOnly LatestDay(TradingCalendar calendar, TimeProvider clock) =>
        calendar.AsOf(clock.GetUtcNow(), s_dayIsComplete, notAfter: calendar.Last);

    /// <summary>A few symbols of the market, for a target pool that has something in it.</summary>
    public IReadOnlyList<string> SomeStocks()
    {
        var body = new ArrayBufferWriter<byte>();
        var parameters = new Dictionary<string, string> { ["limit"] = "3" };
        TushareAnswer.Write(Source, "stock_basic", parameters, "ts_code", body);
        using var answer = JsonDocument.Parse(body.WrittenMemory);
        return
        [
            .. answer
                .RootElement.GetProperty("data")
                .GetProperty("items")
                .EnumerateArray()
                .Select(i => i[0].GetString()!),
        ];
    }

    /// <summary>Returns when the user has had enough.</summary>
    public static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    public void Dispose() => Replay?.Dispose();
}
