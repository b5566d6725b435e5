using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// The data that a request for market data gets: how old, with or without Greeks, and with which notice.
/// </summary>
/// <param name="IsAlive">Whether data follow. If not, <paramref name="Notice"/> is the end of the request.</param>
internal readonly record struct Entitlement(bool IsAlive, bool IsDelayed, bool HasGreeks, TwsError? Notice)
{
    private const int Live = 1;
    private const int Frozen = 2;

    /// <summary>How late delayed data are.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMinutes(15);

    /// <param name="type">What the client allows: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.</param>
    /// <param name="source">The symbol and source of the data, for the refusal: <c>AAPL NASDAQ.NMS</c>.</param>
    public static Entitlement Of(EntitlementProfile profile, ContractKind kind, int type, string source)
    {
        var allowsDelayed = type > Frozen;
        switch (profile)
        {
            case EntitlementProfile.Live:
                return new Entitlement(true, false, true, null);
            case EntitlementProfile.None:
                return Refused(allowsDelayed ? TwsError.NoDelayed : TwsError.NotSubscribed(source, hasDelayed: false));
            case EntitlementProfile.Partial when kind == ContractKind.Option:
                var notice = allowsDelayed
                    ? TwsError.PartlySubscribedForApi(source)
                    : TwsError.PartlySubscribed(source);
                return new Entitlement(true, false, false, notice);
            default:
                if (allowsDelayed)
                {
                    return new Entitlement(true, true, true, TwsError.DisplayingDelayed);
                }

                return Refused(
                    (type, kind) switch
                    {
                        (Live, ContractKind.Option) => TwsError.NotSubscribed(source, hasDelayed: true),
                        (Live, _) => TwsError.NotSubscribedForApi(source),
                        _ => TwsError.DelayedNotEnabled,
                    }
                );
        }
    }

    private static Entitlement Refused(TwsError error) => new(false, false, false, error);
}
