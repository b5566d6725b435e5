using System.Buffers;
using System.Text.Json;
using Tidemark.Core.Answers;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Datasets;
using Tidemark.Simulator.AkTools;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.AkShare;

/// <summary>
/// The real client on a simulated AKTools, with a clock of the client's own that jumps over every wait and notes it.
/// </summary>
internal sealed class AkShareRig : IAsyncDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_versionTimeout = TimeSpan.FromSeconds(10);

    private static readonly Lazy<SyntheticMarket> s_market = new(() =>
        new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = CalendarFile.Parse("XSHG", SourceTree.Calendar("XSHG"), "XSHG.csv"),
                LastDay = new DateOnly(2024, 6, 28),
                Seed = 11,
                Stocks = 40,
                Etfs = 10,
                Indices = 20,
            }
        )
    );

    private readonly AkToolsSimulator _server;
    private readonly RateLimit _limit;
    private readonly IKeptAnswers? _kept;
    private readonly CallCounter _counter = new(HttpExchange.CreateHandler());
    private readonly HttpClient _http;

    private AkShareRig(AkToolsSimulator server, AkToolsSwitches switches, string limit, IKeptAnswers? kept)
    {
        _http = new HttpClient(_counter) { Timeout = Timeout.InfiniteTimeSpan };
        _server = server;
        Switches = switches;
        _limit = RateLimit.Parse(limit);
        _kept = kept;
        Client = NewClient();
    }

    public static SyntheticMarket Market => s_market.Value;

    /// <summary>A stock of Shanghai that trades on the market's last day.</summary>
    public static string Stock { get; } = CodesIn("daily").First(c => c.StartsWith('6'));

    /// <summary>The same of any fund.</summary>
    public static string Fund { get; } = CodesIn("fund_daily").First();

    /// <summary>The shipped datasets of AkShare, by id.</summary>
    public static IReadOnlyDictionary<string, DatasetDefinition> Datasets { get; } =
        DatasetRegistry
            .Load(DefinitionsFolder.Shipped, SourceTree.Calendars)
            .All.Where(d => d.Vendor == "akshare")
            .ToDictionary(d => d.Id);

    public ManualClock Clock { get; } = new();

    public CapturingLogger<AkShareClient> Logger { get; } = new();

    public AkToolsSwitches Switches { get; }

    public AkShareClient Client { get; private set; }

    /// <summary>Calls that were sent and answered.</summary>
    public int Calls => _counter.Ended;

    public PayloadList Payloads { get; } = new();

    /// <summary>What was waited for, in order: back-off and rate limits.</summary>
    public List<TimeSpan> Waits { get; } = [];

    private static IEnumerable<string> CodesIn(string api)
    {
        var output = new ArrayBufferWriter<byte>();
        var day = new Dictionary<string, string> { ["trade_date"] = "20240628" };
        TushareAnswer.Write(Market, api, day, "ts_code", output);
        using var answer = JsonDocument.Parse(output.WrittenMemory);
        return
        [
            .. answer
                .RootElement.GetProperty("data")
                .GetProperty("items")
                .EnumerateArray()
                .Select(r => r[0].GetString()!),
        ];
    }

    public static async Task<AkShareRig> StartAsync(
        string faults = "",
        string limit = "1000/min",
        IKeptAnswers? kept = null
    )
    {
        var switches = new AkToolsSwitches();
        var server = await AkToolsSimulator.StartAsync(
            new AkToolsSimulatorOptions
            {
                Market = Market,
                Switches = switches,
                Faults = faults.Length == 0 ? null : FaultRules.Parse(faults),
            },
            TestContext.Current.CancellationToken
        );
        return new AkShareRig(server, switches, limit, kept);
    }

    /// <summary>A request for one column as text.</summary>
    public static VendorRequest Request(string api, string field, params (string Name, string Value)[] parameters) =>
        new(api, parameters.ToDictionary(p => p.Name, p => p.Value), [new(field, ColumnKind.Text)], RowCap: 10_000);

    public async Task<ColumnBatch> FetchAsync(VendorRequest request)
    {
        var batch = new ColumnBatch(request.Columns);
        await DriveAsync(Client.FetchAsync(request, batch, Payloads, CancellationToken.None));
        return batch;
    }

    public Task<VendorException> FailAsync(VendorRequest request) =>
        Should.ThrowAsync<VendorException>(() => FetchAsync(request));

    /// <summary>Moves the clock on whenever the task waits for it (but never into a time-out).</summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        using var stop = new CancellationTokenSource();
        while (!task.IsCompleted)
        {
            var waiting = Clock.WhenPendingAsync(
                timer => timer.SetTo != s_timeout && timer.SetTo != s_versionTimeout,
                stop.Token
            );
            if (await Task.WhenAny(task, waiting) == waiting)
            {
                var timer = await waiting;
                Waits.Add(timer.SetTo);
                Clock.Advance(timer.Remaining);
            }
        }

        await stop.CancelAsync();
        return await task;
    }

    /// <summary>Goes on as another process with the same control database.</summary>
    public void Restart()
    {
        Client.Dispose();
        Client = NewClient();
    }

    /// <summary>Ends AKTools.</summary>
    public ValueTask StopServerAsync() => _server.DisposeAsync();

    private AkShareClient NewClient() =>
        new(
            _http,
            new AkShareClientOptions
            {
                Url = _server.Address,
                Timeout = s_timeout,
                Answers = _kept,
                RateLimits = new Dictionary<string, RateLimit> { ["default"] = _limit },
            },
            Clock,
            new Random(7),
            Logger
        );

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
