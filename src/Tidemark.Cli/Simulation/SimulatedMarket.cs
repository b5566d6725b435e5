using System.Buffers;
using System.Text.Json;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Operations.Simulation;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Cli.Simulation;

/// <summary>The market of a simulated Tushare: invented or recorded.</summary>
internal sealed class SimulatedMarket : ISimulatedMarket
{
    private const int DefaultEtfs = 900;
    private const int DefaultIndices = 300;

    /// <summary>When all datasets of a Chinese trading day are there.</summary>
    private static readonly TimeOnly s_dayIsComplete = new(20, 0);

    /// <summary>When no empty answer about the day before is early any more.</summary>
    private static readonly TimeOnly s_dayBeforeIsSettled = new(12, 0);

    private readonly TradingCalendar _calendar;
    private readonly DateOnly _today;
    private readonly DateOnly _settled;

    /// <param name="request">Describes the market.</param>
    /// <param name="calendar">Its trading days.</param>
    /// <param name="clock">Decides the market's today when the request names none.</param>
    public SimulatedMarket(TushareSimulation request, TradingCalendar calendar, TimeProvider clock)
    {
        _calendar = calendar;

        _today = request.Today ?? LatestDay(calendar, clock);
        // A demo ends with a day of which everything can be told, at whatever hour it is started.
        _settled = request.Today ?? calendar.AsOf(clock.GetUtcNow(), s_dayBeforeIsSettled, 1, notAfter: calendar.Last);
        Source = request.Replay is { } folder ? new ReplaySource(folder) : Invented(request, calendar, _today);
    }

    /// <summary>The latest day with all data; the calendar's last one when the calendar has ended.</summary>
    internal static DateOnly LatestDay(TradingCalendar calendar, TimeProvider clock) =>
        calendar.AsOf(clock.GetUtcNow(), s_dayIsComplete, notAfter: calendar.Last);

    /// <summary>Answers requests.</summary>
    public ITushareSource Source { get; }

    // The recorded data, if the market is recorded.
    private ReplaySource? Replay => Source as ReplaySource;

    public (DateOnly From, DateOnly To) Days(int count)
    {
        if (count < 1)
        {
            throw new TidemarkException(ErrorKind.BadRequest, "DAYS_INVALID", "--days takes a whole number from 1.");
        }

        if (Replay is { } replay)
        {
            return (replay.FirstDay ?? throw Empty(), replay.LastDay!.Value);
        }

        var open = _calendar.OpenDaysBetween(_calendar.First, _settled);
        return (open[Math.Max(0, open.Length - count)], _settled);
    }

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

    // Listen where tidemark.yaml says, so that the workspace finds the vendor, unless the port is taken.
    public async Task<ISimulatedVendor> StartAsync(int port, CancellationToken stop)
    {
        try
        {
            return await SimulatedTushare.StartAsync(
                new TushareSimulatorOptions { Source = Source, Port = port },
                stop
            );
        }
        catch (IOException) when (port != 0)
        {
            return await StartAsync(0, stop);
        }
    }

    public void Dispose() => Replay?.Dispose();

    internal static SyntheticMarket Invented(TushareSimulation request, TradingCalendar calendar, DateOnly today) =>
        new(
            new SyntheticMarketOptions
            {
                Calendar = calendar,
                LastDay = today,
                Seed = request.Seed,
                Stocks = request.Stocks,
                Etfs = Math.Max(1, request.Stocks * DefaultEtfs / TushareSimulation.DefaultStocks),
                Indices = Math.Max(1, request.Stocks * DefaultIndices / TushareSimulation.DefaultStocks),
            }
        );

    private static TidemarkException Empty() =>
        new(
            ErrorKind.BadRequest,
            "REPLAY_EMPTY",
            "The replay folder has no tushare/daily file with rows, so there are no days to replay."
        );
}
