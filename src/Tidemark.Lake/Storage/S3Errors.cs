using System.Globalization;
using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>Turns errors of an S3 server, its client or the network into errors that users can act on.</summary>
internal static class S3Errors
{
    private static readonly HashSet<string> s_credentials = new(StringComparer.Ordinal)
    {
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "TokenRefreshRequired",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "UnrecognizedClientException",
    };

    private static readonly HashSet<string> s_passing = new(StringComparer.Ordinal)
    {
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "RequestTimeout",
        "InternalError",
        "ServiceUnavailable",
        "OperationAborted",
        "IncompleteBody",
        "BadDigest",
        "XAmzContentSHA256Mismatch",
    };

    /// <param name="error">What was thrown.</param>
    /// <param name="where">Endpoint and bucket.</param>
    /// <param name="key">The key that it was about.</param>
    public static TidemarkException From(Exception error, string where, string key)
    {
        var (kind, code, advice) = Classify(error);
        return new TidemarkException(kind, code, $"{where}: {key}: {Words(error)}. {advice}", error);
    }

    /// <summary>Whether the error means that the object, and not the bucket, is not there.</summary>
    public static bool IsAbsent(Exception error) =>
        error is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound } e && e.ErrorCode != "NoSuchBucket";

    private static (ErrorKind Kind, string Code, string Advice) Classify(Exception error)
    {
        if (error is not AmazonServiceException service || error is AmazonUnmarshallingException)
        {
            return
                error
                    is AmazonClientException
                        or HttpRequestException
                        or IOException
                        or OperationCanceledException
                        or XmlException
                        or AmazonUnmarshallingException
                ? Unavailable()
                : (ErrorKind.Storage, "S3_FAILED", "See the server's words.");
        }

        return (service.ErrorCode, service.StatusCode) switch
        {
            var (code, _) when code is not null && s_credentials.Contains(code) => (
                ErrorKind.Unauthorized,
                "S3_CREDENTIALS",
                "Check s3.access_key and s3.secret_key, whether they have expired, and this machine's clock; nothing was written."
            ),
            ("NoSuchBucket", _) => (
                ErrorKind.Configuration,
                "S3_BUCKET_MISSING",
                "Make the bucket, or correct 'lake' in tidemark.yaml."
            ),
            var (code, status) when (code is not null && s_passing.Contains(code)) || IsPassing(status) =>
                Unavailable(),
            (_, HttpStatusCode.Unauthorized) => (
                ErrorKind.Unauthorized,
                "S3_CREDENTIALS",
                "Check s3.access_key and s3.secret_key; nothing was written."
            ),
            (_, HttpStatusCode.Forbidden) => (
                ErrorKind.Permission,
                "S3_DENIED",
                "The credentials may not do this: they need to list, get, put and delete objects of this bucket."
            ),
            (_, HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect) => (
                ErrorKind.Configuration,
                "S3_REDIRECTED",
                "The bucket is elsewhere: correct s3.endpoint and s3.region."
            ),
            _ => (ErrorKind.Storage, "S3_FAILED", "See the server's words."),
        };
    }

    // Status 0 means no answer at all: the network failed.
    private static bool IsPassing(HttpStatusCode status) =>
        (int)status is 0
        || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        || (int)status is >= 500 and not 501 and not 507;

    private static (ErrorKind Kind, string Code, string Advice) Unavailable() =>
        (
            ErrorKind.Transient,
            "S3_UNAVAILABLE",
            "Check that the server is up and can be reached; whatever was under way can be run again."
        );

    // The client's own texts may quote what was signed. A code, a status and the network's message say enough.
    private static string Words(Exception error) =>
        error switch
        {
            AmazonServiceException { ErrorCode: { Length: > 0 } code } e => string.Create(
                CultureInfo.InvariantCulture,
                $"the server says {code} ({(int)e.StatusCode})"
            ),
            OperationCanceledException => "no answer in time",
            { InnerException: HttpRequestException or IOException } e => Words(e.InnerException!),
            AmazonServiceException e => string.Create(
                CultureInfo.InvariantCulture,
                $"the server says {(int)e.StatusCode}"
            ),
            _ => error.Message.TrimEnd('.'),
        };
}
