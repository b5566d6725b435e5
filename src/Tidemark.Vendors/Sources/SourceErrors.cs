using System.Globalization;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Sources;

/// <summary>The messages of calls that were not sent.</summary>
internal static class SourceErrors
{
    public static VendorException Down(SourcePath path, SourceState source, DateTimeOffset now)
    {
        var next = source.NextRetryAt ?? now;
        return new VendorException(
            path.Names[0],
            path.Api,
            ErrorKind.Transient,
            VendorErrorCodes.SourceDown,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{path.Api}' was not asked for: {source.Name} has not answered since {source.FailingSince:u} ({source.Failures} calls in a row); {Answered(source)}. It is asked again from {next:u} on, or once by the next command. The last error: {source.LastError}"
            )
        )
        {
            RetryAfter = next > now ? next - now : TimeSpan.Zero,
        };
    }

    private static string Answered(SourceState source) =>
        source.LastSuccessAt is { } last
            ? string.Create(CultureInfo.InvariantCulture, $"it last did at {last:u}")
            : "it never did here";
}
