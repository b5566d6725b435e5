using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Secrets;

/// <summary>Whether a data domain goes with the vendor's main token or has one of its own.</summary>
public enum TokenMode
{
    InheritMain,
    Override,
}

/// <summary>Where a token came from.</summary>
public enum TokenSource
{
    None,
    DomainOverride,
    Main,
    EnvironmentFallback,
}

/// <summary>A token and its source. Its text shows the source alone.</summary>
public sealed class ResolvedToken(string? value, TokenSource source)
{
    /// <summary>Null when there is none anywhere.</summary>
    public string? Value { get; } = value;

    public TokenSource Source { get; } = source;

    public override string ToString() => Source.ToString();
}

/// <summary>
/// Vendor tokens, encrypted at rest by ASP.NET Data Protection. The keys are in a folder of their own
/// (<c>{file}.keys</c> beside a file), which only its owner may enter; a copy of the database alone gives no token. Nothing is decrypted before
/// it is asked for. Thread-safe.
/// </summary>
public sealed class TokenStore(ControlDatabase database)
{
    private const string MainName = "market_token_main_v2";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Lazy<IDataProtector> _protector = new(() => Protector(database.KeysFolder));

    /// <summary>Stores a token; an empty one deletes it.</summary>
    /// <param name="domain">Null = the main token.</param>
    public Task SetAsync(string? domain, string token, CancellationToken cancellationToken)
    {
        var name = Name(domain);
        if (string.IsNullOrWhiteSpace(token))
        {
            return database.WriteAsync(
                session => session.ExecuteAsync("delete from secrets where name = @name", ("@name", name)),
                cancellationToken
            );
        }

        var value = Protect(name, token.Trim());
        return database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    """
                    insert into secrets (name, protected_value, updated_at) values (@name, @value, @now)
                    on conflict (name) do update set protected_value = excluded.protected_value, updated_at = excluded.updated_at
                    """,
                    ("@name", name),
                    ("@value", value),
                    ("@now", database.NowMilliseconds)
                ),
            cancellationToken
        );
    }

    /// <summary>
    /// The token to use: with <see cref="TokenMode.Override"/> the domain's own, else the main one, else the
    /// environment's.
    /// </summary>
    /// <param name="environment">
    /// Reads the environment's token; null when it has none. Asked last and only when needed.
    /// </param>
    /// <exception cref="TidemarkException">
    /// <c>TOKEN_UNREADABLE</c>: one is stored that the keys here cannot open.
    /// </exception>
    public async Task<ResolvedToken> ResolveAsync(
        string? domain,
        TokenMode mode,
        Func<string?> environment,
        CancellationToken cancellationToken
    )
    {
        if (domain is not null && mode == TokenMode.Override)
        {
            if (await FindAsync(domain, cancellationToken) is { } own)
            {
                return new ResolvedToken(own, TokenSource.DomainOverride);
            }
        }

        if (await FindAsync(null, cancellationToken) is { } main)
        {
            return new ResolvedToken(main, TokenSource.Main);
        }

        return environment() is { Length: > 0 } fallback
            ? new ResolvedToken(fallback, TokenSource.EnvironmentFallback)
            : new ResolvedToken(null, TokenSource.None);
    }

    private async Task<string?> FindAsync(string? domain, CancellationToken cancellationToken)
    {
        var name = Name(domain);
        var values = await database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select protected_value from secrets where name = @name",
                    reader => reader.GetString(0),
                    ("@name", name)
                ),
            cancellationToken
        );
        if (values.Count == 0)
        {
            return null;
        }

        try
        {
            return _protector.Value.CreateProtector(name).Unprotect(values[0]);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Unauthorized,
                "TOKEN_UNREADABLE",
                $"The stored {Describe(domain)} cannot be decrypted: the key that it was stored with is not in {database.KeysFolder}. "
                    + "Restore that folder, or store the token again.",
                error
            );
        }
    }

    private string Protect(string name, string token)
    {
        try
        {
            return _protector.Value.CreateProtector(name).Protect(token);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "TOKEN_UNWRITABLE",
                $"The token was not stored: the key folder {database.KeysFolder} cannot be used ({error.Message}).",
                error
            );
        }
    }

    private static IDataProtector Protector(string folder)
    {
        var keys = new DirectoryInfo(folder);
        if (OperatingSystem.IsWindows())
        {
            keys.Create();
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            // It may have been there before, more open than it should be.
            keys.UnixFileMode = OwnerOnly;
        }

        // A name of our own, so that the keys still fit when the workspace is moved.
        return DataProtectionProvider
            .Create(keys, builder => builder.SetApplicationName("Tidemark"))
            .CreateProtector("Tidemark.Control.Secrets");
    }

    private static string Name(string? domain) => domain is null ? MainName : $"market_token_domain_{domain}_v2";

    private static string Describe(string? domain) => domain is null ? "main token" : $"token of the domain '{domain}'";
}
