using System.Text;
using Tidemark.Core.Answers;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Testing;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Support;

/// <summary>The real client on a scripted server, with a clock that jumps over every wait and notes it.</summary>
internal sealed class TushareRig : IDisposable
{
    public const string Token = "5ecre7t0ken5ecre7t0ken5ecre7t0ken5ecre7t0ken5ecre7t0ken1";
    public const int JitterSeed = 7;

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static readonly IReadOnlyList<ColumnDefinition> Columns =
    [
        new("ts_code", ColumnKind.Text),
        new("trade_date", ColumnKind.Date),
        new("close", ColumnKind.Double),
    ];

    private readonly HttpClient _http = new(HttpExchange.CreateHandler())
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public TushareRig(
        string token = Token,
        string limit = "200/min",
        int retries = 3,
        int pagesMax = 1000,
        int bodyBytesMax = 1 << 20,
        IKeptAnswers? kept = null,
        ScriptedServer? server = null,
        IReadOnlyList<string>? moreTokens = null,
        Uri? url = null,
        (string Api, string Limit)[]? declared = null
    )
    {
        Server = server ?? new ScriptedServer();
        Client = new TushareClient(
            _http,
            new TushareClientOptions
            {
                Url = url ?? Server.Url,
                Token = token,
                MoreTokens = moreTokens ?? [],
                OnWarning = Warnings.Add,
                Timeout = Timeout,
                Retries = retries,
                PagesMax = pagesMax,
                BodyBytesMax = bodyBytesMax,
                OnWait = LongWaits.Add,
                Answers = kept,
                Limits = (declared ?? []).ToDictionary(of => of.Api, of => RateLimit.Parse(of.Limit)),
                RateLimits = new Dictionary<string, RateLimit> { ["default"] = RateLimit.Parse(limit) },
            },
            Clock,
            new Random(JitterSeed),
            Logger
        );
        Batch = new ColumnBatch(Columns);
    }

    public ManualClock Clock { get; } = new();

    public ScriptedServer Server { get; }

    public CapturingLogger<TushareClient> Logger { get; } = new();

    public TushareClient Client { get; }

    public ColumnBatch Batch { get; }

    public PayloadList Payloads { get; } = new();

    /// <summary>What the client said of long waits.</summary>
    public List<VendorWait> LongWaits { get; } = [];

    /// <summary>What the client said that a user should see to.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>What was waited for, in order: back-off and rate limits.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public static VendorRequest Request(int cap = 3, string api = "daily", params (string, string)[] parameters) =>
        new(api, parameters.ToDictionary(p => p.Item1, p => p.Item2), Columns, cap);

    public Task<VendorAnswer> FetchAsync(VendorRequest? request = null) =>
        DriveAsync(Client.FetchAsync(request ?? Request(), Batch, Payloads, CancellationToken.None));

    public Task<VendorException> FailAsync(VendorRequest? request = null) =>
        Should.ThrowAsync<VendorException>(() => FetchAsync(request));

    /// <summary>
    /// Moves the clock on whenever the task waits for it (but never into the time-out of a call in flight).
    /// </summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        using var stop = new CancellationTokenSource();
        while (!task.IsCompleted)
        {
            var waiting = Clock.WhenPendingAsync(timer => timer.SetTo != Timeout, stop.Token);
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

    public string[] Rows() =>
        [
            .. Enumerable
                .Range(0, Batch.RowCount)
                .Select(row =>
                    $"{Encoding.UTF8.GetString(((TextColumn)Batch.Columns[0])[row])}|{((ValueColumn<double>)Batch.Columns[2]).Values[row]}"
                ),
        ];

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
        Server.Dispose();
    }
}

internal sealed class PayloadList : IPayloadSink
{
    public List<string> Bodies { get; } = [];

    public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Bodies.Add(Encoding.UTF8.GetString(body.Span));
        return ValueTask.CompletedTask;
    }
}
