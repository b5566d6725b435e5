using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.Tushare;

/// <summary>What a workspace says of Tushare.</summary>
/// <param name="Url">Where requests are posted.</param>
/// <param name="Token">The environment's token; a token stored with the control database goes before it.</param>
/// <param name="MoreTokens">Those of further accounts.</param>
/// <param name="RateLimits">
/// Calls allowed by api; <see cref="HttpClientOptions.DefaultLimit"/> stands for the rest and is always there.
/// </param>
public sealed record TushareOptions(
    Uri Url,
    SecretReference Token,
    IReadOnlyList<SecretReference> MoreTokens,
    IReadOnlyDictionary<string, RateLimit> RateLimits
);

/// <summary>Tushare Pro: an account with a token, over HTTP.</summary>
public sealed class TushareVendor : ISampleVendor
{
    public string Name => TushareDecoder.VendorName;

    public bool HasStoredToken => true;

    public IReadOnlyList<VendorKey> Keys { get; } =
    [
        new("url", "http://api.tushare.pro", "where requests are posted") { Kind = "address" },
        new("token", "${TUSHARE_TOKEN}", "the account; what `token set` stores goes before it") { IsSecret = true },
        new("more_tokens", "", "further accounts, called beside the first one, like [${TUSHARE_TOKEN_2}]")
        {
            IsSecret = true,
            IsList = true,
        },
        new(
            "rate_limits",
            "200/min",
            "calls by api name: 200/min, 1/s, 1/hour, 10/day; a limit that the vendor names is kept for a week"
        )
        {
            Kind = "names to limits",
            Entry = HttpClientOptions.DefaultLimit,
        },
    ];

    public object ReadOptions(IVendorSection section) =>
        new TushareOptions(
            section.Url("url"),
            section.Secret("token"),
            section.Secrets("more_tokens"),
            section.RateLimits("rate_limits")
        );

    public AnswerSample ReadSample(string api, ReadOnlyMemory<byte> answer) => TushareSample.Read(api, answer.Span);

    public void Decode(string api, ReadOnlyMemory<byte> answer, ColumnBatch into)
    {
        var page = new TushareDecoder().Decode(api, answer.Span, into);
        if (page.Code != 0)
        {
            throw TushareErrors.Refused(api, page.Code, page.Message);
        }
    }

    public async Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Of<TushareOptions>();
        var token =
            await context.TokenAsync(options.Token, cancellationToken)
            ?? throw Missing(
                $"There is no Tushare token. {options.Token.HowToSet}, or store one with `tidemark token set`."
            );
        return new TushareClient(
            context.Http(HttpExchange.CreateHandler()),
            new TushareClientOptions
            {
                Url = options.Url,
                Token = token,
                // A domain with a token of its own has that alone.
                MoreTokens = context.Domain is null ? [.. options.MoreTokens.Select(TokenOf)] : [],
                RateLimits = options.RateLimits,
                Limits = context.Limits,
                Answers = context.Answers,
                BodyBytesMax = context.AnswerBytes,
                RowBytesMax = context.UnitBytes,
                Secrets = context.Secrets,
                OnWait = context.OnWait,
                OnWarning = context.OnWarning,
                Telemetry = context.Telemetry,
            },
            context.Clock,
            context.Jitter,
            context.Logs.CreateLogger<TushareClient>()
        );
    }

    // An account that is named and missing is an oversight: without it a run would take longer, and nobody knew why.
    private static string TokenOf(SecretReference named, int index) =>
        named.IsAvailable
            ? named.Read()
            : throw Missing(
                $"The token of Tushare's account {index + 2} is missing. {named.HowToSet}, or take it out of `vendors.tushare.more_tokens`."
            );

    private static TidemarkException Missing(string message) => new(ErrorKind.Unauthorized, "TOKEN_MISSING", message);
}
