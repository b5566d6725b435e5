using System.Globalization;
using Microsoft.Extensions.Logging;
using Tidemark.Vendors.Ibkr.Connections;

namespace Tidemark.Vendors.Ibkr.Client;

/// <summary>How a check of <see cref="IbkrDoctor"/> ended.</summary>
public enum DoctorResult
{
    Ok,

    /// <summary>Works, but not as one would expect.</summary>
    Warn,

    Fail,
}

/// <summary>The result of one check.</summary>
/// <param name="Name">
/// Stable, for scripts: <c>connection</c>, <c>version</c>, <c>account</c>, <c>clock</c>, <c>farms</c>, <c>stock</c>,
/// <c>option</c>.
/// </param>
/// <param name="Advice">What to do; empty when there is nothing to do.</param>
public sealed record DoctorFinding(string Name, DoctorResult Result, string Message, string Advice);

/// <summary>
/// Examines a gateway from outside to inside, and stops where nothing more can be learned. Asks for two snapshots and
/// changes nothing.
/// </summary>
/// <param name="symbol">A US stock with options that every account with data has: what quotes are tried with.</param>
public sealed class IbkrDoctor(
    IbkrClientOptions options,
    TimeProvider clock,
    Random jitter,
    ILogger<IbkrClient> logger,
    string symbol = "AAPL"
)
{
    private const int StrikesTried = 5;

    private static readonly TimeSpan s_skewNoticed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_skewTooMuch = TimeSpan.FromSeconds(60);

    private string Where => $"{options.Host}:{options.Port}";

    /// <summary>Everything that could be checked, in order; only cancellation is thrown.</summary>
    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var findings = new List<DoctorFinding>();
        try
        {
            await using var client = await IbkrClient.ConnectAsync(
                options with
                {
                    ReconnectFor = TimeSpan.Zero,
                    AllowDelayed = true,
                },
                clock,
                jitter,
                logger,
                cancellationToken
            );
            findings.Add(Ok("connection", $"{Where} answers; client id {client.ClientId}"));
            findings.Add(Ok("version", $"server version {IbkrClient.ServerVersion}"));
            findings.Add(Account(options.Port, client.Accounts, client.PaperAccounts));
            findings.Add(await ClockAsync(client, cancellationToken));
            var stock = await StockAsync(client, findings, cancellationToken);
            if (stock is var (contract, price))
            {
                findings.Add(await OptionAsync(client, contract, price, cancellationToken));
            }

            // Farms tell of themselves a moment after the session is ready, so they are asked last.
            findings.Add(Farms(client.Notices));
        }
        catch (IbkrException e)
        {
            findings.Add(await FailureAsync(e, cancellationToken));
        }

        return findings;
    }

    private static DoctorFinding Ok(string name, string message) => new(name, DoctorResult.Ok, message, "");

    private static DoctorFinding Warn(string name, string message, string advice) =>
        new(name, DoctorResult.Warn, message, advice);

    private static DoctorFinding Fail(string name, string message, string advice) =>
        new(name, DoctorResult.Fail, message, advice);

    /// <summary>
    /// Some web servers wait for the end of a greeting that they take for a request, and some hang up on it: a real one
    /// makes them speak.
    /// </summary>
    private async Task<DoctorFinding> FailureAsync(IbkrException e, CancellationToken cancellationToken)
    {
        var isHttp =
            e.Code is IbkrErrorCodes.Silent or IbkrErrorCodes.Dropped
            && await GatewaySocket.SpeaksHttpAsync(
                options.Host,
                options.Port,
                options.ConnectTimeout,
                clock,
                cancellationToken
            );
        var error = isHttp ? IbkrErrors.NotIb(Where, "HTTP"u8) : e;
        var (name, advice) = error.Code switch
        {
            IbkrErrorCodes.Unreachable => ("connection", "Start TWS or IB Gateway, log in, and check host and port."),
            IbkrErrorCodes.Silent => (
                "connection",
                "Log in (second factor too); in its API settings switch the socket clients on and SSL off."
            ),
            IbkrErrorCodes.Dropped => (
                "connection",
                "Add this machine's address to the trusted IPs of its API settings, or connect from its own machine."
            ),
            IbkrErrorCodes.NotIb => ("connection", "Give the port of the socket API: 7496, 7497, 4001 or 4002."),
            IbkrErrorCodes.Version => ("version", "Update TWS or IB Gateway to 10.19 or later."),
            IbkrErrorCodes.ClientId or IbkrErrorCodes.ClientIdPool => (
                "connection",
                "Stop the program that has this client id, or take another."
            ),
            IbkrErrorCodes.NoAccount => ("account", "Log in with a user that has an account."),
            _ => ("connection", "Look at the window of TWS or IB Gateway, and try again."),
        };
        return Fail(name, error.Message, advice);
    }

    /// <summary>Ports are a habit, not a rule: another login behind one is worth a look, and no failure.</summary>
    internal static DoctorFinding Account(int port, int accounts, int paper)
    {
        var kind =
            paper == accounts ? "paper"
            : paper == 0 ? "live"
            : "live and paper";
        var expected = port switch
        {
            7496 or 4001 => "live",
            7497 or 4002 => "paper",
            _ => kind,
        };
        var message = $"{accounts} account(s), {kind}";
        return kind == expected
            ? Ok("account", message)
            : Warn(
                "account",
                $"{message}, but port {port} is usually for {expected} trading",
                "Make sure that this is the login you mean."
            );
    }

    private async Task<DoctorFinding> ClockAsync(IbkrClient client, CancellationToken cancellationToken)
    {
        var theirs = await client.CurrentTimeAsync(cancellationToken);
        var skew = (clock.GetUtcNow() - theirs).Duration();
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"the gateway's clock and ours are {skew.TotalSeconds:0} s apart"
        );
        const string Advice = "Let both machines keep their time by NTP.";
        return skew <= s_skewNoticed ? Ok("clock", message)
            : skew <= s_skewTooMuch ? Warn("clock", message, Advice)
            : Fail("clock", message, Advice);
    }

    /// <summary>Looks the stock up and asks for its quotes; null when there is no stock to go on with.</summary>
    private async Task<(IbkrContract Contract, double Price)?> StockAsync(
        IbkrClient client,
        List<DoctorFinding> findings,
        CancellationToken cancellationToken
    )
    {
        var found = await client.QualifyAsync(IbkrContract.Stock(symbol), cancellationToken);
        if (found.Details is not { } details)
        {
            findings.Add(
                Fail(
                    "stock",
                    found.Error!.Message,
                    $"Wait until the contract farm is connected, then ask for {symbol} again."
                )
            );
            return null;
        }

        var answer = await client.SnapshotAsync(details.Contract, cancellationToken);
        findings.Add(Quotes("stock", symbol, answer));
        var quote = answer.Quote;
        var price = double.IsNaN(quote.Last) ? (quote.Bid + quote.Ask) / 2 : quote.Last;
        return (details.Contract, double.IsNaN(price) ? quote.Close : price);
    }

    private async Task<DoctorFinding> OptionAsync(
        IbkrClient client,
        IbkrContract stock,
        double price,
        CancellationToken cancellationToken
    )
    {
        var chains = await client.OptionChainsAsync(stock, cancellationToken);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var chain = chains.FirstOrDefault(c => c.Exchange == "SMART" && c.TradingClass == stock.Symbol);
        var expiry = chain?.Expirations.Where(d => d > today).Select(d => (DateOnly?)d).FirstOrDefault();
        if (chain is null || chain.Strikes.Count == 0 || expiry is not { } day)
        {
            return Fail("option", $"no options of {symbol} are listed", "Wait until the contract farm is connected.");
        }

        var middle = double.IsNaN(price) ? chain.Strikes[chain.Strikes.Count / 2] : price;
        foreach (var strike in chain.Strikes.OrderBy(s => Math.Abs(s - middle)).Take(StrikesTried))
        {
            var option = IbkrContract.Option(symbol, day, strike, OptionRight.Call, chain.TradingClass);
            var found = await client.QualifyAsync(option, cancellationToken);
            if (found.Details is { } details)
            {
                var answer = await client.SnapshotAsync(details.Contract, cancellationToken);
                return Quotes("option", details.Contract.ToString(), answer);
            }
        }

        return Warn("option", $"none of {StrikesTried} options of {symbol} could be found", "Try again later.");
    }

    private static DoctorFinding Quotes(string name, string what, QuoteAnswer answer)
    {
        const string Subscribe =
            "Subscribe to the market data in IBKR's account management (options: OPRA, and the exchange of the underlying).";
        if (answer.Error is { } error)
        {
            var isNone = error.Code == IbkrErrorCodes.NotSubscribed;
            return Fail(name, isNone ? $"{what}: no quotes at all. {error.Message}" : error.Message, Subscribe);
        }

        var fields = answer.Quote.Fields;
        var kind = answer.Quote.DataType;
        return (fields & (QuoteFields.Bid | QuoteFields.Ask | QuoteFields.Last)) == QuoteFields.None
                ? Warn(
                    name,
                    $"{what}: no quotes now",
                    "Outside trading hours that is usual; try again while the market is open."
                )
            : kind >= MarketDataType.Delayed ? Warn(name, $"{what}: delayed quotes only", Subscribe)
            : answer.Notice is GatewayCodes.PartlySubscribed or GatewayCodes.PartlySubscribedForApi
                ? Warn(name, $"{what}: quotes in part; Greeks need the underlying's", Subscribe)
            : Ok(name, $"{what}: {(kind == MarketDataType.Frozen ? "frozen" : "live")} quotes ({fields})");
    }

    /// <summary>The last word of each farm counts.</summary>
    private static DoctorFinding Farms(IReadOnlyList<(int Code, string Text)> notices)
    {
        var farms = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (code, text) in notices)
        {
            if (code is 2103 or 2105 or 2157 or 2104 or 2106 or 2107 or 2108 or 2119 or 2158)
            {
                var name = text[(text.LastIndexOfAny([':', '.']) + 1)..].Trim();
                farms[name] = code is not (2103 or 2105 or 2157);
            }
        }

        var link = notices.LastOrDefault(n =>
            n.Code is GatewayCodes.LinkLost or GatewayCodes.LinkBack or GatewayCodes.LinkBackDataLost
        );
        var broken = farms.Where(f => !f.Value).Select(f => f.Key).ToList();
        const string Advice = "Wait: the gateway connects by itself. On weekends IBKR maintains its farms.";
        return link.Code == GatewayCodes.LinkLost ? Fail("farms", "the gateway has lost its link to IBKR", Advice)
            : broken.Count > 0 ? Warn("farms", $"broken: {string.Join(", ", broken)}", Advice)
            : farms.Count == 0 ? Ok("farms", "no data farm has said anything")
            : Ok("farms", string.Join(", ", farms.Keys));
    }
}
