using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// Writes requests as server version 176 reads them, one after the other into a buffer that is used again. Texts must
/// have been checked by <see cref="IbkrContractRules"/>: nothing is replaced or escaped here.
/// </summary>
internal sealed class RequestWriter
{
    private const int Prefix = sizeof(int);
    private const int NumberMax = 32;

    private byte[] _bytes = new byte[1 << 12];
    private int _length;
    private int _start;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    /// <summary>The greeting: the one message that is no list of fields.</summary>
    public void Hello()
    {
        Raw("API\0"u8);
        Begin();
        Raw("v100..176"u8);
        End();
    }

    public void StartApi(int clientId)
    {
        Begin();
        Field(71).Field(2).Field(clientId).Field("");
        End();
    }

    public void CurrentTime()
    {
        Begin();
        Field(49).Field(1);
        End();
    }

    public void MarketDataType(MarketDataType type)
    {
        Begin();
        Field(59).Field(1).Field((int)type);
        End();
    }

    public void MarketData(int requestId, IbkrContract contract, string genericTicks, bool isSnapshot)
    {
        Begin();
        Field(1).Field(11).Field(requestId).Contract(contract);
        // No delta-neutral part, no regulatory snapshot (those cost money), no options.
        Field(0).Field(genericTicks).Field(isSnapshot ? 1 : 0).Field(0).Field("");
        End();
    }

    public void CancelMarketData(int requestId)
    {
        Begin();
        Field(2).Field(2).Field(requestId);
        End();
    }

    public void ContractDetails(int requestId, IbkrContract contract)
    {
        Begin();
        Field(9).Field(8).Field(requestId).Contract(contract);
        // Expired contracts stay out; no search by ISIN or issuer.
        Field(0).Field("").Field("").Field("");
        End();
    }

    public void OptionParameters(int requestId, IbkrContract underlying)
    {
        Begin();
        Field(78).Field(requestId).Field(underlying.Symbol).Field("");
        Field(underlying.SecurityType).Field(underlying.ConId);
        End();
    }

    public void HistoricalData(int requestId, IbkrContract contract, HistoryQuery query)
    {
        Begin();
        Field(20).Field(requestId).Contract(contract);
        Field(0).Field(query.EndText).Field(query.BarSize).Field(query.Duration);
        // Dates as seconds; no updates, no options.
        Field(query.RegularHoursOnly ? 1 : 0).Field(query.WhatToShow).Field(2).Field(0).Field("");
        End();
    }

    public void CancelHistoricalData(int requestId)
    {
        Begin();
        Field(25).Field(1).Field(requestId);
        End();
    }

    public void HeadTimestamp(int requestId, IbkrContract contract, string whatToShow, bool regularHoursOnly)
    {
        Begin();
        Field(87).Field(requestId).Contract(contract);
        Field(0).Field(regularHoursOnly ? 1 : 0).Field(whatToShow).Field(2);
        End();
    }

    public void CancelHeadTimestamp(int requestId)
    {
        Begin();
        Field(90).Field(requestId);
        End();
    }

    public void MatchingSymbols(int requestId, string pattern)
    {
        Begin();
        Field(81).Field(requestId).Field(pattern);
        End();
    }

    internal void Begin()
    {
        _start = _length;
        Room(Prefix);
        _length += Prefix;
    }

    internal void End()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_start), _length - _start - Prefix);
    }

    /// <summary>The shortest text that is read back as the same number.</summary>
    internal RequestWriter Field(double value)
    {
        value.TryFormat(Room(NumberMax), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
        return EndField();
    }

    internal RequestWriter Field(int value)
    {
        value.TryFormat(Room(NumberMax), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
        return EndField();
    }

    internal RequestWriter Field(string text)
    {
        _length += Encoding.ASCII.GetBytes(text, Room(text.Length));
        return EndField();
    }

    private RequestWriter Contract(IbkrContract contract)
    {
        var right = contract.Right switch
        {
            OptionRight.Call => "C",
            OptionRight.Put => "P",
            _ => "",
        };
        Field(contract.ConId).Field(contract.Symbol).Field(contract.SecurityType).Field(contract.LastTradeDate);
        Field(contract.Strike).Field(right).Field(contract.Multiplier).Field(contract.Exchange);
        Field(contract.PrimaryExchange).Field(contract.Currency);
        return Field(contract.LocalSymbol).Field(contract.TradingClass);
    }

    private RequestWriter EndField()
    {
        Room(1)[0] = 0;
        _length++;
        return this;
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        }

        return _bytes.AsSpan(_length);
    }
}
