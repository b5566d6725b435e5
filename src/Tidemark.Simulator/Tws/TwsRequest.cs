using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>The numbers of clients' requests. Faults name them as the protocol does: <c>reqMktData</c>.</summary>
internal enum TwsRequest
{
    ReqMktData = 1,
    CancelMktData = 2,
    PlaceOrder = 3,
    CancelOrder = 4,
    ReqOpenOrders = 5,
    ReqAccountUpdates = 6,
    ReqExecutions = 7,
    ReqIds = 8,
    ReqContractDetails = 9,
    ReqMktDepth = 10,
    CancelMktDepth = 11,
    ReqNewsBulletins = 12,
    CancelNewsBulletins = 13,
    SetServerLogLevel = 14,
    ReqAutoOpenOrders = 15,
    ReqAllOpenOrders = 16,
    ReqManagedAccts = 17,
    RequestFa = 18,
    ReplaceFa = 19,
    ReqHistoricalData = 20,
    ExerciseOptions = 21,
    ReqScannerSubscription = 22,
    CancelScannerSubscription = 23,
    ReqScannerParameters = 24,
    CancelHistoricalData = 25,
    ReqCurrentTime = 49,
    ReqRealTimeBars = 50,
    CancelRealTimeBars = 51,
    ReqFundamentalData = 52,
    CancelFundamentalData = 53,
    CalcImpliedVol = 54,
    CalcOptionPrice = 55,
    CancelCalcImpliedVol = 56,
    CancelCalcOptionPrice = 57,
    ReqGlobalCancel = 58,
    ReqMarketDataType = 59,
    ReqPositions = 61,
    ReqAccountSummary = 62,
    CancelAccountSummary = 63,
    CancelPositions = 64,
    QueryDisplayGroups = 67,
    SubscribeToGroupEvents = 68,
    UpdateDisplayGroup = 69,
    UnsubscribeFromGroupEvents = 70,
    StartApi = 71,
    ReqPositionsMulti = 74,
    CancelPositionsMulti = 75,
    ReqAccountUpdatesMulti = 76,
    CancelAccountUpdatesMulti = 77,
    ReqSecDefOptParams = 78,
    ReqSoftDollarTiers = 79,
    ReqFamilyCodes = 80,
    ReqMatchingSymbols = 81,
    ReqMktDepthExchanges = 82,
    ReqSmartComponents = 83,
    ReqNewsArticle = 84,
    ReqNewsProviders = 85,
    ReqHistoricalNews = 86,
    ReqHeadTimestamp = 87,
    ReqHistogramData = 88,
    CancelHistogramData = 89,
    CancelHeadTimestamp = 90,
    ReqMarketRule = 91,
    ReqPnl = 92,
    CancelPnl = 93,
    ReqPnlSingle = 94,
    CancelPnlSingle = 95,
    ReqHistoricalTicks = 96,
    ReqTickByTickData = 97,
    CancelTickByTickData = 98,
    ReqCompletedOrders = 99,
    ReqWshMetaData = 100,
    CancelWshMetaData = 101,
    ReqWshEventData = 102,
    CancelWshEventData = 103,
    ReqUserInfo = 104,
}

internal static class TwsRequestNames
{
    private static readonly Dictionary<TwsRequest, string> s_names = Enum.GetValues<TwsRequest>()
        .ToDictionary(kind => kind, kind => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..]);

    /// <summary>The request's name in the protocol: <c>reqMktData</c>; its number when it has none.</summary>
    public static string Name(this TwsRequest kind) =>
        s_names.GetValueOrDefault(kind) ?? ((int)kind).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A client's description of a contract: an empty field, or 0, matches everything.</summary>
internal sealed record ContractQuery(
    int ConId,
    string Symbol,
    string SecType,
    string LastTrade,
    double Strike,
    string Right,
    string Multiplier,
    string Exchange,
    string PrimaryExchange,
    string Currency,
    string LocalSymbol,
    string TradingClass
);

/// <summary>A client's request. <paramref name="Id"/> is its id, or −1 for a request without one.</summary>
internal abstract record ClientRequest(TwsRequest Kind, int Id);

/// <summary>A request of which only the id and one argument matter.</summary>
internal sealed record PlainRequest(TwsRequest Kind, int Id, string Argument = "") : ClientRequest(Kind, Id);

internal sealed record StartApi(int ClientId) : ClientRequest(TwsRequest.StartApi, GatewayMessages.NoRequest);

internal sealed record MarketDataRequest(
    int Id,
    ContractQuery Contract,
    string GenericTicks,
    bool IsSnapshot,
    bool IsRegulatory
) : ClientRequest(TwsRequest.ReqMktData, Id);

internal sealed record MarketDataTypeRequest(int Type)
    : ClientRequest(TwsRequest.ReqMarketDataType, GatewayMessages.NoRequest);

internal sealed record ContractDetailsRequest(int Id, ContractQuery Contract, bool IncludesExpired)
    : ClientRequest(TwsRequest.ReqContractDetails, Id);

internal sealed record OptionParametersRequest(int Id, string Symbol, string Exchange, string SecType, int ConId)
    : ClientRequest(TwsRequest.ReqSecDefOptParams, Id);

internal sealed record HistoricalRequest(
    int Id,
    ContractQuery Contract,
    string End,
    string BarSize,
    string Duration,
    bool RegularHours,
    string WhatToShow,
    int DateFormat,
    bool KeepsUpToDate
) : ClientRequest(TwsRequest.ReqHistoricalData, Id);

internal sealed record HeadTimestampRequest(
    int Id,
    ContractQuery Contract,
    bool RegularHours,
    string WhatToShow,
    int DateFormat
) : ClientRequest(TwsRequest.ReqHeadTimestamp, Id);

internal sealed record RealTimeBarsRequest(int Id, ContractQuery Contract, string WhatToShow, bool RegularHours)
    : ClientRequest(TwsRequest.ReqRealTimeBars, Id);

/// <summary>
/// What an option would imply at a price, or cost at a volatility. <paramref name="Given"/> is the price or the
/// volatility.
/// </summary>
internal sealed record CalculationRequest(
    TwsRequest Kind,
    int Id,
    ContractQuery Contract,
    double Given,
    double UnderlyingPrice
) : ClientRequest(Kind, Id);

/// <summary>A field that cannot be read.</summary>
internal sealed class UnreadableFieldException(int request, string field, string input)
    : Exception($"Unable to parse field: '{field}' for input string: '{input}'")
{
    /// <summary>The id of the request, or −1 when it had not been read yet.</summary>
    public int Request => request;
}
