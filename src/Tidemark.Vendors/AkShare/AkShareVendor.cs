using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.AkShare;

/// <summary>What a workspace says of AkShare.</summary>
/// <param name="Url">An AKTools server.</param>
/// <param name="Timeout">For one call.</param>
/// <param name="RateLimits">
/// Calls allowed by family of hosts; <see cref="HttpClientOptions.DefaultLimit"/> stands for the rest and is always
/// there.
/// </param>
public sealed record AkShareOptions(Uri Url, TimeSpan Timeout, IReadOnlyDictionary<string, RateLimit> RateLimits);

/// <summary>AkShare through an AKTools server, which needs no account.</summary>
public sealed class AkShareVendor : ISampleVendor
{
    public string Name => AkShareErrors.VendorName;

    public bool HasStoredToken => false;

    public IReadOnlyList<VendorKey> Keys { get; } =
    [
        new("url", "http://127.0.0.1:8080", "an AKTools server") { Kind = "address" },
        new("timeout", "5m", "for one call: a list of the whole market takes minutes")
        {
            Kind = "duration like `2m`, `7d`",
        },
        new("rate_limits", "30/min", "calls by family of hosts, like eastmoney: 30/min; sites ban who asks too often")
        {
            Kind = "names to limits",
            Entry = HttpClientOptions.DefaultLimit,
        },
    ];

    public object ReadOptions(IVendorSection section) =>
        new AkShareOptions(section.Url("url"), section.Duration("timeout"), section.RateLimits("rate_limits"));

    public AnswerSample ReadSample(string api, ReadOnlyMemory<byte> answer) =>
        AkShareErrors.Decoder.Sample(api, answer.Span);

    public void Decode(string api, ReadOnlyMemory<byte> answer, ColumnBatch into) =>
        AkShareErrors.Decoder.Decode(api, answer.Span, into);

    public Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Of<AkShareOptions>();
        return Task.FromResult<IVendorClient>(
            new AkShareClient(
                context.Http(HttpExchange.CreateHandler()),
                new AkShareClientOptions
                {
                    Url = options.Url,
                    Timeout = options.Timeout,
                    RateLimits = options.RateLimits,
                    Answers = context.Answers,
                    BodyBytesMax = context.AnswerBytes,
                    RowBytesMax = context.UnitBytes,
                    Secrets = context.Secrets,
                    OnWait = context.OnWait,
                    Telemetry = context.Telemetry,
                },
                context.Clock,
                context.Jitter,
                context.Logs.CreateLogger<AkShareClient>()
            )
        );
    }
}
