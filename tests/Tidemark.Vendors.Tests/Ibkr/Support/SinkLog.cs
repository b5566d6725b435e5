using System.Text;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>Writes down what a decoder says, a line a call.</summary>
internal sealed class SinkLog : IGatewaySink
{
    public List<string> Lines { get; } = [];

    public List<object> Parts { get; } = [];

    public void OnPrice(int requestId, int tickType, double price, double size) =>
        Add($"price {requestId} {tickType} {price} {size}");

    public void OnSize(int requestId, int tickType, double size) => Add($"size {requestId} {tickType} {size}");

    public void OnGeneric(int requestId, int tickType, double value) => Add($"generic {requestId} {tickType} {value}");

    public void OnText(int requestId, int tickType, ReadOnlySpan<byte> text) =>
        Add($"text {requestId} {tickType} {Encoding.ASCII.GetString(text)}");

    public void OnComputation(int requestId, int tickType, in OptionComputation c) =>
        Add(
            $"computation {requestId} {tickType} {c.ImpliedVolatility} {c.Delta} {c.OptionPrice} {c.PvDividend} {c.Gamma} {c.Vega} {c.Theta} {c.UnderlyingPrice}"
        );

    public void OnMarketDataType(int requestId, int type) => Add($"kind {requestId} {type}");

    public void OnPart(int requestId, object part)
    {
        Parts.Add(part);
        Add($"part {requestId} {part.GetType().Name}");
    }

    public void OnEnd(int requestId) => Add($"end {requestId}");

    public void OnError(int requestId, int code, string text) => Add($"error {requestId} {code} {text}");

    public void OnNextValidId(int id) => Add($"id {id}");

    public void OnAccounts(int accounts, int paper) => Add($"accounts {accounts} {paper}");

    public void OnCurrentTime(long epochSeconds) => Add($"time {epochSeconds}");

    public void OnOther(int messageId) => Add($"other {messageId}");

    public void OnExtraFields(int messageId) => Add($"extra {messageId}");

    public void OnBroken(int messageId, int requestId) => Add($"broken {messageId} {requestId}");

    private void Add(string line) => Lines.Add(line);
}
