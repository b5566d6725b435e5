using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>The gateway's refusals: the numbers and texts that other people's clients match.</summary>
internal readonly record struct TwsError(int Code, string Text)
{
    /// <summary>The notices that every client gets when it has started.</summary>
    public static IReadOnlyList<TwsError> Farms { get; } =
    [
        new(2104, "Market data farm connection is OK:usfarm"),
        new(2106, "HMDS data farm connection is OK:ushmds"),
        new(2158, "Sec-def data farm connection is OK:secdefil"),
    ];

    public static TwsError TooManyLines { get; } = new(101, "Max number of tickers has been reached");

    public static TwsError UnknownContract { get; } = new(200, "No security definition has been found for the request");

    public static TwsError ClientIdInUse { get; } =
        new(326, "Unable to connect as the client id is already in use. Retry with a unique client id.");

    public static TwsError ReadOnly { get; } = Invalid("The API interface is currently in Read-Only mode.");

    public static TwsError TooOld(string reason) => Invalid(reason);

    public static TwsError DuplicateTicker { get; } = Processing("Duplicate ticker id");

    public static TwsError DuplicateQuery { get; } = Processing("Duplicate ticker ID for API historical data query");

    public static TwsError LinkLost { get; } =
        new(1100, "Connectivity between IBKR and Trader Workstation has been lost.");

    public static TwsError LinkRestoredDataLost { get; } =
        new(1101, "Connectivity between IBKR and Trader Workstation has been restored - data lost.");

    public static TwsError LinkRestored { get; } =
        new(
            1102,
            "Connectivity between IBKR and Trader Workstation has been restored - data maintained. "
                + "All data farms are connected: usfarm; ushmds; secdefil."
        );

    public static TwsError NoExplicitZone { get; } =
        new(
            2174,
            "Warning: You submitted request with date-time attributes without explicit time zone. Please switch to use "
                + "yyyymmdd-hh:mm:ss in UTC or use instrument time zone, like US/Eastern. Implied time zone functionality "
                + "will be removed in the next API release"
        );

    public static TwsError DisplayingDelayed { get; } =
        new(10167, "Requested market data is not subscribed. Displaying delayed market data.");

    public static TwsError DelayedNotEnabled { get; } =
        new(10168, "Requested market data is not subscribed. Delayed market data is not enabled.");

    /// <summary>Like <see cref="DelayedNotEnabled"/>, when there is no delayed data to enable.</summary>
    public static TwsError NoDelayed { get; } =
        new(10186, "Requested market data is not subscribed. Delayed market data is not enabled.");

    public static TwsError NoRegulatorySnapshots { get; } =
        new(10170, "No permissions for regulatory snapshot market data.");

    public static TwsError NoHistoricalTicks { get; } =
        new(10187, "Failed to request historical ticks:No market data permissions for this contract");

    public static TwsError NoTickByTick { get; } =
        new(10189, "Failed to request tick-by-tick data.No market data permissions for this contract");

    public static TwsError NoDepth { get; } =
        new(10092, "Deep market data is not supported for this combination of security type/exchange");

    public static TwsError NoFundamentals { get; } =
        new(430, "We are sorry, but fundamentals data for the security specified is not available.failed to fetch");

    public static TwsError NoArticle { get; } = new(10172, "Failed to request news article:No data available");

    public static TwsError NoHistogram { get; } =
        new(10188, "Failed to request histogram data:No market data permissions for this contract");

    /// <summary>The calendar of Wall Street Horizon is subscribed like news.</summary>
    public static TwsError NoCalendar { get; } = new(10276, "News feed is not allowed.");

    public static TwsError NoAdvisor { get; } = Invalid("FA data operations ignored for non FA customers.");

    public static TwsError CompetingSession { get; } = new(10197, "No market data during competing live session");

    public static TwsError BadEndTime { get; } =
        new(
            10314,
            "End Date/Time: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xx/xxxx "
                + "where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 US/Eastern  Note that there is a space "
                + "between the date and time, and between the time and time-zone."
        );

    /// <summary>The error for a request that makes no sense.</summary>
    public static TwsError Invalid(string cause) => new(321, $"Error validating request.-'bQ' : cause - {cause}");

    public static TwsError Unreadable(UnreadableFieldException error) =>
        new(320, $"Error reading request. {error.Message}");

    public static TwsError Processing(string cause) => new(322, $"Error processing request.-'bQ' : cause - {cause}");

    public static TwsError Ambiguous(string symbol, bool differsInClass) =>
        new(
            200,
            differsInClass
                ? $"The contract description specified for {symbol} is ambiguous; you must specify the multiplier or trading class."
                : $"The contract description specified for {symbol} is ambiguous."
        );

    public static TwsError UnknownTicker(int id) =>
        new(300, string.Create(CultureInfo.InvariantCulture, $"Can't find EId with tickerId:{id}"));

    public static TwsError UnknownDepth(int id) =>
        new(
            310,
            string.Create(CultureInfo.InvariantCulture, $"Can't find the subscribed market depth with tickerId:{id}")
        );

    /// <summary>The error for bars of five seconds that do not exist.</summary>
    public static TwsError RealTimeBars(string detail) => new(420, $"Invalid Real-time Query:{detail}");

    public static TwsError UnknownQuery(int id) =>
        new(366, string.Create(CultureInfo.InvariantCulture, $"No historical data query found for ticker id:{id}"));

    /// <summary>An error of the server of historical data.</summary>
    public static TwsError History(string detail) => new(162, $"Historical Market Data Service error message:{detail}");

    public static TwsError WrongWhatToShow(string text) =>
        new(10299, $"Expected what to show is TRADES, please use that instead of {text}.");

    public static TwsError TooManySnapshots(int perSecond) =>
        Invalid(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Snapshot requests limitation exceeded:{perSecond} per 1 second(s)"
            )
        );

    public static TwsError RateExceeded(int limit, int received, int violation) =>
        new(
            100,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Max rate of messages per second has been exceeded:max={limit} rec={received} ({violation})"
            )
        );

    public static TwsError ApproachingRate(int limit, int received) =>
        new(
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Warning: Approaching max rate of {limit} messages per second ({received})"
            )
        );

    public static TwsError NotSubscribed(string source, bool hasDelayed) =>
        new(354, $"Requested market data is not subscribed.{Delayed(source, hasDelayed)}");

    public static TwsError NotSubscribedForApi(string source) =>
        new(
            10089,
            "Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog "
                + $"for more details.{Delayed(source, hasDelayed: true)}"
        );

    public static TwsError PartlySubscribed(string source) =>
        new(
            10090,
            "Part of requested market data is not subscribed. Subscription-independent ticks are still active."
                + Delayed(source, hasDelayed: true)
        );

    public static TwsError PartlySubscribedForApi(string source) =>
        new(
            10091,
            "Part of requested market data requires additional subscription for API. See link in 'Market Data Connections' "
                + $"dialog for more details.{Delayed(source, hasDelayed: true)}"
        );

    private static string Delayed(string source, bool hasDelayed) =>
        $"Delayed market data is {(hasDelayed ? "available" : "not available")}.{source}/TOP/ALL";
}
