using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Ibkr.Connections;

/// <summary>How a request ended.</summary>
internal enum RequestEnd
{
    /// <summary>The gateway said that its answer is complete.</summary>
    Complete,

    /// <summary>All that was wanted has come; the gateway would go on.</summary>
    Satisfied,

    /// <summary>The gateway refused it, and has forgotten it.</summary>
    Refused,

    /// <summary>A part of the answer made no sense; the gateway may go on.</summary>
    Broken,

    /// <summary>No end in time; the gateway may go on.</summary>
    TimedOut,

    /// <summary>The connection ended first.</summary>
    Lost,

    /// <summary>The gateway has forgotten its subscriptions (1101).</summary>
    Forgotten,
}

/// <summary>
/// One request on one connection: sent once, fed by the thread that decodes, ended once. Asked again, it is another
/// object with another number, so that nothing which belongs to the first can reach the second.
/// </summary>
internal abstract class GatewayRequest
{
    private readonly TaskCompletionSource<RequestEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>IBKR's name of the call.</summary>
    public abstract string Name { get; }

    /// <summary>Its subject, for messages; may be empty.</summary>
    public abstract string Subject { get; }

    /// <summary>Its number; set when it is sent.</summary>
    public int Id { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public IbkrException? Error { get; private set; }

    public Task<RequestEnd> Ended => _ended.Task;

    /// <summary>Whether it takes a line.</summary>
    public virtual bool IsMarketData => false;

    /// <summary>What the rules for histories count it as; null when they do not hold for it.</summary>
    public virtual HistoryPace? Pace => null;

    /// <summary>Whether the gateway knows a message that ends it.</summary>
    public virtual bool CanCancel => false;

    /// <summary>
    /// Comes before <see cref="Write"/>: the kind of quotes that the connection was told to give, by which the gateway
    /// answers.
    /// </summary>
    public virtual void OnSending(MarketDataType told) { }

    public abstract void Write(RequestWriter writer);

    public virtual void WriteCancel(RequestWriter writer) { }

    public virtual void OnPrice(int tickType, double price, double size) { }

    public virtual void OnSize(int tickType, double size) { }

    public virtual void OnGeneric(int tickType, double value) { }

    public virtual void OnText(int tickType, ReadOnlySpan<byte> text) { }

    public virtual void OnComputation(int tickType, in OptionComputation computation) { }

    public virtual void OnMarketDataType(MarketDataType type) { }

    public virtual void OnPart(object part) { }

    public virtual void OnNotice(int code) { }

    /// <summary>Whether something may still come in spite of this error.</summary>
    public virtual bool Tolerates(int code) => false;

    /// <summary>The first end counts; later ones are ignored.</summary>
    public virtual bool End(RequestEnd end, IbkrException? error = null)
    {
        lock (_ended)
        {
            if (_ended.Task.IsCompleted)
            {
                return false;
            }

            Error = error;
            _ended.SetResult(end);
            return true;
        }
    }
}
