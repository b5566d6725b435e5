namespace Tidemark.Vendors.Ibkr;

/// <summary>
/// What kind of quotes is wanted, or came. As a wish it allows: whoever asks for delayed quotes gets live ones where
/// the account has them.
/// </summary>
public enum MarketDataType
{
    /// <summary>Not told.</summary>
    Unknown = 0,

    /// <summary>Of this moment.</summary>
    Live = 1,

    /// <summary>The last live ones before the close.</summary>
    Frozen = 2,

    /// <summary>15 to 20 minutes old.</summary>
    Delayed = 3,

    /// <summary>The last delayed ones before the close.</summary>
    DelayedFrozen = 4,
}
