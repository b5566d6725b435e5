using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>A request whose answer comes in parts of one type.</summary>
internal abstract class PartsRequest<T>(string name, string subject) : GatewayRequest
{
    private readonly List<T> _parts = [];

    public override string Name => name;

    public override string Subject => subject;

    /// <summary>All of them, once the request has ended with <see cref="RequestEnd.Complete"/>.</summary>
    public IReadOnlyList<T> Parts => _parts;

    public override void OnPart(object part)
    {
        switch (part)
        {
            case T one:
                _parts.Add(one);
                break;
            case IReadOnlyList<T> many:
                _parts.AddRange(many);
                break;
        }
    }
}

internal sealed class ContractRequest(IbkrContract contract)
    : PartsRequest<ContractDetails>("reqContractDetails", contract.ToString())
{
    public override void Write(RequestWriter writer) => writer.ContractDetails(Id, contract);
}

internal sealed class ChainRequest(IbkrContract underlying)
    : PartsRequest<OptionChain>("reqSecDefOptParams", underlying.ToString())
{
    public override void Write(RequestWriter writer) => writer.OptionParameters(Id, underlying);
}

internal sealed class HistoryRequest(IbkrContract contract, HistoryQuery query)
    : PartsRequest<HistoricalBar>("reqHistoricalData", contract.ToString())
{
    public override bool CanCancel => true;

    /// <summary>Bars of a minute and more are not counted.</summary>
    public override HistoryPace? Pace =>
        query.BarSize.EndsWith("secs", StringComparison.Ordinal)
            ? new HistoryPace(
                $"{contract.ConId} {contract} {contract.Exchange} {query}",
                $"{contract.ConId} {contract} {contract.Exchange} {query.WhatToShow}",
                query.WhatToShow == "BID_ASK" ? 2 : 1
            )
            : null;

    public override void Write(RequestWriter writer) => writer.HistoricalData(Id, contract, query);

    public override void WriteCancel(RequestWriter writer) => writer.CancelHistoricalData(Id);
}

internal sealed class HeadTimestampRequest(IbkrContract contract, string whatToShow, bool regularHoursOnly)
    : PartsRequest<string>("reqHeadTimestamp", contract.ToString())
{
    public override bool CanCancel => true;

    public override HistoryPace? Pace =>
        new(
            $"head {contract.ConId} {contract} {contract.Exchange} {whatToShow} {regularHoursOnly}",
            $"{contract.ConId} {contract} {contract.Exchange} {whatToShow}",
            whatToShow == "BID_ASK" ? 2 : 1
        );

    public override void Write(RequestWriter writer) =>
        writer.HeadTimestamp(Id, contract, whatToShow, regularHoursOnly);

    public override void WriteCancel(RequestWriter writer) => writer.CancelHeadTimestamp(Id);
}

internal sealed class SymbolRequest(string pattern) : PartsRequest<SymbolMatch>("reqMatchingSymbols", pattern)
{
    public override void Write(RequestWriter writer) => writer.MatchingSymbols(Id, Subject);
}
