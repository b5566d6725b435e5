using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Bench.Ibkr;

/// <summary>
/// Snapshots under the limits of Interactive Brokers, on a clock that goes 20 times as fast: of options without a
/// trade, which take 11 s each, and of options as they are.
/// </summary>
internal static class LimitFigures
{
    private const int Speed = 20;
    private const int Lines = 100;
    private const int Contracts = 1_000;
    private const double SnapshotSeconds = 11;
    private const double Ceiling = Lines * 60 / SnapshotSeconds;

    public static async Task RunAsync(Report report)
    {
        var market = GatewayProcess.Market();
        var slow = await MeasureAsync(report, new UntradedMarket(market));
        report.AtLeast("snapshots of 11 s, to their ceiling", slow / Ceiling, 0.9, "×");
        var usual = await MeasureAsync(report, market);
        report.AtLeast("snapshots that end early", usual, Ceiling, "contracts/min");
    }

    /// <returns>Contracts a minute of the gateway's time.</returns>
    private static async Task<double> MeasureAsync(Report report, IOptionMarket market)
    {
        var clock = new ScaledClock(GatewayProcess.Morning, Speed);
        await using var gateway = await TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = market,
                TimeProvider = clock,
                Limits = new TwsLimits { RejectsExcessMessages = true },
            },
            CancellationToken.None
        );
        await using var client = await Clients.ConnectAsync(
            new IbkrClientOptions { Port = gateway.Port, Lines = Lines },
            clock
        );
        IbkrContract[] contracts =
        [
            .. (await Clients.ListedAsync(client, "AAPL")).Take(Contracts).Select(d => d.Contract),
        ];
        var start = clock.GetTimestamp();
        var failed = 0;
        await foreach (var answer in client.SnapshotsAsync(contracts, default))
        {
            failed += answer.Error is null ? 0 : 1;
        }

        var minutes = clock.GetElapsedTime(start).TotalMinutes;
        report.AtMost("messages in the gateway's busiest second", gateway.Statistics.PeakMessagesPerSecond, 50, "");
        report.AtMost(
            "pacing errors, refused lines and contracts without an answer",
            client.Statistics.PacingErrors + client.Statistics.LineErrors + failed,
            0,
            ""
        );
        return contracts.Length / minutes;
    }

    /// <summary>
    /// A market in which no option has traded today: the gateway waits for a last price until its time is over.
    /// </summary>
    private sealed class UntradedMarket(IOptionMarket market) : IOptionMarket
    {
        public ListedContract? Find(int conId, DateOnly day) => market.Find(conId, day);

        public IEnumerable<ListedContract> Find(ContractPattern pattern, DateOnly day) => market.Find(pattern, day);

        public IReadOnlyList<ListedContract> Search(string text, int most) => market.Search(text, most);

        public IReadOnlyList<OptionClass> Classes(int underlyingConId, DateOnly day) =>
            market.Classes(underlyingConId, day);

        public ContractQuote Quote(ListedContract contract, DateTimeOffset at) =>
            market.Quote(contract, at) with
            {
                Last = double.NaN,
                LastSize = 0,
                LastTime = null,
                Volume = 0,
            };

        public long? OpenInterest(ListedContract option, DateOnly day) => market.OpenInterest(option, day);

        public MarketSession? Session(DateOnly day) => market.Session(day);

        public IEnumerable<HistoryBar> Bars(
            ListedContract contract,
            DateTimeOffset from,
            DateTimeOffset to,
            BarRequest request
        ) => market.Bars(contract, from, to, request);

        public DateTimeOffset? FirstBar(ListedContract contract) => market.FirstBar(contract);
    }
}
