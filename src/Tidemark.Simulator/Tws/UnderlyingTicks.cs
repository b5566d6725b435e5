using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Ticks that clients request by number: ranges of weeks, volumes, volatilities, activity, the mark price. Sent once,
/// when a stream begins.
/// </summary>
internal static class UnderlyingTicks
{
    private const int DaysOfYear = 364;
    private const int DaysOfWeek = 7;
    private const int DaysOfAverage = 90;

    /// <summary>Above 2.5 means enough shares to borrow.</summary>
    private const double Shortable = 3;

    /// <summary>The spans of weeks, and the numbers of their lows; highs have the next number.</summary>
    private static readonly (int Weeks, int Low)[] s_ranges = [(13, 15), (26, 17), (52, 19)];

    public static void Tell(TwsSession session, Subscription to)
    {
        var wanted = to.Generic.Wanted;
        if (wanted.Contains(221) || wanted.Contains(232))
        {
            var mark = to.IsOption ? to.Told.Model.Price : to.Told.Last;
            Price(session, to, 37, mark);
        }

        if (wanted.Contains(318))
        {
            Price(session, to, 57, to.Told.Last);
        }

        Activity(session, to);
        if (to.IsOption)
        {
            return;
        }

        if (wanted.Contains(162))
        {
            Generic(session, to, 31, 0);
        }

        if (wanted.Contains(236) && to.Contract.Kind == ContractKind.Stock)
        {
            Generic(session, to, 46, Shortable);
        }

        if (wanted.Contains(411))
        {
            Generic(session, to, 58, LastDay(session, to, BarPrice.HistoricalVolatility));
        }

        if (wanted.Contains(456))
        {
            // Past and next twelve months, next day and amount: nothing is announced.
            GatewayMessages.TickString(session.Out, to.Id, 59, ",,,");
        }

        if (wanted.Contains(165))
        {
            Ranges(session, to);
        }

        if (wanted.Contains(104))
        {
            Generic(session, to, 23, LastDay(session, to, BarPrice.HistoricalVolatility));
        }

        if (wanted.Contains(106))
        {
            Generic(session, to, 24, LastDay(session, to, BarPrice.ImpliedVolatility));
        }
    }

    /// <summary>Sends the day's trades, and trades and volume per minute.</summary>
    private static void Activity(TwsSession session, Subscription to)
    {
        var wanted = to.Generic.Wanted;
        if (
            !(wanted.Contains(293) || wanted.Contains(294) || wanted.Contains(295))
            || session.Gateway.Market.Session(NewYork.Day(session.Now)) is not { } hours
            || Days(session, to, 1, BarPrice.Trades).LastOrDefault() is not { Count: > 0 } today
            || today.Begin < hours.Open
        )
        {
            return;
        }

        var until = session.Now < hours.Close ? session.Now : hours.Close;
        var minutes = Math.Max(1, (until - hours.Open).TotalMinutes);
        foreach (
            var (generic, number, value) in (ReadOnlySpan<(int, int, double)>)
                [(293, 54, today.Count), (294, 55, today.Count / minutes), (295, 56, today.Volume / minutes)]
        )
        {
            if (wanted.Contains(generic))
            {
                Generic(session, to, number, value);
            }
        }
    }

    private static void Ranges(TwsSession session, Subscription to)
    {
        var bars = Days(session, to, DaysOfYear, BarPrice.Trades).ToList();
        if (bars.Count == 0)
        {
            return;
        }

        foreach (var (weeks, low) in s_ranges)
        {
            var since = session.Now.AddDays(-weeks * DaysOfWeek);
            var span = bars.Where(bar => bar.Begin >= since).ToList();
            Price(session, to, low, span.Count > 0 ? span.Min(bar => bar.Low) : double.NaN);
            Price(session, to, low + 1, span.Count > 0 ? span.Max(bar => bar.High) : double.NaN);
        }

        var recent = bars.TakeLast(DaysOfAverage).Average(bar => Math.Max(bar.Volume, 0));
        GatewayMessages.TickSize(session.Out, to.Id, 21, (long)recent);
    }

    private static double LastDay(TwsSession session, Subscription to, BarPrice price) =>
        Days(session, to, DaysOfWeek, price).Select(bar => bar.Close).LastOrDefault(double.NaN);

    private static IEnumerable<HistoryBar> Days(TwsSession session, Subscription to, int days, BarPrice price) =>
        session.Gateway.Market.Bars(
            to.Contract,
            session.Now.AddDays(-days),
            session.Now,
            new BarRequest(TimeSpan.FromDays(1), true, price)
        );

    private static void Price(TwsSession session, Subscription to, int number, double price)
    {
        if (!double.IsNaN(price))
        {
            GatewayMessages.TickPrice(session.Out, to.Id, number, price, 0, 0);
        }
    }

    private static void Generic(TwsSession session, Subscription to, int number, double value)
    {
        if (!double.IsNaN(value))
        {
            GatewayMessages.TickGeneric(session.Out, to.Id, number, value);
        }
    }
}
