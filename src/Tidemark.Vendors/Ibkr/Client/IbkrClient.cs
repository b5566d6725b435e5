using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Requests;

namespace Tidemark.Vendors.Ibkr.Client;

/// <summary>
/// One session with TWS or IB Gateway, server version 176. Keeps the gateway's limits by itself, whatever is asked for
/// at once; makes a lost connection again and asks again what it cut off. Reads data only: there is no way to place an
/// order. Thread-safe.
/// </summary>
/// <remarks>
/// <code>
/// request ─▶ line ─▶ message budget ─▶ connection ─▶ answer by number
///         ─▶ again? (cut off, too fast, only delayed) ─▶ caller
/// </code>
/// Where many contracts are asked for at once, each has exactly one answer, and what failed is a value in it. Other
/// calls throw <see cref="IbkrException"/>.
/// </remarks>
public sealed partial class IbkrClient : IAsyncDisposable
{
    /// <summary>The server version that this client speaks.</summary>
    public const int ServerVersion = 176;

    private readonly IbkrClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly GatewayCounters _counters = new();
    private readonly MessageBudget _messages;
    private readonly MessageBudget _searches;
    private readonly GatewayLife _life;
    private readonly RequestHandler _requests;
    private bool _isDisposed;

    private IbkrClient(IbkrClientOptions options, TimeProvider clock, Random jitter, ILogger<IbkrClient> logger)
    {
        (_options, _clock) = (options, clock);
        _messages = new MessageBudget(options.MessagesPerSecond, clock);
        _searches = new MessageBudget(options.MessagesPerSecond > 0 ? 1 : 0, clock);
        _life = new GatewayLife(options, clock, jitter, logger, _counters, _messages);
        _requests = new RequestHandler(options, _life, _counters, _messages, clock, logger);
    }

    /// <summary>Of the connection that there is, or was last.</summary>
    public int ClientId => _life.Last!.ClientId;

    /// <summary>How many accounts the login manages. Their names stay in the gateway.</summary>
    public int Accounts => _life.Last!.Accounts;

    /// <summary>How many of them are simulated ones.</summary>
    public int PaperAccounts => _life.Last!.PaperAccounts;

    /// <summary>
    /// The kind of quotes that is asked for now: falls back to delayed ones when live ones were refused.
    /// </summary>
    public MarketDataType MarketDataType => _life.MarketDataType;

    public IbkrStatistics Statistics => _counters.Read();

    /// <summary>
    /// The gateway's last remarks that belong to no request, oldest first: state of its data farms and of its link.
    /// </summary>
    public IReadOnlyList<(int Code, string Text)> Notices => _life.Last!.Notices;

    /// <summary>Connects and waits until the session is ready.</summary>
    /// <param name="options">Where, as whom, how gently.</param>
    /// <param name="clock">For time-outs, budgets and back-off.</param>
    /// <param name="jitter">Seeded; used by one thread at a time, so share it with nobody.</param>
    /// <param name="logger">Lost connections and fall-backs at Warning.</param>
    /// <exception cref="IbkrException">
    /// Nobody there, silent, no gateway, another version, client id in use, no account.
    /// </exception>
    public static async Task<IbkrClient> ConnectAsync(
        IbkrClientOptions options,
        TimeProvider clock,
        Random jitter,
        ILogger<IbkrClient> logger,
        CancellationToken cancellationToken
    )
    {
        var client = new IbkrClient(options, clock, jitter, logger);
        try
        {
            await client._life.StartAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connection, and with it all that is open; requests that wait fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _life.DisposeAsync();
        _requests.Dispose();
    }
}
