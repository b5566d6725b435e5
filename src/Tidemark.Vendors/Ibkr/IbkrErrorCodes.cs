namespace Tidemark.Vendors.Ibkr;

/// <summary>The stable codes of an <see cref="IbkrException"/>.</summary>
public static class IbkrErrorCodes
{
    /// <summary>No program listens there, or the host cannot be reached.</summary>
    public const string Unreachable = "IBKR_UNREACHABLE";

    /// <summary>A program listens and says nothing: not logged in, API off, or SSL on.</summary>
    public const string Silent = "IBKR_SILENT";

    /// <summary>The connection was closed before the session was ready.</summary>
    public const string Dropped = "IBKR_DROPPED";

    /// <summary>What listens is no gateway: it speaks HTTP or something else.</summary>
    public const string NotIb = "IBKR_NOT_IB";

    /// <summary>The gateway speaks another version than 176.</summary>
    public const string Version = "IBKR_VERSION";

    /// <summary>The login manages no account.</summary>
    public const string NoAccount = "IBKR_NO_ACCOUNT";

    /// <summary>The client id is in use.</summary>
    public const string ClientId = "IBKR_CLIENT_ID";

    /// <summary>No client id of the pool is free.</summary>
    public const string ClientIdPool = "IBKR_CLIENT_ID_POOL";

    /// <summary>The connection was lost and could not be made again in time.</summary>
    public const string Lost = "IBKR_LOST";

    /// <summary>No complete answer in time.</summary>
    public const string Timeout = "IBKR_TIMEOUT";

    /// <summary>The gateway refused the request.</summary>
    public const string Rejected = "IBKR_REJECTED";

    /// <summary>No contract is like this, or more than one.</summary>
    public const string Contract = "IBKR_CONTRACT";

    /// <summary>The account has no subscription for this data.</summary>
    public const string NotSubscribed = "IBKR_NOT_SUBSCRIBED";

    /// <summary>Asked too often, in spite of slowing down.</summary>
    public const string Pacing = "IBKR_PACING";

    /// <summary>The gateway sent a message that cannot be understood.</summary>
    public const string Garbled = "IBKR_GARBLED";

    /// <summary>The request cannot be sent like this.</summary>
    public const string BadRequest = "IBKR_BAD_REQUEST";
}
