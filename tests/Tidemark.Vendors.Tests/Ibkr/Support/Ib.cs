using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>What most tests of the client need.</summary>
internal static class Ib
{
    public static readonly IbkrContract Aapl = IbkrContract.Stock("AAPL") with { ConId = 265598 };

    public static readonly IbkrContract Option = IbkrContract.Option(
        "AAPL",
        new DateOnly(2025, 12, 19),
        200,
        OptionRight.Call,
        "AAPL"
    );

    /// <summary>No budgets but the lines, and no waiting between connections.</summary>
    public static IbkrClientOptions Fast(int port) =>
        new()
        {
            Port = port,
            ClientId = 1,
            MessagesPerSecond = 0,
            SnapshotsPerSecond = 0,
            PacesHistory = false,
            ReconnectDelay = TimeSpan.FromMilliseconds(1),
        };

    public static Task<IbkrClient> ConnectAsync(
        IbkrClientOptions options,
        TimeProvider? clock = null,
        ILogger<IbkrClient>? logger = null
    ) =>
        IbkrClient.ConnectAsync(
            options,
            clock ?? TimeProvider.System,
            new Random(7),
            logger ?? NullLogger<IbkrClient>.Instance,
            CancellationToken.None
        );

    public static Task<IbkrClient> ConnectAsync(GatewayPeer peer) => ConnectAsync(Fast(peer.Port));

    public static async Task<List<T>> ListAsync<T>(this IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }
}
