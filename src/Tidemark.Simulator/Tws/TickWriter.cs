using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Sends a client the new ticks of a ticker: for a stream those that changed, for a snapshot those not sent yet.
/// </summary>
internal sealed class TickWriter(TwsSession session)
{
    private const int CanAutoExecute = 1;

    private static readonly (int Generic, int Number)[] s_trades = [(233, 48), (375, 77)];

    private FrameBuffer Out => session.Out;

    private IOptionMarket Market => session.Gateway.Market;

    /// <summary>Sends the default ticks of a moment.</summary>
    public void Tell(Subscription to, in ContractQuote quote, bool isBeforeOpening)
    {
        var told = to.Told;
        if (to.HasImage && told.Step == quote.Step && told.State == quote.State && !to.IsSnapshot)
        {
            return;
        }

        // A closed market's sides mean something else than an open one's, so everything is sent anew.
        to.HasImage &= told.State == quote.State;
        if (!to.Generic.SuppressesDefaults)
        {
            var known = TickChoice.Known(to, quote, isBeforeOpening);
            var ticks =
                to.IsSnapshot ? known & ~to.Sent & ~TickChoice.MissingSides(to, quote)
                : to.HasImage ? known & TickChoice.Changed(told, quote)
                : known;
            Write(to, quote, ticks, addsSizes: to.HasImage && !to.IsSnapshot);
            to.Sent |= ticks;
        }

        var traded = to.HasImage && quote.LastTime != told.LastTime;
        to.Told = quote;
        to.HasImage = true;
        if (traded)
        {
            TellTrades(to, quote);
        }
    }

    /// <summary>At the end of a snapshot, sends that a side has no quote.</summary>
    public void TellMissingSides(Subscription to, bool isBeforeOpening)
    {
        if (to.HasImage)
        {
            var quote = to.Told;
            var missing = TickChoice.Known(to, quote, isBeforeOpening) & TickChoice.MissingSides(to, quote) & ~to.Sent;
            Write(to, quote, missing, addsSizes: false);
        }
    }

    /// <summary>Sends the requested ticks other than the default ones.</summary>
    public void TellGeneric(Subscription to)
    {
        var wanted = to.Generic.Wanted;
        var quote = to.Told;
        if (wanted.Contains(100) && to.IsOption)
        {
            TellBySide(to, 29, quote.Volume);
        }

        if (to.HasImage)
        {
            TellTrades(to, quote);
        }

        UnderlyingTicks.Tell(session, to);
    }

    /// <summary>
    /// Sends the open interest of an option at the start of the day: for calls and for puts, one of which is 0.
    /// </summary>
    public void TellOpenInterest(Subscription to)
    {
        if (!to.IsClosed && Market.OpenInterest(to.Contract, NewYork.Day(session.Now)) is { } contracts)
        {
            TellBySide(to, 27, contracts);
        }
    }

    /// <summary>Sends a tick for calls and the next one for puts.</summary>
    private void TellBySide(Subscription to, int calls, long size)
    {
        var isCall = to.Contract.Right == OptionRight.Call;
        GatewayMessages.TickSize(Out, to.Id, calls, isCall ? size : 0);
        GatewayMessages.TickSize(Out, to.Id, calls + 1, isCall ? 0 : size);
    }

    /// <summary>
    /// Sends the last trade in one line, with or without trades that are reported late, which do not exist here.
    /// </summary>
    private void TellTrades(Subscription to, in ContractQuote quote)
    {
        foreach (var (generic, number) in s_trades)
        {
            if (to.Generic.Wanted.Contains(generic))
            {
                TellTrade(to, quote, number);
            }
        }
    }

    private void TellTrade(Subscription to, in ContractQuote quote, int number)
    {
        if (quote.LastTime is { } time && !double.IsNaN(quote.Last))
        {
            const int averageDigits = 8;
            var average = double.Round((quote.High + quote.Low + quote.Last) / 3, averageDigits);
            GatewayMessages.TickString(
                Out,
                to.Id,
                number,
                FormattableString.Invariant(
                    $"{quote.Last};{quote.LastSize};{time.ToUnixTimeMilliseconds()};{quote.Volume};{average};true"
                )
            );
        }
    }

    private void Write(Subscription to, in ContractQuote quote, Ticks ticks, bool addsSizes)
    {
        var isDelayed = to.Entitlement.IsDelayed;
        var numbers = isDelayed ? TickNumbers.Delayed : TickNumbers.Live;
        if (isDelayed)
        {
            WriteSides(to, quote, ticks, numbers, addsSizes);
            WriteLast(to, quote, ticks, numbers, addsSizes);
            if (session.Gateway.Options.SendsDelayedTimes)
            {
                WriteTime(to, quote, ticks, numbers);
                WriteHalted(to, quote, ticks, numbers);
            }
        }
        else
        {
            WriteTime(to, quote, ticks, numbers);
            WriteLast(to, quote, ticks, numbers, addsSizes);
            WriteHalted(to, quote, ticks, numbers);
        }

        if (ticks.HasFlag(Ticks.Volume))
        {
            GatewayMessages.TickSize(Out, to.Id, numbers.Volume, quote.Volume);
        }

        WritePrice(to, ticks.HasFlag(Ticks.High), numbers.High, quote.High);
        WritePrice(to, ticks.HasFlag(Ticks.Low), numbers.Low, quote.Low);
        WritePrice(to, ticks.HasFlag(Ticks.Close), numbers.Close, quote.Close);
        WritePrice(to, ticks.HasFlag(Ticks.Open), numbers.Open, quote.Open);
        if (!isDelayed)
        {
            WriteSides(to, quote, ticks, numbers, addsSizes);
        }

        if ((ticks & Ticks.Computations) != Ticks.None)
        {
            WriteComputations(to, quote, ticks, numbers.FirstComputation);
        }
    }

    private void WriteTime(Subscription to, in ContractQuote quote, Ticks ticks, TickNumbers numbers)
    {
        if (ticks.HasFlag(Ticks.LastTime) && quote.LastTime is { } time)
        {
            GatewayMessages.TickTime(Out, to.Id, numbers.LastTime, time);
        }
    }

    private void WriteHalted(Subscription to, in ContractQuote quote, Ticks ticks, TickNumbers numbers)
    {
        if (ticks.HasFlag(Ticks.Halted))
        {
            GatewayMessages.TickGeneric(Out, to.Id, numbers.Halted, quote.State == TradingState.Halted ? 1 : 0);
        }
    }

    private void WriteLast(Subscription to, in ContractQuote quote, Ticks ticks, TickNumbers numbers, bool addsSize)
    {
        if (ticks.HasFlag(Ticks.Last))
        {
            WriteQuote(to, numbers.Last, numbers.LastSize, quote.Last, quote.LastSize, 0, to.Told.Last, addsSize);
        }
    }

    private void WriteSides(Subscription to, in ContractQuote quote, Ticks ticks, TickNumbers numbers, bool addsSizes)
    {
        var hasQuotes = TickChoice.HasQuotes(to, quote);
        if (ticks.HasFlag(Ticks.Bid))
        {
            var size = hasQuotes ? quote.BidSize : 0;
            var price = size > 0 ? quote.Bid : -1;
            WriteQuote(to, numbers.Bid, numbers.BidSize, price, size, CanAutoExecute, to.Told.Bid, addsSizes);
        }

        if (ticks.HasFlag(Ticks.Ask))
        {
            var size = hasQuotes ? quote.AskSize : 0;
            var price = size > 0 ? quote.Ask : -1;
            WriteQuote(to, numbers.Ask, numbers.AskSize, price, size, CanAutoExecute, to.Told.Ask, addsSizes);
        }
    }

    /// <summary>
    /// Writes a price with its size. In a stream the size also follows as its own tick, or comes alone when the price
    /// stays.
    /// </summary>
    private void WriteQuote(
        Subscription to,
        int number,
        int sizeNumber,
        double price,
        long size,
        int mask,
        double before,
        bool addsSize
    )
    {
        if (!addsSize || !price.Equals(before))
        {
            GatewayMessages.TickPrice(Out, to.Id, number, price, size, mask);
        }

        if (addsSize)
        {
            GatewayMessages.TickSize(Out, to.Id, sizeNumber, size);
        }
    }

    private void WritePrice(Subscription to, bool isWanted, int number, double price)
    {
        if (isWanted)
        {
            GatewayMessages.TickPrice(Out, to.Id, number, price, 0, 0);
        }
    }

    private void WriteComputations(Subscription to, in ContractQuote quote, Ticks ticks, int first)
    {
        var hasQuotes = TickChoice.HasQuotes(to, quote);
        if (ticks.HasFlag(Ticks.BidComputation))
        {
            Computation(to, first, hasQuotes && quote.BidSize > 0, quote.BidComputation);
        }

        if (ticks.HasFlag(Ticks.AskComputation))
        {
            Computation(to, first + 1, hasQuotes && quote.AskSize > 0, quote.AskComputation);
        }

        if (ticks.HasFlag(Ticks.LastComputation))
        {
            Computation(to, first + 2, true, quote.LastComputation);
        }

        if (ticks.HasFlag(Ticks.Model))
        {
            GatewayMessages.TickOptionComputation(Out, to.Id, first + 3, quote.Model, singlePrecision: false);
        }
    }

    private void Computation(Subscription to, int number, bool isComputed, in OptionComputation value) =>
        GatewayMessages.TickOptionComputation(
            Out,
            to.Id,
            number,
            isComputed
                ? value
                : value with
                {
                    ImpliedVolatility = double.NaN,
                    Delta = double.NaN,
                    Price = double.NaN,
                    Gamma = double.NaN,
                    Vega = double.NaN,
                    Theta = double.NaN,
                },
            singlePrecision: true
        );
}
