namespace Tidemark.Vendors.Ibkr;

/// <summary>What a workspace says of TWS or IB Gateway.</summary>
/// <param name="Host">Where it runs.</param>
/// <param name="Port">Its socket port.</param>
/// <param name="ClientId">A fixed client id; null = a free one.</param>
/// <param name="MarketDataType">The best kind of quotes to ask for.</param>
/// <param name="ClientIdFolder">
/// Where the client ids are shared by all processes that use this workspace; absolute.
/// </param>
public sealed record IbkrOptions(
    string Host,
    int Port,
    int? ClientId,
    MarketDataType MarketDataType,
    string ClientIdFolder
)
{
    private static readonly TimeSpan s_lockLife = TimeSpan.FromHours(2);

    /// <summary>How a client connects.</summary>
    public IbkrClientOptions ForClient(TimeProvider clock) =>
        new()
        {
            Host = Host,
            Port = Port,
            ClientId = ClientId,
            ClientIds = new ClientIdPool(ClientIdFolder, ClientRole.Prod, s_lockLife, clock),
            MarketDataType = MarketDataType,
        };
}

/// <summary>
/// Interactive Brokers through TWS or IB Gateway. It serves no datasets yet: the operations on option chains make an
/// <see cref="Client.IbkrClient"/> from its options.
/// </summary>
public sealed class IbkrVendor : IVendor
{
    private static readonly Dictionary<string, MarketDataType> s_types = new()
    {
        ["live"] = MarketDataType.Live,
        ["frozen"] = MarketDataType.Frozen,
        ["delayed"] = MarketDataType.Delayed,
        ["delayed_frozen"] = MarketDataType.DelayedFrozen,
    };

    public string Name => "ibkr";

    public IReadOnlyList<VendorKey> Keys { get; } =
    [
        new("host", "127.0.0.1", "where TWS or IB Gateway runs"),
        new("port", "4002", "TWS 7496 live, 7497 paper; IB Gateway 4001 live, 4002 paper") { Kind = "whole number" },
        new("client_id", "auto", "auto, or a number that no other client uses"),
        new("market_data_type", "live", "live, frozen, delayed or delayed_frozen"),
    ];

    public object ReadOptions(IVendorSection section) =>
        new IbkrOptions(
            section.Text("host"),
            section.Int("port", min: 1, max: 65535),
            section.Text("client_id") == "auto" ? null : section.Int("client_id", min: 0),
            section.Word("market_data_type", s_types),
            Path.Combine(section.Folder, "client-ids")
        );
}
