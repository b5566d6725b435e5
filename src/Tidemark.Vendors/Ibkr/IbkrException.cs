using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Ibkr;

/// <summary>
/// A gateway of Interactive Brokers could not be reached, said no, or answered something that cannot be right. Thrown
/// where nothing can go on, and a value where one of many contracts failed. <see cref="TidemarkException.Code"/> is one
/// of <see cref="IbkrErrorCodes"/>. Never names an account.
/// </summary>
public sealed class IbkrException(ErrorKind kind, string code, string request, string message, Exception? inner = null)
    : TidemarkException(kind, code, message, inner)
{
    /// <summary>IBKR's name of the call that failed; <c>connect</c> for the session itself.</summary>
    public string Request { get; } = request;

    /// <summary>The gateway's own number of the error; null when the error is not the gateway's.</summary>
    public int? GatewayCode { get; init; }
}
