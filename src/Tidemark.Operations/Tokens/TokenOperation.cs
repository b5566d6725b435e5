using Tidemark.Control.Secrets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Modules;

namespace Tidemark.Operations.Tokens;

/// <summary>Store a vendor's token.</summary>
/// <param name="Token">As it was typed; null when there was no input.</param>
public sealed record StoreTokenRequest(string? Token)
{
    /// <summary>The domain that goes with it; null for all.</summary>
    public string? Domain { get; init; }
}

/// <summary>
/// <c>token set|clear</c>: the Tushare token, or that of a domain, encrypted in the control database. What was probed
/// with the one before counts as old.
/// </summary>
public sealed class TokenOperation(TokenStore tokens, ConfigureSources sources, ProbeBook book)
{
    private const string By = "tidemark token";

    /// <exception cref="TidemarkException">
    /// Codes <c>TOKEN_EMPTY</c>, <c>SOURCE_UNKNOWN</c>; or the control database cannot be written.
    /// </exception>
    public Task StoreAsync(StoreTokenRequest request, CancellationToken stop) =>
        string.IsNullOrWhiteSpace(request.Token)
            ? throw new TidemarkException(
                ErrorKind.BadRequest,
                "TOKEN_EMPTY",
                "Nothing came on standard input. For example: tidemark token set < token.txt"
            )
            : SetAsync(request.Domain, request.Token.Trim(), stop);

    /// <param name="domain">The domain whose token it is; null for the main one.</param>
    /// <param name="stop">Stops the waiting for the database.</param>
    public Task ForgetAsync(string? domain, CancellationToken stop) => SetAsync(domain, "", stop);

    private async Task SetAsync(string? name, string token, CancellationToken stop)
    {
        var domain = name is null ? null : SourceNames.Domain(name);
        await tokens.SetAsync(domain, token, stop);
        if (domain is not null)
        {
            await sources.SetTokenModeAsync(domain, isOwn: token.Length > 0, By, stop);
        }
        else
        {
            await book.MarkStaleAsync(_ => true, stop);
        }
    }
}
