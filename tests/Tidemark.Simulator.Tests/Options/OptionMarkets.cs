using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Options;
using Tidemark.Testing;

namespace Tidemark.Simulator.Tests.Options;

/// <summary>Markets and draws for the tests of options.</summary>
internal static class OptionMarkets
{
    /// <summary>New York's sessions, as everybody has them.</summary>
    public static TradingCalendar Calendar { get; } = Shipped("XNYS");

    public static SyntheticOptionMarket Small { get; } = new(1, Calendar, 90);

    /// <summary>Days on which the market has been open for years and will be.</summary>
    public static Gen<DateOnly> Days { get; } = Gen.Choose(0, 1_400).Select(i => new DateOnly(2023, 1, 2).AddDays(i));

    /// <summary>A contract that is listed on a session, and a moment of it.</summary>
    public static Gen<Draw> Draws { get; } =
        from day in Days
        from ordinal in Gen.Choose(0, Small.Underlyings.Count() - 1)
        from place in Gen.Choose(0, 1_000_000)
        from second in Gen.Choose(0, 25_000_000)
        select Draw.Of(day, ordinal, place, second);

    public static DateTimeOffset NewYork(int year, int month, int day, int hour, int minute, int second = 0)
    {
        var local = new DateTime(year, month, day, hour, minute, second);
        return new DateTimeOffset(local, Calendar.TimeZone.GetUtcOffset(local));
    }

    public static ListedContract Stock(this IOptionMarket market, string symbol) =>
        market.Find(new ContractPattern(ContractKind.Stock, symbol), new DateOnly(2025, 12, 5)).Single();

    /// <summary>The shipped calendar of an exchange.</summary>
    public static TradingCalendar Shipped(string exchange) =>
        CalendarFile.Parse(exchange, SourceTree.Calendar(exchange), exchange + ".csv");
}

/// <summary>An option and its neighbours of one expiration, at a moment of a session.</summary>
internal sealed record Draw(ListedContract Option, ListedContract[] Expiry, DateTimeOffset At, DateOnly Day)
{
    public static Draw Of(DateOnly day, int ordinal, int place, int second)
    {
        var market = OptionMarkets.Small;
        while (market.Session(day) is null)
        {
            day = day.AddDays(-1);
        }

        var symbol = market.Underlyings.ElementAt(ordinal).Symbol;
        var rows = market.Find(new ContractPattern(ContractKind.Option, symbol), day).ToList();
        var option = rows[place % rows.Count];
        var session = market.Session(day)!;
        var length = (long)(session.Close - session.Open).TotalMilliseconds;
        return new Draw(
            option,
            [.. rows.Where(r => r.LastTradeDate == option.LastTradeDate && r.TradingClass == option.TradingClass)],
            session.Open.AddMilliseconds(second % length),
            day
        );
    }

    public override string ToString() => $"{Option.LocalSymbol} ({Option.ConId}) at {At:O}";
}
