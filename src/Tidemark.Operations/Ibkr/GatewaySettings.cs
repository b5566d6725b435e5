using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Operations.Ibkr;

/// <summary>Which gateway is meant; null for what the workspace says, or the defaults where there is none.</summary>
/// <param name="Host">Where it runs.</param>
/// <param name="Port">Its socket port.</param>
/// <param name="ClientId">A fixed client id.</param>
public sealed record GatewayChoice(string? Host, int? Port, int? ClientId);

/// <summary>How a gateway is reached, with or without a workspace.</summary>
/// <param name="found">
/// What the workspace says, or the defaults where there is none; asked for when a gateway is.
/// </param>
public sealed class GatewaySettings(Func<IbkrClientOptions> found)
{
    /// <exception cref="TidemarkException">
    /// The workspace that was named is not there, or its file has faults.
    /// </exception>
    internal IbkrClientOptions Of(GatewayChoice choice)
    {
        var options = found();
        return options with
        {
            Host = choice.Host ?? options.Host,
            Port = choice.Port ?? options.Port,
            ClientId = choice.ClientId ?? options.ClientId,
            // Frozen means live while the market is open, and the last quotes when it is closed: what somebody who
            // looks wants to see.
            MarketDataType =
                options.MarketDataType == MarketDataType.Live ? MarketDataType.Frozen : options.MarketDataType,
        };
    }

    /// <summary>Only spreads attempts to connect in time; nothing depends on which numbers come.</summary>
    internal static Random Jitter() => new(Environment.ProcessId);
}
