namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// Receives messages of a gateway as they are decoded, in order, on the thread that decodes. Spans are valid during the
/// call. Numbers are NaN where the gateway said "unset"; what else a value means is not judged here.
/// </summary>
internal interface IGatewaySink
{
    /// <summary>A price with the size that belongs to it (0 when none does).</summary>
    void OnPrice(int requestId, int tickType, double price, double size);

    void OnSize(int requestId, int tickType, double size);

    void OnGeneric(int requestId, int tickType, double value);

    void OnText(int requestId, int tickType, ReadOnlySpan<byte> text);

    void OnComputation(int requestId, int tickType, in OptionComputation computation);

    void OnMarketDataType(int requestId, int type);

    /// <summary>
    /// A part of an answer: <see cref="ContractDetails"/>, <see cref="OptionChain"/>, <see cref="HistoricalBar"/>s,
    /// <see cref="SymbolMatch"/>es or the text of a head timestamp.
    /// </summary>
    void OnPart(int requestId, object part);

    /// <summary>The answer to a request is complete.</summary>
    void OnEnd(int requestId);

    /// <summary>An error or a notice; −1 when it belongs to no request.</summary>
    void OnError(int requestId, int code, string text);

    void OnNextValidId(int id);

    /// <summary>
    /// How many accounts the session manages, and whether they are all simulated ones. Their names go no further.
    /// </summary>
    void OnAccounts(int accounts, int paper);

    void OnCurrentTime(long epochSeconds);

    /// <summary>A message of a kind that we know and do not use, or do not know.</summary>
    void OnOther(int messageId);

    /// <summary>A message with more fields than we know of; it was understood.</summary>
    void OnExtraFields(int messageId);

    /// <summary>
    /// A message that is too short or holds something else than it must; −1 when not even its request can be told.
    /// </summary>
    void OnBroken(int messageId, int requestId);
}

/// <summary>The numbers of the messages that a gateway of server version 176 sends and we read.</summary>
internal static class GatewayMessage
{
    public const int TickPrice = 1;
    public const int TickSize = 2;
    public const int Error = 4;
    public const int NextValidId = 9;
    public const int ContractData = 10;
    public const int ManagedAccounts = 15;
    public const int HistoricalData = 17;
    public const int TickOptionComputation = 21;
    public const int TickGeneric = 45;
    public const int TickString = 46;
    public const int CurrentTime = 49;
    public const int ContractDataEnd = 52;
    public const int TickSnapshotEnd = 57;
    public const int MarketDataType = 58;
    public const int SecDefOptParameter = 75;
    public const int SecDefOptParameterEnd = 76;
    public const int SymbolSamples = 79;
    public const int TickReqParams = 81;
    public const int HeadTimestamp = 88;
}
