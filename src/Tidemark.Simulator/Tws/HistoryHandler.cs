using System.Globalization;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>One client's historical bars, and those that are kept up to date.</summary>
internal sealed class HistoryHandler(TwsSession session, ContractHandler contracts)
{
    private const int EpochFormat = 2;
    private const int MostOpen = 50;

    private static readonly TimeSpan s_updates = TimeSpan.FromSeconds(5);

    private readonly HistoryPacing _pacing = new(session.Gateway.Clock);

    /// <summary>
    /// Requests that are kept up to date, by id; a request stops when another one has its id or none has it.
    /// </summary>
    private readonly Dictionary<int, HistoricalRequest> _kept = [];

    private FrameBuffer Out => session.Out;

    private IOptionMarket Market => session.Gateway.Market;

    public void Request(HistoricalRequest request)
    {
        if (_kept.ContainsKey(request.Id))
        {
            session.Error(request.Id, TwsError.DuplicateQuery);
            return;
        }

        if (!contracts.TryFind(request.Contract, out var contract, out var error))
        {
            session.Error(request.Id, error);
            return;
        }

        if (HistoryQuery.TryRead(request, session.Now, out error) is not { } query)
        {
            session.Error(request.Id, error);
            return;
        }

        if (query.LacksZone)
        {
            session.Error(request.Id, TwsError.NoExplicitZone);
        }

        var isAllowed = session.Gateway.Options.Profile != EntitlementProfile.None;
        var question = (request with { Id = 0 }).ToString();
        if (!isAllowed)
        {
            session.Error(
                request.Id,
                TwsError.History($"No market data permissions for {Where(request.Contract, contract)}")
            );
        }
        else if (
            _kept.Count >= MostOpen
            || (query.IsSmall && !IsPaced(question, request.Contract, contract, query.Price))
        )
        {
            session.Error(request.Id, TwsError.History("Historical data request pacing violation"));
        }
        else if (query.IsSchedule)
        {
            Schedule(request, query);
        }
        else
        {
            Bars(request, contract, query);
        }
    }

    public void Head(HeadTimestampRequest request)
    {
        if (!contracts.TryFind(request.Contract, out var contract, out var error))
        {
            session.Error(request.Id, error);
        }
        else if (!HistoryQuery.TryPrice(request.WhatToShow, out var price))
        {
            session.Error(request.Id, TwsError.WrongWhatToShow(request.WhatToShow));
        }
        else if (!IsPaced((request with { Id = 0 }).ToString(), request.Contract, contract, price))
        {
            session.Error(request.Id, TwsError.History("Historical data request pacing violation"));
        }
        else if (Market.FirstBar(contract) is { } first)
        {
            var text =
                request.DateFormat == EpochFormat
                    ? first.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
                    : first.UtcDateTime.ToString("yyyyMMdd-HH:mm:ss", CultureInfo.InvariantCulture);
            HistoryMessages.HeadTimestamp(Out, request.Id, text);
        }
        else
        {
            session.Error(request.Id, TwsError.History("No head time stamp"));
        }
    }

    /// <summary>Stops keeping bars up to date.</summary>
    public void Cancel(int id)
    {
        session.Error(
            id,
            _kept.Remove(id)
                ? TwsError.History(
                    string.Create(CultureInfo.InvariantCulture, $"API historical data query cancelled: {id}")
                )
                : TwsError.UnknownQuery(id)
        );
    }

    private static string Where(ContractQuery query, ListedContract contract) =>
        $"{contract.Symbol}@{(query.Exchange.Length > 0 ? query.Exchange : contract.Exchanges[0])}";

    private bool IsPaced(string question, ContractQuery query, ListedContract contract, BarPrice price) =>
        !session.Gateway.Options.Limits.PacesHistory
        || _pacing.TryAsk(question, $"{contract.ConId} {query.Exchange} {price}", price);

    private void Bars(HistoricalRequest request, ListedContract contract, HistoryQuery query)
    {
        var begin = query.Begin(Market);
        var bars = Read(contract, query, begin, query.End);
        if (bars.Count == 0)
        {
            var kind = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(request.WhatToShow.ToLowerInvariant());
            session.Error(
                request.Id,
                TwsError.History($"HMDS query returned no data: {Where(request.Contract, contract)} {kind}")
            );
            return;
        }

        HistoryMessages.HistoricalData(
            Out,
            request.Id,
            NewYork.BarTime(begin),
            NewYork.BarTime(query.End),
            [.. bars.Select(bar => (Time(bar.Begin, query, request.DateFormat), bar))]
        );
        if (request.KeepsUpToDate)
        {
            _kept.Add(request.Id, request);
            session.Timetable.After(s_updates, () => KeepUp(request, contract, query));
        }
    }

    private void KeepUp(HistoricalRequest request, ListedContract contract, HistoryQuery query)
    {
        if (!ReferenceEquals(_kept.GetValueOrDefault(request.Id), request))
        {
            return;
        }

        var now = session.Now;
        var bars = Read(contract, query, now - query.Size - query.Size, now);
        if (bars.Count > 0)
        {
            HistoryMessages.HistoricalDataUpdate(
                Out,
                request.Id,
                Time(bars[^1].Begin, query, request.DateFormat),
                bars[^1]
            );
        }

        session.Timetable.After(s_updates, () => KeepUp(request, contract, query));
    }

    private void Schedule(HistoricalRequest request, HistoryQuery query)
    {
        const string format = "yyyyMMdd-HH:mm:ss";
        var culture = CultureInfo.InvariantCulture;
        var begin = query.Begin(Market);
        var sessions = new List<(string Start, string End, DateOnly Day)>();
        for (var day = NewYork.Day(begin); day <= NewYork.Day(query.End); day = day.AddDays(1))
        {
            if (Market.Session(day) is { } hours)
            {
                var open = NewYork.Local(hours.Open).ToString(format, culture);
                sessions.Add((open, NewYork.Local(hours.Close).ToString(format, culture), day));
            }
        }

        if (sessions.Count > 0)
        {
            HistoryMessages.HistoricalSchedule(Out, request.Id, sessions[0].Start, sessions[^1].End, sessions);
        }
        else
        {
            session.Error(request.Id, TwsError.History("HMDS query returned no data"));
        }
    }

    private List<HistoryBar> Read(ListedContract contract, HistoryQuery query, DateTimeOffset from, DateTimeOffset to)
    {
        var bars = Market.Bars(contract, from, to, new BarRequest(query.Size, query.RegularHours, query.Price));
        return query.Unit switch
        {
            BarUnit.Week => [.. bars.GroupBy(bar => Monday(NewYork.Day(bar.Begin))).Select(Merge)],
            BarUnit.Month => [.. bars.GroupBy(bar => Month(NewYork.Day(bar.Begin))).Select(Merge)],
            _ => [.. bars],
        };
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static DateOnly Month(DateOnly day) => new(day.Year, day.Month, 1);

    private static HistoryBar Merge(IEnumerable<HistoryBar> bars) =>
        bars.Aggregate(
            (all, bar) =>
            {
                var volume = all.Volume < 0 ? all.Volume : all.Volume + bar.Volume;
                return all with
                {
                    High = Math.Max(all.High, bar.High),
                    Low = Math.Min(all.Low, bar.Low),
                    Close = bar.Close,
                    Volume = volume,
                    Average =
                        volume > 0 ? ((all.Average * all.Volume) + (bar.Average * bar.Volume)) / volume : all.Average,
                    Count = all.Count < 0 ? all.Count : all.Count + bar.Count,
                };
            }
        );

    /// <summary>The time of a bar. Bars of days have their day, whatever format the client asked for.</summary>
    private static string Time(DateTimeOffset begin, HistoryQuery query, int format)
    {
        if (query.Unit != BarUnit.Clock)
        {
            return NewYork.Day(begin).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        }

        return format == EpochFormat
            ? begin.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
            : NewYork.BarTime(begin);
    }
}
