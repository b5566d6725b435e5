using Microsoft.Extensions.Logging;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors;

/// <summary>What a vendor's client gets from the workspace that it is made for.</summary>
public sealed class VendorContext
{
    /// <summary>Of all vendors; a vendor takes its own.</summary>
    public required VendorOptions Options { get; init; }

    /// <summary>The domain that the client is for alone, with a token of its own; null for the others.</summary>
    public string? Domain { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Spreads the repetitions of processes that failed together. Of this client alone.</summary>
    public required Random Jitter { get; init; }

    public required ILoggerFactory Logs { get; init; }

    /// <summary>Counts and times what is asked for; null where nobody watches.</summary>
    public VendorTelemetry? Telemetry { get; init; }

    /// <summary>The secrets that are masked in everything that leaves the process.</summary>
    public required SecretMask Secrets { get; init; }

    /// <summary>
    /// The token to use: the stored one where that is this vendor's, else the one that the file names; null for none.
    /// </summary>
    public required Func<SecretReference, CancellationToken, Task<string?>> TokenAsync { get; init; }

    /// <summary>
    /// Makes an HTTP client without a time-out of its own; it and its handler are disposed after the vendor's client.
    /// </summary>
    public required Func<HttpMessageHandler, HttpClient> Http { get; init; }

    /// <summary>
    /// Writes the rows of a Parquet file as CSV, in their order, with a header; a null is an empty cell, an empty text
    /// is <c>""</c>. Throws <see cref="InvalidDataException"/> when the file is not complete Parquet.
    /// </summary>
    public required Func<
        ReadOnlyMemory<byte>,
        CancellationToken,
        Task<ReadOnlyMemory<byte>>
    > ParquetAsCsvAsync { get; init; }

    /// <summary>Keeps what a client has learned for the next process; null to keep nothing.</summary>
    public IKeptAnswers? Answers { get; init; }

    /// <summary>
    /// By api: what datasets declare that the vendor lets any account call, where that is less than of others.
    /// </summary>
    public IReadOnlyDictionary<string, RateLimit> Limits { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>Hears of long waits; null where nobody watches.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>Hears of what a user should see to, a sentence without a secret; null where nobody watches.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>The most bytes that one answer may have, unpacked.</summary>
    public required int AnswerBytes { get; init; }

    /// <summary>The most bytes that the rows of one unit may take.</summary>
    public required long UnitBytes { get; init; }
}
