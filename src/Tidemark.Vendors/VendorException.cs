using System.Globalization;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors;

/// <summary>
/// A vendor said no, could not be reached, or answered something that cannot be right.
/// <see cref="TidemarkException.Kind"/> says what can be done about it, <see cref="TidemarkException.Code"/> is one of
/// <see cref="VendorErrorCodes"/>. Never holds a credential.
/// </summary>
public sealed class VendorException(
    string vendor,
    string api,
    ErrorKind kind,
    string code,
    string message,
    Exception? inner = null
) : TidemarkException(kind, code, message, inner)
{
    public string Vendor { get; } = vendor;

    /// <summary>The vendor's name of the call that failed.</summary>
    public string Api { get; } = api;

    /// <summary>The vendor's own error number; null when the error is not the vendor's.</summary>
    public int? VendorCode { get; init; }

    /// <summary>When asking again may help; null when unknown or never.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The limit that the vendor named, when it refused for being asked too often; null for none.</summary>
    public RateLimit? Limit { get; init; }

    /// <summary>When to try again, as a sentence with a blank before it.</summary>
    internal static string After(TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $" Try again in {(int)wait.TotalHours:00}:{wait:mm\\:ss}.");

    /// <summary>The same refusal with the time after which asking again may help.</summary>
    internal VendorException Lasting(TimeSpan wait) =>
        new(Vendor, Api, Kind, Code, $"{Message}{After(wait)}", InnerException)
        {
            VendorCode = VendorCode,
            RetryAfter = wait,
            Limit = Limit,
        };

    /// <summary>
    /// Whether no answer of the source came through: no connection, a lost one, none in time, an error of the server,
    /// or something that is no answer. A refusal is one.
    /// </summary>
    public bool IsOutage { get; init; }
}
