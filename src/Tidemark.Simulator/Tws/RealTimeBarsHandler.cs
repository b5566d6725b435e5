using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>One client's bars of five seconds; each is sent when it ends.</summary>
internal sealed class RealTimeBarsHandler(TwsSession session, ContractHandler contracts)
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(5);

    /// <summary>Open requests by id; a request stops when another one has its id or none has it.</summary>
    private readonly Dictionary<int, RealTimeBarsRequest> _open = [];

    private IOptionMarket Market => session.Gateway.Market;

    public void Request(RealTimeBarsRequest request)
    {
        if (_open.ContainsKey(request.Id))
        {
            session.Error(request.Id, TwsError.DuplicateTicker);
            return;
        }

        if (!contracts.TryFind(request.Contract, out var contract, out var error))
        {
            session.Error(request.Id, error);
            return;
        }

        if (
            !HistoryQuery.TryPrice(request.WhatToShow, out var price)
            || price is not (BarPrice.Trades or BarPrice.Midpoint or BarPrice.Bid or BarPrice.Ask)
        )
        {
            session.Error(request.Id, TwsError.WrongWhatToShow(request.WhatToShow));
            return;
        }

        if (session.Gateway.Options.Profile != EntitlementProfile.Live)
        {
            var type = ContractMessages.SecurityType(contract.Kind);
            session.Error(
                request.Id,
                TwsError.RealTimeBars($"No market data permissions for {contract.Exchanges[^1]} {type}")
            );
            return;
        }

        _open.Add(request.Id, request);
        Follow(request, contract, price);
    }

    /// <summary>Ends bars; ignores an unknown id.</summary>
    public void Cancel(int id) => _open.Remove(id);

    private void Follow(RealTimeBarsRequest request, ListedContract contract, BarPrice price)
    {
        var end = new DateTimeOffset(((session.Now.UtcTicks / s_length.Ticks) + 1) * s_length.Ticks, TimeSpan.Zero);
        session.Timetable.After(
            end - session.Now,
            () =>
            {
                if (ReferenceEquals(_open.GetValueOrDefault(request.Id), request))
                {
                    Tell(request, contract, price, end);
                    Follow(request, contract, price);
                }
            }
        );
    }

    private void Tell(RealTimeBarsRequest request, ListedContract contract, BarPrice price, DateTimeOffset end)
    {
        if (session.Gateway.IsLinkDown || session.Outbox.IsFull)
        {
            return;
        }

        foreach (
            var bar in Market.Bars(contract, end - s_length, end, new BarRequest(s_length, request.RegularHours, price))
        )
        {
            InformationMessages.RealTimeBar(session.Out, request.Id, bar);
        }
    }
}
