using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Ibkr;

/// <summary>The messages of every error that this client reports.</summary>
internal static partial class IbkrErrors
{
    private const string Connect = "connect";
    private const int TextMax = 300;
    private const string Ports = "TWS 7496 live, 7497 paper; IB Gateway 4001 live, 4002 paper";
    private const string AskAgain = "Ask again; if it stays so, see what 'tidemark ibkr doctor' says.";

    /// <summary>The answer of a TLS server to bytes that it does not understand.</summary>
    private static readonly byte[] s_tlsAlert = [0x15, 0x03];

    public static IbkrException Unreachable(string where, Exception? inner) =>
        Session(
            IbkrErrorCodes.Unreachable,
            $"Nothing answers at {where}: {inner?.Message ?? "no connection in time"}. Start TWS or IB Gateway, and check host and port ({Ports}).",
            inner
        );

    public static IbkrException Silent(string where, TimeSpan waited, string missing) =>
        Session(
            IbkrErrorCodes.Silent,
            $"{where} accepts connections, but sent no {missing} within {Seconds(waited)}. Usual causes: TWS or IB Gateway is not logged in (or waits for its second factor), the API is switched off, or SSL is on for the API. Look at its window."
        );

    public static IbkrException Dropped(string where, string when, Exception? inner) =>
        Session(
            IbkrErrorCodes.Dropped,
            $"{where} closed the connection {when}. Usual causes: this machine is not among its trusted IPs, 32 clients are connected already, or it is restarting. Check API settings of TWS or IB Gateway.",
            inner
        );

    public static IbkrException NotIb(string where, ReadOnlySpan<byte> begin)
    {
        var what =
            begin.StartsWith("HTTP"u8)
                ? "speaks HTTP: it is a web server, or IBKR's Client Portal gateway, which has another API"
            : begin.StartsWith(s_tlsAlert)
                ? "speaks TLS: SSL is on for the API, and must be switched off in its settings"
            : $"speaks another protocol; it begins with '{Excerpt.Of(begin, 40)}'";
        return new(
            ErrorKind.Configuration,
            IbkrErrorCodes.NotIb,
            Connect,
            $"What listens at {where} {what}. Name host and port of the socket API: {Ports}."
        );
    }

    public static IbkrException Version(string where, ReadOnlySpan<byte> version) =>
        new(
            ErrorKind.Configuration,
            IbkrErrorCodes.Version,
            Connect,
            $"The gateway at {where} answered with server version {Excerpt.Of(version, 20)}; this client speaks exactly 176. Update TWS or IB Gateway to 10.19 or later."
        );

    public static IbkrException NoAccount(string where) =>
        new(
            ErrorKind.Unauthorized,
            IbkrErrorCodes.NoAccount,
            Connect,
            $"The gateway at {where} named no account that this login manages, so it will answer nothing. Log in with a user that has an account, and wait until TWS or IB Gateway shows it."
        );

    public static IbkrException ClientIdInUse(string where, int clientId) =>
        new(
            ErrorKind.Conflict,
            IbkrErrorCodes.ClientId,
            Connect,
            $"Client id {clientId} is in use at {where}. Stop the other program, choose another id, or let the pool choose (client_id: auto). After a crash the gateway needs up to a minute to free an id."
        )
        {
            GatewayCode = GatewayCodes.ClientIdInUse,
        };

    public static IbkrException Garbled(string where, string what) =>
        new(
            ErrorKind.Transient,
            IbkrErrorCodes.Garbled,
            Connect,
            $"{where} sent {what}. The connection is made again; if it stays so, see what 'tidemark ibkr doctor' says."
        );

    public static IbkrException Lost(string where, string why, Exception? inner = null) =>
        Session(IbkrErrorCodes.Lost, $"The connection to {where} was lost: {why}.", inner);

    public static IbkrException GaveUp(string where, TimeSpan tried, IbkrException last) =>
        Session(
            IbkrErrorCodes.Lost,
            $"The connection to {where} was lost and could not be made again within {Seconds(tried)}. Last: {last.Message}",
            last
        );

    public static IbkrException LinkDown(string request, string where, TimeSpan waited) =>
        new(
            ErrorKind.Transient,
            IbkrErrorCodes.Lost,
            request,
            $"The gateway at {where} has had no link to IBKR for {Seconds(waited)} (1100). Check its network; it links again by itself."
        );

    public static IbkrException Cut(string request, string subject, int times) =>
        new(
            ErrorKind.Transient,
            IbkrErrorCodes.Lost,
            request,
            $"'{request}'{For(subject)} was cut off with its connection {times} times. Ask again."
        );

    public static IbkrException Timeout(string request, string subject, TimeSpan waited) =>
        new(
            ErrorKind.Transient,
            IbkrErrorCodes.Timeout,
            request,
            $"'{request}'{For(subject)} got no complete answer within {Seconds(waited)}. {AskAgain}"
        );

    public static IbkrException Broken(string request, string subject, int message) =>
        new(
            ErrorKind.Schema,
            IbkrErrorCodes.Garbled,
            request,
            $"'{request}'{For(subject)} was answered by a message {message} that is cut off or holds something else than it must. Nothing of it is used. {AskAgain}"
        );

    public static IbkrException NoContract(string request, string subject) =>
        new(
            ErrorKind.BadRequest,
            IbkrErrorCodes.Contract,
            request,
            $"No contract is like{For(subject)[4..]}. Check symbol, date, strike and right."
        );

    public static IbkrException Ambiguous(string request, string subject, int contracts) =>
        new(
            ErrorKind.BadRequest,
            IbkrErrorCodes.Contract,
            request,
            $"{contracts} contracts are like{For(subject)[4..]}. Choose one of them, or name the exchange and the trading class."
        );

    public static IbkrException BadRequest(string request, string subject, string fault) =>
        new(
            ErrorKind.BadRequest,
            IbkrErrorCodes.BadRequest,
            request,
            $"'{request}'{For(Printable(subject))} was not sent: {fault}. Correct the contract."
        );

    public static IbkrException Disposed(string request) =>
        new(ErrorKind.Transient, IbkrErrorCodes.Lost, request, $"'{request}' was stopped: its client was closed.");

    /// <summary>A gateway's text as it may be shown and logged.</summary>
    public static string WithoutAccounts(string text) => Account().Replace(text, "(account)");

    /// <summary>What the gateway said about one request.</summary>
    public static IbkrException Of(string request, string subject, int code, string text)
    {
        var known = GatewayCodes.Of(code, text);
        var (kind, ours) = known.Class switch
        {
            CodeClass.Contract => (ErrorKind.BadRequest, IbkrErrorCodes.Contract),
            CodeClass.NotSubscribed => (ErrorKind.Permission, IbkrErrorCodes.NotSubscribed),
            CodeClass.Pacing or CodeClass.Lines => (ErrorKind.RateLimit, IbkrErrorCodes.Pacing),
            _ => (ErrorKind.BadRequest, IbkrErrorCodes.Rejected),
        };
        var advice = known.Advice.Length > 0 ? $" {known.Advice}" : "";
        var said = Excerpt.Of(WithoutAccounts(text), TextMax);
        return new(
            kind,
            ours,
            request,
            $"'{request}'{For(subject)} was refused by the gateway ({code.ToString(CultureInfo.InvariantCulture)}): {said}{(said.EndsWith('.') ? "" : ".")}{advice}"
        )
        {
            GatewayCode = code,
        };
    }

    private static IbkrException Session(string code, string message, Exception? inner = null) =>
        new(ErrorKind.Transient, code, Connect, message, inner);

    private static string For(string subject) => subject.Length == 0 ? "" : $" for {subject}";

    private static string Printable(string text) => Excerpt.Of(text, 80);

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    /// <summary>U1234567, DU1234567, F…: whose money it is belongs in no message.</summary>
    [GeneratedRegex("\\b[A-Z]{1,3}[0-9]{5,9}\\b", RegexOptions.CultureInvariant)]
    private static partial Regex Account();
}
