using Tidemark.Simulator.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>
/// Every error that the gateway knows, and what the client makes of it; after each the session goes on.
/// </summary>
public sealed class ErrorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IbkrContract Option => Pair.Options(1)[0];

    /// <summary>Entitlements by profile: what a wish for one type of data gets.</summary>
    [Theory]
    [InlineData(EntitlementProfile.None, MarketDataType.Live, true, 354, IbkrErrorCodes.NotSubscribed)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Live, true, 354, IbkrErrorCodes.NotSubscribed)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Live, false, 10089, IbkrErrorCodes.NotSubscribed)]
    [InlineData(EntitlementProfile.Partial, MarketDataType.Live, true, 10090, null)]
    [InlineData(EntitlementProfile.Partial, MarketDataType.Delayed, true, 10091, null)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Delayed, true, 10167, null)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Frozen, true, 10168, IbkrErrorCodes.NotSubscribed)]
    [InlineData(EntitlementProfile.None, MarketDataType.Delayed, true, 10186, IbkrErrorCodes.NotSubscribed)]
    public async Task Entitlement_Missing_IsANoticeOrAReason(
        EntitlementProfile profile,
        MarketDataType type,
        bool isOption,
        int code,
        string? refused
    )
    {
        await using var pair = await Pair.StartAsync(
            gateway: o => o with { Profile = profile },
            client: o => o with { MarketDataType = type, AllowDelayed = false }
        );

        var answer = await pair.Client.SnapshotAsync(isOption ? Option : Pair.Stock("AAPL"), Stop);

        pair.Gateway.Statistics.Errors.Keys.ShouldContain(code);
        answer.Error?.Code.ShouldBe(refused);
        (answer.Error?.GatewayCode ?? answer.Notice).ShouldBe(code);
        (answer.Error is null).ShouldBe(refused is null);
        answer.Quote.Fields.HasFlag(QuoteFields.Bid).ShouldBe(refused is null);
        pair.Client.Statistics.FallBacks.ShouldBe(0);

        // Whatever the account may see, contracts are there for everybody.
        (await pair.Client.QualifyAsync(Pair.Stock("MSFT"), Stop)).Outcome.ShouldBe(QualificationOutcome.Found);
    }

    /// <summary>
    /// What a request is refused with is a reason in its answer, under our code and with the gateway's number.
    /// </summary>
    [Theory]
    [InlineData(
        162,
        "Historical Market Data Service error message:Trading TWS session is connected from a different IP address",
        IbkrErrorCodes.Rejected
    )]
    [InlineData(
        320,
        "Error reading request. Unable to parse field: 'Con Id' for input string: 'x'",
        IbkrErrorCodes.Rejected
    )]
    [InlineData(
        321,
        "Error validating request.-'bQ' : cause - The API interface is currently in Read-Only mode.",
        IbkrErrorCodes.Rejected
    )]
    [InlineData(322, "Error processing request.-'bQ' : cause - Duplicate ticker id", IbkrErrorCodes.Rejected)]
    [InlineData(10170, "No permissions for regulatory snapshot market data.", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10187, "Failed to request historical ticks:No market data permissions", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10189, "Failed to request tick-by-tick data.No market data permissions", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10197, "No market data during competing live session", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10299, "Expected what to show is TRADES", IbkrErrorCodes.Rejected)]
    [InlineData(10314, "End Date/Time: The date, time, or time-zone entered is invalid.", IbkrErrorCodes.Rejected)]
    [InlineData(9999, "nobody knows this one", IbkrErrorCodes.Rejected)]
    public async Task Request_Refused_HasTheReason(int code, string text, string expected)
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMktData", Pair.Error(code, text)));

        var answer = await pair.Client.SnapshotAsync(Option, Stop);

        ShouldBe(answer.Error, code, expected);
        pair.Gateway.Statistics.Requests["reqMktData"].ShouldBe(1, "it would fail again");
        await pair.ShouldGoOnAsync();
    }

    /// <summary>A complaint about the pace is no answer: the request is asked again.</summary>
    [Theory]
    [InlineData(100, "Max rate of messages per second has been exceeded:max=50 rec=51 (1)")]
    [InlineData(101, "Max number of tickers has been reached")]
    [InlineData(
        321,
        "Error validating request.-'bQ' : cause - Snapshot requests limitation exceeded:100 per 1 second(s)"
    )]
    [InlineData(420, "Invalid real-time query: pacing violation")]
    public async Task Request_TooFast_IsAskedAgain(int code, string text)
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMktData", Pair.Error(code, text)));

        var answer = await pair.Client.SnapshotAsync(Option, Stop);

        answer.Error.ShouldBeNull();
        answer.Quote.Bid.ShouldBeGreaterThan(0);
        var statistics = pair.Client.Statistics;
        (statistics.PacingErrors, statistics.LineErrors).ShouldBe(code == 101 ? (0, 1) : (1, 0));
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task Lines_AllTakenForGood_IsAReasonAfterSomeTimes()
    {
        await using var pair = await Pair.StartAsync(gateway: o =>
            o with
            {
                Limits = TwsLimits.None with { Lines = 1 },
            }
        );
        await using (var stream = pair.Client.StreamAsync(Pair.Stock("AAPL"), "", Stop).GetAsyncEnumerator(Stop))
        {
            (await stream.MoveNextAsync()).ShouldBeTrue();

            var answer = await pair.Client.SnapshotAsync(Option, Stop);

            ShouldBe(answer.Error, 101, IbkrErrorCodes.Pacing);
            pair.Client.Statistics.LineErrors.ShouldBeGreaterThan(1);
        }

        await QuoteTests.WhenAsync(() => pair.Gateway.Statistics.Lines == 0);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task Contract_UnknownOrAmbiguous_IsAReason()
    {
        await using var pair = await Pair.StartAsync();
        var unknown = await pair.Client.SnapshotAsync(Option with { ConId = 999_999_999 }, Stop);
        var pattern = Option with { ConId = 0, Strike = 0, Right = OptionRight.None };
        var ambiguous = await pair.Client.SnapshotAsync(pattern, Stop);

        ShouldBe(unknown.Error, 200, IbkrErrorCodes.Contract);
        ShouldBe(ambiguous.Error, 200, IbkrErrorCodes.Contract);
        ambiguous.Error!.Message.ShouldContain("ambiguous");
        (await pair.Client.QualifyAsync(Option with { ConId = 999_999_999 }, Stop)).Outcome.ShouldBe(
            QualificationOutcome.Unknown
        );
        (await pair.Client.QualifyAsync(pattern, Stop)).Outcome.ShouldBe(QualificationOutcome.Ambiguous);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task Request_OfNonsense_IsRefusedByTheGateway()
    {
        await using var pair = await Pair.StartAsync();

        var exchange = await pair.Client.SnapshotAsync(Option with { Exchange = "" }, Stop);
        var ticks = await pair.Client.StreamAsync(Option, "100,9999", Stop).ListAsync();

        ShouldBe(exchange.Error, 321, IbkrErrorCodes.Rejected);
        ShouldBe(ticks.Single().Error, 321, IbkrErrorCodes.Rejected);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task CompetingSession_IsAReason()
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMktData", "competing_session"));

        ShouldBe((await pair.Client.SnapshotAsync(Option, Stop)).Error, 10197, IbkrErrorCodes.NotSubscribed);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task History_WithoutBarsOrPermission_IsAReason()
    {
        await using var pair = await Pair.StartAsync();
        await using var none = await Pair.StartAsync(gateway: o => o with { Profile = EntitlementProfile.None });
        var longAgo = new HistoryQuery("5 mins", "1 D", End: Pair.Morning.AddYears(-1));

        var noData = await Should.ThrowAsync<IbkrException>(pair.Client.HistoryAsync(Option, longAgo, Stop));
        var show = await Should.ThrowAsync<IbkrException>(
            pair.Client.HeadTimestampAsync(Option, "NOTHING", true, Stop)
        );
        var permission = await Should.ThrowAsync<IbkrException>(
            none.Client.HistoryAsync(Pair.Stock("AAPL"), new HistoryQuery("1 day", "5 D"), Stop)
        );

        ShouldBe(noData, 162, IbkrErrorCodes.Rejected);
        ShouldBe(show, 10299, IbkrErrorCodes.Rejected);
        ShouldBe(permission, 162, IbkrErrorCodes.NotSubscribed);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task History_SameAgainTooSoon_WaitsAndComes()
    {
        await using var pair = await Pair.StartAsync(gateway: o =>
            o with
            {
                Limits = TwsLimits.None with { PacesHistory = true },
            }
        );
        var query = new HistoryQuery("30 secs", "600 S", End: Pair.Morning);
        var first = await pair.Client.HistoryAsync(Pair.Stock("AAPL"), query, Stop);

        var second = await pair.Client.HistoryAsync(Pair.Stock("AAPL"), query, Stop);

        second.Count.ShouldBe(first.Count);
        pair.Client.Statistics.PacingErrors.ShouldBe(pair.Gateway.Statistics.Errors.GetValueOrDefault(162));
        await pair.ShouldGoOnAsync();
    }

    /// <summary>
    /// 2174 is a warning: the request is still served. What is cancelled too late (300, 366) is nobody's error.
    /// </summary>
    [Fact]
    public async Task Warning_OnARequest_DoesNotEndIt()
    {
        await using var pair = await Pair.StartAsync(
            Pair.Rule("reqHistoricalData", Pair.Error(2174, "without explicit time zone"))
                + Pair.Rule("reqMktData", "silent")
        );
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var notices = pair.Client.Statistics.Notices;
        var history = pair.Client.HistoryAsync(Pair.Stock("AAPL"), new HistoryQuery("1 day", "5 D"), left.Token);
        var snapshot = pair.Client.SnapshotAsync(Option, left.Token);
        await QuoteTests.WhenAsync(() =>
            pair.Gateway.Statistics.Errors.ContainsKey(2174)
            && pair.Client.Statistics.Notices > notices
            && pair.Gateway.Statistics.Requests.ContainsKey("reqMktData")
        );
        (history.IsCompleted, snapshot.IsCompleted).ShouldBe((false, false));

        await left.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(history);
        await Should.ThrowAsync<OperationCanceledException>(snapshot);
        await QuoteTests.WhenAsync(() =>
            pair.Gateway.Statistics.Errors is var errors && errors.ContainsKey(300) && errors.ContainsKey(366)
        );
        await pair.ShouldGoOnAsync();
    }

    /// <summary>What belongs to no request is kept for the doctor, and changes nothing but where it must.</summary>
    [Theory]
    [InlineData(0, "Warning: Approaching max rate of 50 messages per second (44)")]
    [InlineData(2103, "Market data farm connection is broken:usfarm")]
    [InlineData(2105, "HMDS data farm connection is broken:ushmds")]
    [InlineData(2157, "Sec-def data farm connection is broken:secdefil")]
    [InlineData(2104, "Market data farm connection is OK:usfarm.nj")]
    [InlineData(2106, "HMDS data farm connection is OK:euhmds")]
    [InlineData(2107, "HMDS data farm connection is inactive but should be available upon demand.ushmds")]
    [InlineData(2108, "Market data farm connection is inactive but should be available upon demand.usfarm")]
    [InlineData(2119, "Market data farm is connecting:usopt")]
    [InlineData(2158, "Sec-def data farm connection is OK:secdefnj")]
    [InlineData(321, "Error validating request.-'bQ' : cause - Invalid market data type")]
    public async Task Notice_OfTheSession_IsKept(int code, string text)
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMarketDataType", Pair.Error(code, text)));

        await pair.Client.SetMarketDataTypeAsync(MarketDataType.Live, Stop);
        await pair.ShouldGoOnAsync();

        pair.Client.Notices.ShouldContain((code, text));
        pair.Client.Statistics.PacingErrors.ShouldBe(code == 0 ? 1 : 0);
        pair.Client.Statistics.Reconnects.ShouldBe(0);
    }

    [Fact]
    public async Task Farms_AtConnect_AreNoticed()
    {
        await using var pair = await Pair.StartAsync();
        await pair.ShouldGoOnAsync();

        pair.Client.Notices.Select(n => n.Code).ShouldBe([2104, 2106, 2158]);
    }

    [Theory]
    [InlineData("reset", "the socket port was reset")]
    [InlineData("moved", "the socket port was reset to {0}")]
    public async Task PortReset_IsFollowed(string _, string text)
    {
        await using var target = await Pair.GatewayAsync();
        var notice = string.Format(System.Globalization.CultureInfo.InvariantCulture, text, target.Gateway.Port);
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMarketDataType", Pair.Error(1300, notice)));

        await pair.Client.SetMarketDataTypeAsync(MarketDataType.Live, Stop);
        await QuoteTests.WhenAsync(() => pair.Client.Statistics.Reconnects == 1);
        await pair.ShouldGoOnAsync();

        target.Gateway.Statistics.ClientsAccepted.ShouldBe(text.EndsWith('}') ? 1 : 0);
    }

    [Fact]
    public async Task ClientId_InUse_IsTold()
    {
        await using var pair = await Pair.StartAsync();

        var error = await Should.ThrowAsync<IbkrException>(
            Pair.ConnectAsync(Pair.Patient(pair.Gateway.Port), pair.Clock)
        );

        ShouldBe(error, 326, IbkrErrorCodes.ClientId);
        await pair.ShouldGoOnAsync();
    }

    private static void ShouldBe(IbkrException? error, int gatewayCode, string code)
    {
        error.ShouldNotBeNull();
        error.GatewayCode.ShouldBe(gatewayCode);
        error.Code.ShouldBe(code);
    }
}
