using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.RateLimits;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// The accounts of a client, one is the rule. What is fetched goes to the account that may call the api and whose turn
/// comes first; where that one is refused, or has used up its hour or day, to the next. Thread-safe.
/// </summary>
internal sealed class AccountPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<TushareAccount> _accounts;
    private readonly TushareClientOptions _options;
    private readonly ILogger _logger;

    public AccountPool(TushareClientOptions options, TimeProvider clock, ILogger logger)
    {
        // Twice the same token is one account: its calls are counted together.
        string[] tokens = [.. options.MoreTokens.Prepend(options.Token).Distinct(StringComparer.Ordinal)];
        _accounts =
        [
            .. tokens.Select(
                (token, i) =>
                    new TushareAccount(tokens.Length == 1 ? "account" : $"account {i + 1}", token, options, clock)
            ),
        ];
        (_options, _logger) = (options, logger);
    }

    public IReadOnlyList<TushareAccount> All => _accounts;

    public bool HasSeveral => _accounts.Count > 1;

    /// <summary>Another one as soon as an account comes or goes; that of an account alone is its own.</summary>
    public string Fingerprint =>
        HasSeveral
            ? VendorCalls.Fingerprint(_accounts.Select(account => account.Fingerprint).Order(StringComparer.Ordinal))
            : _accounts[0].Fingerprint;

    /// <summary>Does something as one account, and as the next one where that may not.</summary>
    /// <param name="api">What is called.</param>
    /// <param name="call">
    /// Calls it, once or several times. The place is its first call's; a refusal is thrown.
    /// </param>
    /// <param name="cancellationToken">Ends the choice.</param>
    /// <exception cref="VendorException">
    /// No account may: the refusal that lasts the least, for the api is open again as soon as one may.
    /// </exception>
    public async Task<T> CallAsync<T>(
        string api,
        Func<TushareAccount, RatePlace, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        var refusals = new Dictionary<TushareAccount, VendorException>();
        while (await ChooseAsync(api, refusals.Keys, cancellationToken) is (var account, var place))
        {
            try
            {
                return await call(account, place);
            }
            catch (VendorException e)
                when (HasSeveral && e.Kind is ErrorKind.RateLimit or ErrorKind.Permission or ErrorKind.Unauthorized)
            {
                Note(account, api, e);
                refusals[account] = e;
            }
            finally
            {
                place.Dispose();
            }
        }

        foreach (var account in _accounts)
        {
            if (account.Out is null && account.Closed.TryGetValue(api, out var before))
            {
                refusals.TryAdd(account, before);
            }
        }

        ExceptionDispatchInfo.Throw(refusals.Values.MinBy(Lasts)!);
        throw new InvalidOperationException(); // never comes here
    }

    /// <summary>The limits of all accounts that may call an api, together.</summary>
    public async ValueTask<IReadOnlyList<RateLimit>> LimitsAsync(string api, CancellationToken cancellationToken) =>
        RateLimit.Together([.. (await BucketsAsync(api, cancellationToken)).Select(of => of.Bucket.Limits)]);

    /// <summary>The time until one of them may call it.</summary>
    public async ValueTask<TimeSpan> WaitAsync(string api, CancellationToken cancellationToken) =>
        (await BucketsAsync(api, cancellationToken)).Min(of => of.Bucket.Wait);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var account in _accounts)
        {
            await account.Limiter.FlushAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var account in _accounts)
        {
            account.Dispose();
        }
    }

    /// <summary>Null when each that may call it has been tried.</summary>
    private async ValueTask<(TushareAccount Account, RatePlace Place)?> ChooseAsync(
        string api,
        IReadOnlyCollection<TushareAccount> tried,
        CancellationToken cancellationToken
    )
    {
        var buckets = await BucketsAsync(api, cancellationToken);
        lock (_lock)
        {
            var left = buckets.Where(of =>
                !tried.Contains(of.Account) && (tried.Count == 0 || of.Account.MayCall(api))
            );
            return
                left.OrderBy(of => of.Bucket.Wait).ThenBy(of => of.Bucket.Busy).FirstOrDefault()
                    is { Account: { } account } first
                ? (account, first.Bucket.Queue())
                : null;
        }
    }

    /// <summary>
    /// Those of the accounts that may call it; where none may, of one that is to be asked in spite of it.
    /// </summary>
    private async ValueTask<IReadOnlyList<(TushareAccount Account, RateBucket Bucket)>> BucketsAsync(
        string api,
        CancellationToken cancellationToken
    )
    {
        TushareAccount[] open = [.. _accounts.Where(account => account.MayCall(api))];
        open = open.Length > 0 ? open : [_accounts.FirstOrDefault(account => account.Out is null) ?? _accounts[0]];
        var buckets = new (TushareAccount, RateBucket)[open.Length];
        for (var i = 0; i < open.Length; i++)
        {
            buckets[i] = (open[i], await open[i].Limiter.ForAsync(api, cancellationToken));
        }

        return buckets;
    }

    private void Note(TushareAccount account, string api, VendorException refusal)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = refusal.Kind switch
            {
                ErrorKind.Unauthorized => account.Out is null,
                ErrorKind.Permission => account.Closed.TryAdd(api, refusal),
                _ => false, // its limits know
            };
            account.Out ??= refusal.Kind == ErrorKind.Unauthorized ? refusal : null;
        }

        if (isNews && refusal.Kind == ErrorKind.Unauthorized)
        {
            _logger.AccountOut(account.Name, refusal.Message);
            _options.OnWarning?.Invoke($"Tushare's {account.Name} is left out from now on: {refusal.Message}");
        }
        else if (isNews)
        {
            _logger.AccountClosed(account.Name, api, refusal.Message);
        }
    }

    private static int Lasts(VendorException refusal) =>
        refusal.Kind switch
        {
            ErrorKind.RateLimit => 0,
            ErrorKind.Permission => 1,
            _ => 2,
        };
}
