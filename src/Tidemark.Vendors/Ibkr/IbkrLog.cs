using Microsoft.Extensions.Logging;

namespace Tidemark.Vendors.Ibkr;

/// <summary>The events of the client of Interactive Brokers: 1101 ff.</summary>
internal static partial class IbkrLog
{
    [LoggerMessage(
        EventId = 1101,
        EventName = "ibkr.lost",
        Level = LogLevel.Warning,
        Message = "IBKR: {Reason} Connecting again"
    )]
    public static partial void Lost(this ILogger logger, string reason);

    [LoggerMessage(
        EventId = 1102,
        EventName = "ibkr.back",
        Level = LogLevel.Information,
        Message = "IBKR: connected to {Where} again"
    )]
    public static partial void Back(this ILogger logger, string where);

    [LoggerMessage(EventId = 1103, EventName = "ibkr.gave_up", Level = LogLevel.Error, Message = "IBKR: {Reason}")]
    public static partial void GaveUp(this ILogger logger, string reason);

    [LoggerMessage(
        EventId = 1104,
        EventName = "ibkr.delayed",
        Level = LogLevel.Warning,
        Message = "IBKR: {Contract} is not subscribed; from now on delayed quotes are taken where there are no live ones"
    )]
    public static partial void FellBack(this ILogger logger, string contract);

    [LoggerMessage(
        EventId = 1105,
        EventName = "ibkr.pacing",
        Level = LogLevel.Warning,
        Message = "IBKR: asked too often by the gateway's count ({GatewayCode}); going on at 1/{Slowness} of the pace"
    )]
    public static partial void Pacing(this ILogger logger, int gatewayCode, int slowness);
}
