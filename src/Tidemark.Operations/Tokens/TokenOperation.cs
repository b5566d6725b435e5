using Tidemark.Control.Secrets;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Tokens;

/// <summary>Store a vendor's token.</summary>
/// <param name="Token">As it was typed; null when there was no input.</param>
public sealed record StoreTokenRequest(string? Token);

/// <summary><c>token set|clear</c>: the Tushare token, encrypted in the control database.</summary>
public sealed class TokenOperation(TokenStore tokens)
{
    /// <exception cref="TidemarkException">
    /// Code <c>TOKEN_EMPTY</c>; or the control database cannot be written.
    /// </exception>
    public Task StoreAsync(StoreTokenRequest request, CancellationToken stop) =>
        string.IsNullOrWhiteSpace(request.Token)
            ? throw new TidemarkException(
                ErrorKind.BadRequest,
                "TOKEN_EMPTY",
                "Nothing came on standard input. For example: tidemark token set < token.txt"
            )
            : tokens.SetAsync(domain: null, request.Token.Trim(), stop);

    public Task ForgetAsync(CancellationToken stop) => tokens.SetAsync(domain: null, "", stop);
}
