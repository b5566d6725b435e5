using System.Globalization;
using Tidemark.Vendors.Ibkr.Requests;

namespace Tidemark.Vendors.Ibkr.Client;

public sealed partial class IbkrClient
{
    /// <summary>The gateway's clock, to the second.</summary>
    public async Task<DateTimeOffset> CurrentTimeAsync(CancellationToken cancellationToken)
    {
        const string Name = "reqCurrentTime";
        await _messages.TakeAsync(cancellationToken);
        var connection = await _life.ConnectedAsync(Name, cancellationToken);
        try
        {
            var seconds = await connection
                .CurrentTimeAsync()
                .WaitAsync(_options.RequestTimeout, _clock, cancellationToken);
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }
        catch (TimeoutException)
        {
            throw IbkrErrors.Timeout(Name, "", _options.RequestTimeout);
        }
    }

    /// <summary>
    /// The classes of options on an underlying, one entry for each exchange and class; empty when there are none.
    /// </summary>
    /// <param name="underlying">With its <see cref="IbkrContract.ConId"/>.</param>
    public Task<IReadOnlyList<OptionChain>> OptionChainsAsync(
        IbkrContract underlying,
        CancellationToken cancellationToken
    )
    {
        const string Name = "reqSecDefOptParams";
        if (underlying.ConId <= 0)
        {
            throw IbkrErrors.BadRequest(Name, underlying.ToString(), "it has no conId; qualify it first");
        }

        return PartsAsync(
            Name,
            underlying,
            () => new ChainRequest(underlying),
            _options.RequestTimeout,
            cancellationToken
        );
    }

    /// <summary>
    /// All contracts that a pattern fits; empty when there are none. Without strike and right: a whole chain of a date
    /// or month.
    /// </summary>
    public async Task<IReadOnlyList<ContractDetails>> ContractDetailsAsync(
        IbkrContract pattern,
        CancellationToken cancellationToken
    )
    {
        var answer = await QualifyAsync(pattern, cancellationToken);
        return answer.Outcome == QualificationOutcome.Failed ? throw answer.Error! : answer.Candidates;
    }

    /// <summary>Looks one contract up.</summary>
    public Task<Qualification> QualifyAsync(IbkrContract contract, CancellationToken cancellationToken) =>
        QualifyAsync(0, contract, cancellationToken);

    /// <summary>Looks contracts up, several at once; answers come as they end, one for each.</summary>
    public IAsyncEnumerable<Qualification> QualifyAsync(
        IReadOnlyList<IbkrContract> contracts,
        CancellationToken cancellationToken
    ) => Bulk.RunAsync(contracts, _options.OpenRequests, QualifyAsync, cancellationToken);

    /// <summary>All bars of a query, oldest first.</summary>
    /// <exception cref="IbkrException">Also when there are none (162).</exception>
    public Task<IReadOnlyList<HistoricalBar>> HistoryAsync(
        IbkrContract contract,
        HistoryQuery query,
        CancellationToken cancellationToken
    )
    {
        const string Name = "reqHistoricalData";
        CheckText(Name, contract, query.BarSize, "bar size");
        CheckText(Name, contract, query.Duration, "duration");
        CheckText(Name, contract, query.WhatToShow, "what to show");
        return PartsAsync(
            Name,
            contract,
            () => new HistoryRequest(contract, query),
            _options.HistoryTimeout,
            cancellationToken
        );
    }

    /// <summary>The first moment of which there is history.</summary>
    /// <param name="whatToShow"><c>TRADES</c>, <c>MIDPOINT</c>, <c>BID</c>, <c>ASK</c>.</param>
    public async Task<DateTimeOffset> HeadTimestampAsync(
        IbkrContract contract,
        string whatToShow,
        bool regularHoursOnly,
        CancellationToken cancellationToken
    )
    {
        const string Name = "reqHeadTimestamp";
        CheckText(Name, contract, whatToShow, "what to show");
        var parts = await PartsAsync(
            Name,
            contract,
            () => new HeadTimestampRequest(contract, whatToShow, regularHoursOnly),
            _options.HistoryTimeout,
            cancellationToken
        );
        return
            long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw IbkrErrors.Broken(Name, contract.ToString(), Wire.GatewayMessage.HeadTimestamp);
    }

    /// <summary>Contracts whose symbol or name begins like this; at most 16.</summary>
    public async Task<IReadOnlyList<SymbolMatch>> MatchingSymbolsAsync(
        string pattern,
        CancellationToken cancellationToken
    )
    {
        const string Name = "reqMatchingSymbols";
        if (pattern.Length == 0 || IbkrContractRules.TextFault(pattern, "pattern") is not null)
        {
            throw IbkrErrors.BadRequest(Name, pattern, "the pattern must be printable ASCII and not empty");
        }

        await _searches.TakeAsync(cancellationToken);
        var (request, error) = await _requests.AskAsync(
            () => new SymbolRequest(pattern),
            _options.RequestTimeout,
            cancellationToken
        );
        return error is null ? request.Parts : throw error;
    }

    private static void CheckText(string name, IbkrContract contract, string text, string what)
    {
        if (IbkrContractRules.TextFault(text, what) is { } fault)
        {
            throw IbkrErrors.BadRequest(name, contract.ToString(), fault);
        }
    }

    private async Task<Qualification> QualifyAsync(
        int index,
        IbkrContract contract,
        CancellationToken cancellationToken
    )
    {
        if (IbkrContractRules.Fault(contract) is { } fault)
        {
            var refused = IbkrErrors.BadRequest("reqContractDetails", contract.ToString(), fault);
            return new Qualification(index, contract, QualificationOutcome.Failed, [], refused);
        }

        var (request, error) = await _requests.AskAsync(
            () => new ContractRequest(contract),
            _options.RequestTimeout,
            cancellationToken
        );
        if (error is not null)
        {
            var isUnknown = error.GatewayCode == GatewayCodes.UnknownContract;
            var outcome = isUnknown ? QualificationOutcome.Unknown : QualificationOutcome.Failed;
            return new Qualification(index, contract, outcome, [], error);
        }

        return request.Parts.Count switch
        {
            0 => new(
                index,
                contract,
                QualificationOutcome.Unknown,
                [],
                IbkrErrors.NoContract(request.Name, request.Subject)
            ),
            1 => new(index, contract, QualificationOutcome.Found, request.Parts, null),
            var many => new(
                index,
                contract,
                QualificationOutcome.Ambiguous,
                request.Parts,
                IbkrErrors.Ambiguous(request.Name, request.Subject, many)
            ),
        };
    }

    private async Task<IReadOnlyList<T>> PartsAsync<T>(
        string name,
        IbkrContract contract,
        Func<PartsRequest<T>> make,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        if (IbkrContractRules.Fault(contract) is { } fault)
        {
            throw IbkrErrors.BadRequest(name, contract.ToString(), fault);
        }

        var (request, error) = await _requests.AskAsync(make, timeout, cancellationToken);
        return error is null ? request.Parts : throw error;
    }
}
