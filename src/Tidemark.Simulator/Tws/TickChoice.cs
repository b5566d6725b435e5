using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>Decides which ticks a moment has, and which of them are new.</summary>
internal static class TickChoice
{
    /// <summary>Whether sides have quotes: after the close, only for clients that allow frozen data.</summary>
    public static bool HasQuotes(Subscription to, in ContractQuote quote) =>
        quote.State != TradingState.Closed || IsFrozen(to);

    /// <summary>All ticks that can be sent. Before the opening this is only the close of the day before.</summary>
    public static Ticks Known(Subscription to, in ContractQuote quote, bool isBeforeOpening)
    {
        var known = When(!double.IsNaN(quote.Close), Ticks.Close);
        if (isBeforeOpening && !IsFrozen(to))
        {
            return known;
        }

        known |=
            Ticks.Halted
            | When(quote.LastTime is not null, Ticks.LastTime)
            | When(!double.IsNaN(quote.Last), Ticks.Last)
            | When(quote.Volume >= 0, Ticks.Volume)
            | When(!double.IsNaN(quote.High), Ticks.High)
            | When(!double.IsNaN(quote.Low), Ticks.Low)
            | When(!double.IsNaN(quote.Open) && !to.IsOption, Ticks.Open)
            | When(quote.BidSize >= 0, Ticks.Bid)
            | When(quote.AskSize >= 0, Ticks.Ask);
        if (to.IsOption && to.Entitlement.HasGreeks)
        {
            known |=
                When(known.HasFlag(Ticks.Bid), Ticks.BidComputation)
                | When(known.HasFlag(Ticks.Ask), Ticks.AskComputation)
                | When(known.HasFlag(Ticks.Last), Ticks.LastComputation)
                | When(!double.IsNaN(quote.Model.Price), Ticks.Model);
        }

        return known;
    }

    /// <summary>The sides without quotes, and what their prices would imply.</summary>
    public static Ticks MissingSides(Subscription to, in ContractQuote quote)
    {
        var hasQuotes = HasQuotes(to, quote);
        return When(!hasQuotes || quote.BidSize == 0, Ticks.Bid | Ticks.BidComputation)
            | When(!hasQuotes || quote.AskSize == 0, Ticks.Ask | Ticks.AskComputation);
    }

    /// <summary>The ticks that differ between two quotes.</summary>
    public static Ticks Changed(in ContractQuote was, in ContractQuote now) =>
        When(was.LastTime != now.LastTime, Ticks.LastTime)
        | When(!was.Last.Equals(now.Last) || was.LastSize != now.LastSize, Ticks.Last)
        | When(was.Volume != now.Volume, Ticks.Volume)
        | When(!was.High.Equals(now.High), Ticks.High)
        | When(!was.Low.Equals(now.Low), Ticks.Low)
        | When(!was.Close.Equals(now.Close), Ticks.Close)
        | When(!was.Open.Equals(now.Open), Ticks.Open)
        | When(!was.Bid.Equals(now.Bid) || was.BidSize != now.BidSize, Ticks.Bid)
        | When(!was.Ask.Equals(now.Ask) || was.AskSize != now.AskSize, Ticks.Ask)
        | When(!was.BidComputation.Equals(now.BidComputation), Ticks.BidComputation)
        | When(!was.AskComputation.Equals(now.AskComputation), Ticks.AskComputation)
        | When(!was.LastComputation.Equals(now.LastComputation), Ticks.LastComputation)
        | When(!was.Model.Equals(now.Model), Ticks.Model);

    private static bool IsFrozen(Subscription to) => to.Type is 2 or 4;

    private static Ticks When(bool isSo, Ticks ticks) => isSo ? ticks : Ticks.None;
}
