using System.Buffers.Text;

namespace Tidemark.Vendors.Ibkr.Requests;

/// <summary>
/// What a tick says about a quote: live and delayed numbers of the same thing, and the marks of "there is none".
/// </summary>
internal static class QuoteTicks
{
    /// <summary>Prices; bid, ask and last bring their size along.</summary>
    public static void Price(ref IbkrQuote quote, int type, double price, double size)
    {
        // No quote on that side is -1 or 0 with no size; a price below zero with a size is one of a combination or an
        // index.
        if (price <= 0 && !(size > 0))
        {
            (price, size) = (double.NaN, double.NaN);
        }

        switch (type)
        {
            case 1 or 66:
                (quote.Bid, quote.BidSize) = (price, size);
                break;
            case 2 or 67:
                (quote.Ask, quote.AskSize) = (price, size);
                break;
            case 4 or 68:
                (quote.Last, quote.LastSize) = (price, size);
                break;
            case 6 or 72:
                quote.High = price;
                break;
            case 7 or 73:
                quote.Low = price;
                break;
            case 9 or 75:
                quote.Close = price;
                break;
            case 14 or 76:
                quote.Open = price;
                break;
            case 37:
                quote.Mark = price;
                break;
            default:
                return;
        }

        NoteDelay(ref quote, type);
    }

    /// <param name="sides">The ticks so far of calls and of puts; kept along with the quote.</param>
    public static void Size(ref IbkrQuote quote, ref SidesSeen sides, int type, double size, OptionRight right)
    {
        switch (type)
        {
            case 0 or 69:
                quote.BidSize = double.IsNaN(quote.Bid) ? double.NaN : size;
                break;
            case 3 or 70:
                quote.AskSize = double.IsNaN(quote.Ask) ? double.NaN : size;
                break;
            case 5 or 71:
                quote.LastSize = double.IsNaN(quote.Last) ? double.NaN : size;
                break;
            case 8 or 74:
                quote.Volume = size;
                sides.HasVolume = true;
                break;
            case 27 or 28:
                quote.OpenInterest = sides.OpenInterest.Of(right, isCallSide: type == 27, size);
                break;
            case 29 or 30:
                // The day's volume by itself is the better one.
                var volume = sides.Volume.Of(right, isCallSide: type == 29, size);
                quote.Volume = sides.HasVolume ? quote.Volume : volume;
                break;
            default:
                return;
        }

        NoteDelay(ref quote, type);
    }

    public static void Generic(ref IbkrQuote quote, int type, double value)
    {
        if (type is 49 or 90)
        {
            quote.Halted = value < 0 ? double.NaN : value;
        }
    }

    public static void Text(ref IbkrQuote quote, int type, ReadOnlySpan<byte> text)
    {
        if (type is 45 or 88 && Utf8Parser.TryParse(text, out long seconds, out var used) && used == text.Length)
        {
            quote.LastTradeTime = seconds;
        }
    }

    public static void Computation(ref IbkrQuote quote, int type, in OptionComputation computation)
    {
        switch (type)
        {
            case 10 or 80:
                quote.OfBid = computation;
                break;
            case 11 or 81:
                quote.OfAsk = computation;
                break;
            case 12 or 82:
                quote.OfLast = computation;
                break;
            case 13 or 83:
                quote.Model = computation;
                break;
            default:
                return;
        }

        NoteDelay(ref quote, type);
    }

    private static void NoteDelay(ref IbkrQuote quote, int type)
    {
        if (type is >= 66 and <= 83 && type is not (77 or 78 or 79) && quote.DataType < MarketDataType.Delayed)
        {
            quote.DataType = MarketDataType.Delayed;
        }
    }
}

/// <summary>The ticks so far that a gateway sends for calls and for puts.</summary>
internal struct SidesSeen
{
    public TwoSides OpenInterest;

    public TwoSides Volume;

    /// <summary>Whether the volume has come by itself.</summary>
    public bool HasVolume;
}

/// <summary>
/// Both sides come of each contract, one after the other, and the one that is not its own is 0. Where the right is not
/// known a 0 says nothing until the other side has come, too.
/// </summary>
internal struct TwoSides
{
    private double? _call;
    private double? _put;

    /// <summary>The value once one more side has come; NaN where there is none.</summary>
    public double Of(OptionRight right, bool isCallSide, double size)
    {
        _call = isCallSide ? size : _call;
        _put = isCallSide ? _put : size;
        return right switch
        {
            OptionRight.Call => _call ?? double.NaN,
            OptionRight.Put => _put ?? double.NaN,
            _ when _call > 0 || _put > 0 => Math.Max(_call > 0 ? _call.Value : 0, _put > 0 ? _put.Value : 0),
            _ => _call is not null && _put is not null ? size : double.NaN,
        };
    }
}
