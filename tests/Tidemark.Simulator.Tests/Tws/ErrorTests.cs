using Tidemark.Simulator.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Every refusal of the protocol, provoked.</summary>
public sealed class ErrorTests
{
    /// <summary>A request, and how its answer begins.</summary>
    public static TheoryData<string, string> Refusals =>
        new()
        {
            { Ask.Snapshot(3, Ask.Option(strike: "1")), "4␀2␀3␀200␀No security definition has been found" },
            { Ask.Snapshot(3, Ask.Option(strike: "1.7976931348623157E308")), "4␀2␀3␀200␀The contract description" },
            { Ask.Snapshot(3, Ask.Option(strike: "1e300")), "4␀2␀3␀200␀No security definition" },
            { Ask.Snapshot(3, Ask.Option(strike: "-5")), "4␀2␀3␀200␀No security definition" },
            { Ask.Snapshot(3, Ask.Option(strike: "NaN")), "4␀2␀3␀200␀No security definition" },
            {
                Ask.Snapshot(3, Ask.Option(strike: "abc")),
                "4␀2␀3␀320␀Error reading request. Unable to parse field: 'Strike' for input string: 'abc'␀"
            },
            { Ask.Snapshot(3, Ask.Option(date: "20251218")), "4␀2␀3␀200␀No security definition" },
            { Ask.Snapshot(3, Ask.Option(right: "X")), "4␀2␀3␀200␀No security definition" },
            {
                Ask.Snapshot(3, Ask.Option(date: "")),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Please enter a local symbol or an expiry␀"
            },
            {
                Ask.Snapshot(3, Ask.Option(exchange: "")),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Please enter exchange␀"
            },
            {
                Ask.Snapshot(3, Ask.Underlying("AAPL", "XYZ")),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Please enter a valid security type␀"
            },
            {
                Ask.Snapshot(3, Ask.Option(strike: "", right: "")),
                "4␀2␀3␀200␀The contract description specified for AAPL is ambiguous.␀"
            },
            {
                Ask.Snapshot(3, Ask.Option("SPX", strike: "6600")),
                "4␀2␀3␀200␀The contract description specified for SPX is ambiguous; you must specify the multiplier or trading class.␀"
            },
            {
                Ask.Snapshot(3, generic: "100"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Snapshot market data subscription is not applicable to generic ticks␀"
            },
            {
                Ask.Stream(3, generic: "100,7"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Incorrect generic tick list of 100,7.  Legal ones for (OPT) are: 100(Option Volume),101(Option Open Interest),105("
            },
            {
                Ask.Stream(3, generic: "162"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Incorrect generic tick list of 162."
            },
            { "1␀11␀3␀" + Ask.Call + "0␀␀1␀1␀␀", "4␀2␀3␀10170␀" },
            { Ask.Cancel(3), "4␀2␀3␀300␀Can't find EId with tickerId:3␀" },
            { Ask.DataType(5), "4␀2␀-1␀321␀Error validating request.-'bQ' : cause - Invalid market data type␀" },
            { Ask.Details(3, Ask.Option(strike: "1")), "4␀2␀3␀200␀No security definition" },
            { Ask.Details(3, Ask.Underlying("AAPL", "BAG")), "4␀2␀3␀321␀" },
            {
                Ask.Details(3, Ask.Underlying("AAPL", "")),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Please enter a valid security type␀"
            },
            {
                Ask.Details(3, "-5␀␀␀␀0␀␀␀␀␀␀␀␀"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Invalid contract id␀"
            },
            {
                Ask.Details(3, "99999999999␀␀␀␀0␀␀␀␀␀␀␀␀"),
                "4␀2␀3␀320␀Error reading request. Unable to parse field: 'Con Id' for input string: '99999999999'␀"
            },
            {
                Ask.Chain(3, secType: "OPT"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Invalid security type - OPT␀"
            },
            {
                Ask.Chain(3, secType: "FUT"),
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Missing exchange for security type FUT␀"
            },
            { Ask.Chain(3, conId: 0), "4␀2␀3␀321␀Error validating request.-'bQ' : cause - Invalid contract id␀" },
            {
                Ask.Bars(3, Ask.Unquoted),
                "4␀2␀3␀162␀Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades␀"
            },
            { Ask.Bars(3, Ask.Option(strike: "1")), "4␀2␀3␀200␀" },
            { Ask.Bars(3, show: "LAST"), "4␀2␀3␀10299␀" },
            { Ask.Bars(3, end: "tomorrow"), "4␀2␀3␀10314␀" },
            { Ask.Bars(3, end: "20251120 12:00:00 Mars/Phobos"), "4␀2␀3␀10314␀" },
            { Ask.Bars(3, size: "7 mins"), "4␀2␀3␀321␀" },
            { Ask.Bars(3, duration: "1 Q"), "4␀2␀3␀321␀" },
            { Ask.Bars(3, end: "20251120-17:00:00", keeps: true), "4␀2␀3␀321␀" },
            { Ask.Bars(3, end: "20251120 12:00:00"), "4␀2␀3␀2174␀" },
            { Ask.Head(3, Ask.Unquoted), "4␀2␀3␀162␀Historical Market Data Service error message:No head time stamp␀" },
            { Ask.Head(3, show: "X"), "4␀2␀3␀10299␀" },
            { "25␀1␀3␀", "4␀2␀3␀366␀No historical data query found for ticker id:3␀" },
            {
                "3␀3␀",
                "4␀2␀3␀321␀Error validating request.-'bQ' : cause - The API interface is currently in Read-Only mode.␀"
            },
            { "97␀3␀" + Ask.Call + "Last␀0␀0␀", "4␀2␀3␀10189␀" },
            { "96␀3␀" + Ask.Call + "0␀␀␀10␀TRADES␀1␀0␀␀", "4␀2␀3␀10187␀" },
            { "54␀3␀3␀" + Ask.Option(strike: "1") + "5.1␀200␀0␀␀", "4␀2␀3␀200␀" },
            { "54␀3␀3␀" + Ask.Stock + "5.1␀200␀0␀␀", "4␀2␀3␀321␀" },
            { "55␀3␀3␀" + Ask.Call + "0␀200␀0␀␀", "4␀2␀3␀321␀" },
            { "10␀5␀3␀" + Ask.Stock + "5␀0␀␀", "4␀2␀3␀10092␀Deep market data is not supported" },
            { "11␀1␀3␀0␀", "4␀2␀3␀310␀Can't find the subscribed market depth with tickerId:3␀" },
            { "18␀1␀1␀", "4␀2␀-1␀321␀" },
            { "19␀1␀1␀<x/>␀3␀", "4␀2␀3␀321␀" },
            { "21␀2␀3␀" + Ask.Call + "1␀1␀DU1234567␀0␀", "4␀2␀3␀321␀" },
            { "50␀3␀3␀" + Ask.Option(strike: "1") + "5␀TRADES␀1␀␀", "4␀2␀3␀200␀" },
            { "50␀3␀3␀" + Ask.Stock + "5␀SCHEDULES␀1␀␀", "4␀2␀3␀10299␀" },
            { "52␀2␀3␀265598␀AAPL␀STK␀SMART␀␀USD␀␀ReportSnapshot␀0␀␀", "4␀2␀3␀430␀" },
            { "58␀1␀", "4␀2␀-1␀321␀" },
            { "84␀3␀BRFG␀BRFG$1␀␀", "4␀2␀3␀10172␀" },
            { "88␀3␀" + Ask.Stock + "0␀1␀3 days␀", "4␀2␀3␀10188␀" },
            { "100␀3␀", "4␀2␀3␀10276␀" },
            { "102␀3␀265598␀␀0␀0␀0␀␀␀␀", "4␀2␀3␀10276␀" },
            {
                "250␀3␀",
                "4␀2␀-1␀320␀Error reading request. Unable to parse field: 'Message Id' for input string: '250'␀"
            },
            { "what␀3␀", "4␀2␀-1␀320␀" },
            {
                "1␀11␀3␀265598␀AAPL␀",
                "4␀2␀3␀320␀Error reading request. Unable to parse field: 'Security Type' for input string: ''␀"
            },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Request_ThatIsRefused_SaysWhyAndLeavesTheConnection(string request, string answer)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(request);

        (await client.ReadAsync()).ShouldStartWith(answer);
        var code = int.Parse(answer.Split('␀')[3]);
        gateway.Statistics.Errors[code].ShouldBe(1);
        await client.ReadAllAsync();
    }

    [Fact]
    public async Task RequestId_UsedTwice_IsRefusedOnlyWhileItIsActive()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3), Ask.Stream(3));
        (await client.ReadAllAsync())[^1]
            .ShouldBe("4␀2␀3␀322␀Error processing request.-'bQ' : cause - Duplicate ticker id␀␀");

        await client.SendAsync(Ask.Cancel(3), Ask.Stream(3), Ask.Bars(9, keeps: true), Ask.Bars(9, keeps: true));

        var frames = await client.ReadAllAsync();
        frames[0].ShouldStartWith("58␀1␀3␀");
        frames[^1]
            .ShouldBe(
                "4␀2␀9␀322␀Error processing request.-'bQ' : cause - Duplicate ticker ID for API historical data query␀␀"
            );
        gateway.Statistics.Lines.ShouldBe(1);
    }

    [Theory]
    [InlineData(EntitlementProfile.Delayed, 1, Ask.Stock, 10089)]
    [InlineData(EntitlementProfile.Delayed, 1, Ask.Call, 354)]
    [InlineData(EntitlementProfile.Delayed, 2, Ask.Call, 10168)]
    [InlineData(EntitlementProfile.None, 1, Ask.Call, 354)]
    [InlineData(EntitlementProfile.None, 3, Ask.Call, 10186)]
    [InlineData(EntitlementProfile.Partial, 1, Ask.Stock, 10089)]
    public async Task MarketData_NotEntitled_IsDeadAndTakesNoLine(
        EntitlementProfile profile,
        int type,
        string contract,
        int code
    )
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { Profile = profile });
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.DataType(type), Ask.Snapshot(3, contract));

        (await client.ReadAllAsync()).ShouldHaveSingleItem().ShouldStartWith($"4␀2␀3␀{code}␀Requested market data");
        gateway.Statistics.Lines.ShouldBe(0);
    }

    [Fact]
    public async Task MarketData_NotEntitled_NamesTheSource()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Profile = EntitlementProfile.Delayed,
            }
        );
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Snapshot(3));

        (await client.ReadAsync()).ShouldBe(
            "4␀2␀3␀354␀Requested market data is not subscribed.Delayed market data is available.AAPL NASDAQ.NMS/TOP/ALL␀␀"
        );
    }

    [Fact]
    public async Task History_NotEntitled_IsRefused()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Profile = EntitlementProfile.None,
            }
        );
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Bars(3));

        (await client.ReadAsync()).ShouldStartWith(
            "4␀2␀3␀162␀Historical Market Data Service error message:No market data permissions for AAPL@SMART"
        );
    }
}
