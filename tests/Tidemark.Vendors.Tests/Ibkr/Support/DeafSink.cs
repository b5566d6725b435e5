using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>Hears nothing but what made no sense, and the last end.</summary>
internal sealed class DeafSink : IGatewaySink
{
    public long Broken { get; private set; }

    public int LastEnd { get; set; }

    public void OnPrice(int requestId, int tickType, double price, double size) { }

    public void OnSize(int requestId, int tickType, double size) { }

    public void OnGeneric(int requestId, int tickType, double value) { }

    public void OnText(int requestId, int tickType, ReadOnlySpan<byte> text) { }

    public void OnComputation(int requestId, int tickType, in OptionComputation computation) { }

    public void OnMarketDataType(int requestId, int type) { }

    public void OnPart(int requestId, object part) { }

    public void OnEnd(int requestId) => LastEnd = requestId;

    public void OnError(int requestId, int code, string text) { }

    public void OnNextValidId(int id) { }

    public void OnAccounts(int accounts, int paper) { }

    public void OnCurrentTime(long epochSeconds) { }

    public void OnOther(int messageId) { }

    public void OnExtraFields(int messageId) { }

    public void OnBroken(int messageId, int requestId) => Broken++;
}
