using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>
/// The simulator's market with a test looking over its shoulder: notes what is asked, may hold an answer back, and may
/// rewrite its rows.
/// </summary>
internal sealed class WatchedMarket : ITushareSource
{
    private static readonly Lazy<SyntheticMarket> s_market = new(() =>
        new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = Calendar!,
                LastDay = new DateOnly(2024, 6, 28),
                Seed = 11,
                Stocks = 40,
                Etfs = 10,
                Indices = 10,
            }
        )
    );

    private readonly ConcurrentQueue<TushareRequest> _requests = new();

    /// <summary>The shipped calendar of Shanghai.</summary>
    public static TradingCalendar Calendar { get; } =
        CalendarFile.Parse(
            "XSHG",
            File.ReadAllText(Path.Combine(IngestRig.Definitions, "calendars", "XSHG.csv")),
            "XSHG.csv"
        );

    /// <summary>The market itself, for another vendor that shows it.</summary>
    public static SyntheticMarket Shared => s_market.Value;

    /// <summary>Called on the server's thread before a request is answered; may wait there.</summary>
    public Action<TushareRequest, CancellationToken>? Before { get; set; }

    /// <summary>
    /// Changes the true rows of an answer (arrays in the order of the requested columns); null leaves them.
    /// </summary>
    public Action<TushareRequest, JsonArray>? Rewrite { get; set; }

    /// <summary>Every request that came so far to the data, probes too: <c>daily 20240611</c>.</summary>
    public IReadOnlyList<string> Asked => [.. _requests.Select(r => $"{r.Api.Name} {Day(r)}".TrimEnd())];

    /// <summary>
    /// The calls of an api that were no probes, each by what it asked for: <c>20240611</c>, or <c>600000.SH
    /// 20240603-20240612</c>.
    /// </summary>
    public IReadOnlyList<string> Calls(string api) => [.. _requests.Where(r => IsUnit(r, api)).Select(Text)];

    /// <summary>The offsets of the pages that a unit's day was asked for, in order.</summary>
    public IReadOnlyList<long> Offsets(string api, string day) =>
        [.. _requests.Where(r => IsUnit(r, api, day)).Select(r => r.Offset)];

    private static string Text(TushareRequest request)
    {
        var words = request.Parameters;
        return words.TryGetValue("start_date", out var from)
            ? $"{words.GetValueOrDefault("ts_code")} {from}-{words["end_date"]}"
            : Day(request);
    }

    public void Forget() => _requests.Clear();

    /// <summary>
    /// The codes of a list, as the market has them: <c>stock_basic</c>, <c>fund_basic</c>, <c>index_basic</c>.
    /// </summary>
    public static IReadOnlyList<string> Codes(string list)
    {
        var api = s_market.Value.Find(list)!;
        var parameters = new Dictionary<string, string> { ["list_status"] = "L,D,P", ["market"] = "E" };
        if (list != "fund_basic")
        {
            parameters.Remove("market");
        }

        var written = new ArrayBufferWriter<byte>();
        var codes = new TushareRequest(api, parameters, [0], Offset: 0, Limit: int.MaxValue);
        s_market.Value.WriteRows(codes, written, CancellationToken.None);
        var rows = JsonNode.Parse($"[{Encoding.UTF8.GetString(written.WrittenSpan)}]")!.AsArray();
        return [.. rows.Select(r => r![0]!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The day that is asked for, as the vendor spells it; empty for lists.</summary>
    public static string Day(TushareRequest request) => request.Parameters.GetValueOrDefault("trade_date", "");

    /// <summary>Whether it is a unit's own request and no probe.</summary>
    public static bool IsUnit(TushareRequest request, string api, string day = "") =>
        request.Limit > 1 && request.Api.Name == api && (day.Length == 0 || Day(request) == day);

    public TushareApi? Find(string api) => s_market.Value.Find(api);

    public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        Before?.Invoke(request, cancellationToken);
        if (Rewrite is null)
        {
            return s_market.Value.WriteRows(request, output, cancellationToken);
        }

        var written = new ArrayBufferWriter<byte>();
        var hasMore = s_market.Value.WriteRows(request, written, cancellationToken);
        var rows = JsonNode.Parse($"[{Encoding.UTF8.GetString(written.WrittenSpan)}]")!.AsArray();
        Rewrite(request, rows);
        output.Write(Encoding.UTF8.GetBytes(string.Join(',', rows.Select(r => r!.ToJsonString()))));
        return hasMore;
    }
}

/// <summary>A door in the vendor: requests wait before it until it is opened.</summary>
internal sealed class Door : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _somebodyWaits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the first request stands before the door.</summary>
    public Task SomebodyWaits => _somebodyWaits.Task;

    public void Open() => _open.Set();

    public void Wait(CancellationToken cancellationToken)
    {
        _somebodyWaits.TrySetResult();
        _open.Wait(cancellationToken);
    }

    public void Dispose() => _open.Dispose();
}
