using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Operations.Ibkr;

/// <summary>The gateway to use; null values come from the workspace, or are the defaults without one.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its socket port.</param>
/// <param name="ClientId">A fixed client id.</param>
public sealed record GatewayChoice(string? Host, int? Port, int? ClientId);

/// <summary>The settings to reach a gateway, with or without a workspace.</summary>
/// <param name="found">
/// Gives the settings of the workspace, or the defaults without one; called when a gateway is used.
/// </param>
public sealed class GatewaySettings(Func<IbkrClientOptions> found)
{
    /// <exception cref="TidemarkException">
    /// The named workspace does not exist, or its file has faults.
    /// </exception>
    internal IbkrClientOptions Of(GatewayChoice choice)
    {
        var options = found();
        return options with
        {
            Host = choice.Host ?? options.Host,
            Port = choice.Port ?? options.Port,
            ClientId = choice.ClientId ?? options.ClientId,
            // Frozen means live while the market is open and the last quotes when it is closed, which suits a person
            // who looks at quotes.
            MarketDataType =
                options.MarketDataType == MarketDataType.Live ? MarketDataType.Frozen : options.MarketDataType,
        };
    }

    /// <summary>Spreads attempts to connect in time; nothing else depends on its numbers.</summary>
    internal static Random Jitter() => new(Environment.ProcessId);
}
