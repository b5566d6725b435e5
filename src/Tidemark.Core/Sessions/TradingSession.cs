namespace Tidemark.Core.Sessions;

/// <summary>How prices come about in a part of a session.</summary>
public enum SessionPhase
{
    OpenAuction,
    Continuous,
    CloseAuction,

    /// <summary>At the close's price, after it.</summary>
    FixedPrice,
}

/// <summary>A part of a session in the exchange's time, up to but without <paramref name="To"/>.</summary>
public readonly record struct SessionPart(SessionPhase Phase, TimeOnly From, TimeOnly To);

/// <summary>A trading day's parts in their order.</summary>
public sealed record TradingSession(IReadOnlyList<SessionPart> Parts)
{
    public TimeOnly Open => Parts[0].From;

    /// <summary>When the day's close is known.</summary>
    public TimeOnly Close => Parts.Last(part => part.Phase != SessionPhase.FixedPrice).To;

    /// <summary>When the last trade can be: a day's volume is final after it.</summary>
    public TimeOnly End => Parts[^1].To;
}
