using System.Runtime.CompilerServices;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Requests;

namespace Tidemark.Vendors.Ibkr.Client;

public sealed partial class IbkrClient
{
    private const string Quotes = "reqMktData";

    /// <summary>One contract's quotes at this moment.</summary>
    public Task<QuoteAnswer> SnapshotAsync(IbkrContract contract, CancellationToken cancellationToken) =>
        SnapshotAsync(0, contract, cancellationToken);

    /// <summary>
    /// Quotes of contracts at this moment, all lines in use; answers come as they end, one for each. Have no open
    /// interest. A contract without bid, ask or trade takes the gateway 11 s.
    /// </summary>
    public IAsyncEnumerable<QuoteAnswer> SnapshotsAsync(
        IReadOnlyList<IbkrContract> contracts,
        CancellationToken cancellationToken
    ) => Bulk.RunAsync(contracts, _options.Lines, SnapshotAsync, cancellationToken);

    /// <summary>
    /// Quotes of contracts by streams that end as soon as what is wanted has come, all lines in use; answers come as
    /// they end, one for each. The only way to open interest.
    /// </summary>
    /// <param name="contracts">
    /// With their rights: open interest of the other side is 0 and must not be taken for theirs.
    /// </param>
    /// <param name="wanted">What to wait for. See <see cref="IbkrQuote.Fields"/> for what came.</param>
    /// <param name="atMost">How long to wait for it; what has come by then is the answer.</param>
    public IAsyncEnumerable<QuoteAnswer> SamplesAsync(
        IReadOnlyList<IbkrContract> contracts,
        QuoteFields wanted,
        TimeSpan atMost,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfEqual(wanted, QuoteFields.None);
        var wish = new QuoteWish(IsSnapshot: false, TicksOf(wanted), wanted);
        return Bulk.RunAsync(
            contracts,
            _options.Lines,
            (index, contract, token) => QuoteAsync(index, contract, wish, atMost, token),
            cancellationToken
        );
    }

    /// <summary>
    /// One contract's quotes as they change, until the caller leaves. Each answer is the whole state; a slow reader
    /// misses states in between, never the last. Goes on over lost connections; ends after an answer with an error.
    /// </summary>
    /// <param name="genericTicks">
    /// What to send besides the usual, as IBKR numbers it: <c>100,101</c> for volume and open interest of options.
    /// </param>
    public async IAsyncEnumerable<QuoteAnswer> StreamAsync(
        IbkrContract contract,
        string genericTicks,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (Refusal(0, contract, genericTicks) is { } refusal)
        {
            yield return refusal;
            yield break;
        }

        var wish = new QuoteWish(IsSnapshot: false, genericTicks, QuoteFields.None);
        var history = new Repetitions();
        while (true)
        {
            var request = new QuoteRequest(contract, wish);
            await _requests.TakePlaceAsync(request, cancellationToken);
            GatewayConnection? connection = null;
            IbkrException? failure = null;
            var hasCome = false;
            try
            {
                (connection, failure) = await TrySendAsync(request, cancellationToken);
                while (failure is null && await request.Changes.WaitToReadAsync(cancellationToken))
                {
                    request.Changes.TryRead(out _);
                    hasCome = true;
                    yield return request.Answer(0, error: null);
                }
            }
            finally
            {
                _requests.Leave(request, connection);
            }

            var end = failure is null ? await request.Ended : RequestEnd.Refused;
            var known = end == RequestEnd.Broken ? RequestEnd.Forgotten : end;
            if (hasCome && known == end)
            {
                // It went well for a while: what was wrong before that does not count for a stream of weeks.
                (history.Cuts, history.Complaints) = (0, 0);
            }

            var (isFinal, error) = await _requests.Judge.JudgeAsync(
                request,
                known,
                failure ?? request.Error,
                history,
                cancellationToken
            );
            if (isFinal)
            {
                yield return request.Answer(0, error);
                yield break;
            }
        }
    }

    /// <summary>Which kind of quotes every request from now on asks for.</summary>
    public async Task SetMarketDataTypeAsync(MarketDataType type, CancellationToken cancellationToken)
    {
        if (type is < MarketDataType.Live or > MarketDataType.DelayedFrozen)
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "not a kind of quotes that can be asked for");
        }

        await _messages.TakeAsync(cancellationToken);
        var connection = await _life.ConnectedAsync("reqMarketDataType", cancellationToken);
        _life.MarketDataType = type;
        connection.SendMarketDataType(type);
    }

    private static string TicksOf(QuoteFields wanted) => wanted.HasFlag(QuoteFields.OpenInterest) ? "100,101" : "";

    private static QuoteAnswer? Refusal(int index, IbkrContract contract, string genericTicks = "") =>
        (IbkrContractRules.Fault(contract) ?? IbkrContractRules.TextFault(genericTicks, "generic tick list"))
            is { } fault
            ? new QuoteAnswer(
                index,
                contract,
                new IbkrQuote(),
                0,
                IbkrErrors.BadRequest(Quotes, contract.ToString(), fault)
            )
            : null;

    private Task<QuoteAnswer> SnapshotAsync(int index, IbkrContract contract, CancellationToken cancellationToken) =>
        QuoteAsync(index, contract, QuoteWish.Snapshot, _options.SnapshotTimeout, cancellationToken);

    private async Task<QuoteAnswer> QuoteAsync(
        int index,
        IbkrContract contract,
        QuoteWish wish,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        if (Refusal(index, contract) is { } refusal)
        {
            return refusal;
        }

        var (request, error) = await _requests.AskAsync(
            () => new QuoteRequest(contract, wish),
            timeout,
            cancellationToken
        );
        var answer = request.Answer(index, error);
        if (error?.Code != IbkrErrorCodes.Timeout)
        {
            return answer;
        }

        var isEmpty = answer.Quote.Fields == QuoteFields.None;
        return isEmpty && answer.Notice > 0
                ? answer with
                {
                    Error = IbkrErrors.Of(Quotes, contract.ToString(), answer.Notice, "nothing came"),
                }
            : isEmpty || wish.IsSnapshot ? answer
            : answer with { Error = null };
    }

    private async Task<(GatewayConnection?, IbkrException?)> TrySendAsync(
        QuoteRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await _requests.SendAsync(request, cancellationToken), null);
        }
        catch (IbkrException e)
        {
            return (null, e);
        }
    }
}
