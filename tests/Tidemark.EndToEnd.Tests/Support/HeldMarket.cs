using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>
/// The simulator's market, whose closing prices tell when they were asked for: a million higher with each
/// <see cref="Generation"/>. It may keep an answer to itself until it is told to give it.
/// </summary>
internal sealed class HeldMarket : ITushareSource, IDisposable
{
    private const double Step = 1_000_000;
    private readonly SyntheticMarket _market;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();
    private int _held;

    public HeldMarket(int seed) =>
        _market = new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = CalendarFile.Parse(
                    "XSHG",
                    File.ReadAllText(Path.Combine(Checkout.ProgramFolder, "definitions", "calendars", "XSHG.csv")),
                    "XSHG.csv"
                ),
                LastDay = DateOnly.ParseExact(SimulatorProcess.Today, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                Seed = seed,
                Stocks = 40,
                Etfs = 5,
                Indices = 5,
            }
        );

    /// <summary>What the rows say that are asked for from now on.</summary>
    public int Generation { get; set; } = 1;

    /// <summary>The api whose next answer is kept back; null for none.</summary>
    public string? Hold { get; set; }

    /// <summary>Done when the question has come whose answer is kept back.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Done when the answer that was kept back has been written.</summary>
    public Task Answered => _answered.Task;

    public void Answer() => _open.Set();

    public void Dispose() => _open.Dispose();

    public TushareApi? Find(string api) => _market.Find(api);

    public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var generation = Generation;
        var held = request.Limit > 1 && request.Api.Name == Hold && Interlocked.Exchange(ref _held, 1) == 0;
        if (held)
        {
            _asked.TrySetResult();
            _open.Wait(cancellationToken);
        }

        var written = new ArrayBufferWriter<byte>();
        var hasMore = _market.WriteRows(request, written, cancellationToken);
        var rows = JsonNode.Parse($"[{Encoding.UTF8.GetString(written.WrittenSpan)}]")!.AsArray();
        foreach (var row in rows)
        {
            Raise(request, row!.AsArray(), generation * Step);
        }

        output.Write(Encoding.UTF8.GetBytes(string.Join(',', rows.Select(r => r!.ToJsonString()))));
        if (held)
        {
            _answered.TrySetResult();
        }

        return hasMore;
    }

    private static void Raise(TushareRequest request, JsonArray row, double by)
    {
        for (var i = 0; i < request.Columns.Count; i++)
        {
            if (request.Api.Name == "daily" && request.Api.Columns[request.Columns[i]].Name == "close")
            {
                row[i] = row[i]!.GetValue<double>() + by;
            }
        }
    }
}
