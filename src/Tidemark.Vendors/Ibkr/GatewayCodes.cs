using System.Globalization;

namespace Tidemark.Vendors.Ibkr;

/// <summary>What the client does when a gateway sends an error of that class.</summary>
internal enum CodeClass
{
    /// <summary>Counted, kept as a remark on the request; the request goes on.</summary>
    Notice,

    /// <summary>Counted and kept for the doctor: the state of a data farm.</summary>
    Farm,

    /// <summary>The request has failed, and would fail again.</summary>
    Refused,

    /// <summary>The request has failed: no such contract, or several.</summary>
    Contract,

    /// <summary>
    /// The request has failed: no subscription. Asked again once for delayed quotes where that is allowed.
    /// </summary>
    NotSubscribed,

    /// <summary>Asked too often: the pace is slowed down, the request asked again.</summary>
    Pacing,

    /// <summary>No line is free at the gateway: one line less is used for a while, the request asked again.</summary>
    Lines,

    /// <summary>The state of the whole session changes.</summary>
    Session,
}

/// <summary>One row of <see cref="GatewayCodes"/>.</summary>
/// <param name="Advice">What a user can do about it; empty for what passes by itself.</param>
internal readonly record struct GatewayCode(CodeClass Class, string Advice = "");

/// <summary>The gateway's error numbers: what each means for a request and for the session.</summary>
internal static class GatewayCodes
{
    public const int RateWarning = 0;
    public const int TooManyMessages = 100;
    public const int TooManyLines = 101;
    public const int UnknownContract = 200;
    public const int ClientIdInUse = 326;
    public const int LinkLost = 1100;
    public const int LinkBackDataLost = 1101;
    public const int LinkBack = 1102;
    public const int PortReset = 1300;
    public const int ApiSubscriptionMissing = 10089;
    public const int PartlySubscribed = 10090;
    public const int DelayedNotEnabled = 10168;
    public const int PartlySubscribedForApi = 10091;

    public const int HistoryError = 162;
    private const int Validation = 321;

    private const string Subscribe =
        "Subscribe to the market data in the account management (options: OPRA, and the exchange of the underlying).";

    private const string Slower = "Wait a minute, ask for less at once, and stop other programs that ask this gateway.";

    private const string CheckContract =
        "Check symbol, date, strike and right; where a symbol has several classes (SPX and SPXW), name the trading class.";

    /// <summary>The class of an error. Texts are looked at only where one number stands for several things.</summary>
    public static GatewayCode Of(int code, string text) =>
        code switch
        {
            HistoryError when Has(text, "pacing") => new(CodeClass.Pacing, Slower),
            HistoryError when Has(text, "no market data permissions") => new(CodeClass.NotSubscribed, Subscribe),
            Validation when Has(text, "limitation exceeded") => new(CodeClass.Pacing, Slower),
            420 when Has(text, "pacing") => new(CodeClass.Pacing, Slower),
            _ => Of(code),
        };

    /// <summary>Whether a refusal goes away when delayed quotes are asked for.</summary>
    public static bool MayComeDelayed(int code) => code is 354 or ApiSubscriptionMissing or DelayedNotEnabled or 10186;

    /// <summary>The port that 1300 names, if it does.</summary>
    public static int? PortIn(string text)
    {
        var digits = text.AsSpan().TrimEnd(" .");
        var start = digits.Length;
        while (start > 0 && char.IsAsciiDigit(digits[start - 1]))
        {
            start--;
        }

        return
            int.TryParse(digits[start..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= ushort.MaxValue
            ? port
            : null;
    }

    private static GatewayCode Of(int code) =>
        code switch
        {
            RateWarning or TooManyMessages => new(CodeClass.Pacing, Slower),
            TooManyLines => new(
                CodeClass.Lines,
                "Close watch lists in TWS, and other programs that watch prices at this gateway."
            ),
            HistoryError => new(CodeClass.Refused, "There may be no such history; check dates and what to show."),
            UnknownContract => new(CodeClass.Contract, CheckContract),
            165 or 300 or 366 => new(CodeClass.Notice),
            320 or Validation => new(CodeClass.Refused, "Correct the request as the text says."),
            322 => new(CodeClass.Refused, "Another request has this number; ask again."),
            ClientIdInUse => new(CodeClass.Session, "Choose another client id."),
            354 or ApiSubscriptionMissing or DelayedNotEnabled or 10186 => new(CodeClass.NotSubscribed, Subscribe),
            PartlySubscribed or PartlySubscribedForApi or 10167 => new(CodeClass.Notice, Subscribe),
            10170 or 10187 or 10189 or 10190 => new(CodeClass.NotSubscribed, Subscribe),
            10197 => new(
                CodeClass.NotSubscribed,
                "Close the other session of this user (TWS, mobile or web), or wait until it ends."
            ),
            10299 => new(CodeClass.Refused, "Choose another 'what to show' for this contract."),
            10314 => new(CodeClass.Refused, "Give the end of the history in UTC."),
            LinkLost or LinkBackDataLost or LinkBack or PortReset => new(CodeClass.Session),
            2103 or 2105 or 2157 => new(CodeClass.Farm, "Wait: the gateway connects to its data farms by itself."),
            2104 or 2106 or 2107 or 2108 or 2119 or 2158 => new(CodeClass.Farm),
            >= 2100 and <= 2199 => new(CodeClass.Notice),
            _ => new(CodeClass.Refused, "See IBKR's list of API error codes."),
        };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
