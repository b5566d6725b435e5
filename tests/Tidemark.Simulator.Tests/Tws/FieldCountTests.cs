using Tidemark.Simulator.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>The frames of a long session, held field by field against the tables of the protocol.</summary>
public sealed class FieldCountTests
{
    [Fact]
    public async Task MixedSession_EveryMessageThatTheGatewaySends_HasItsFieldsExactly()
    {
        await using var gateway = await TestGateway.StartAsync(options => options with { Limits = TwsLimits.None });
        var client = await gateway.ClientAsync();
        await client.SendAsync([
            .. StartUp(),
            .. Contracts(),
            .. Prices(),
            .. History(),
            "250␀1␀", // a message that is none
            "1␀11␀oops␀",
        ]);
        var frames = await client.ReadAllAsync();
        gateway.Market.Change(
            SmallMarket.AppleCall,
            q =>
                q with
                {
                    Bid = 5.05,
                    AskSize = 10,
                    Last = 5.1,
                    LastSize = 2,
                    Volume = 1545,
                    LastTime = q.LastTime!.Value.AddSeconds(5),
                }
        );
        gateway.Market.Change(SmallMarket.Apple, q => q with { Bid = double.NaN, BidSize = 0, Low = 198 });
        gateway.Advance(12);
        frames.AddRange(await client.ReadAllAsync());
        gateway.Market.State = Simulator.Options.TradingState.Closed;
        gateway.Advance(1);
        frames.AddRange(await client.ReadAllAsync());

        // The time itself, and what comes before a client is ready.
        frames.AddRange(["49␀1␀1763658000␀", "15␀1␀DU1234567␀"]);

        foreach (var frame in frames)
        {
            FieldTable.Check(frame);
        }

        var seen = frames.Select(frame => frame.Split('␀')[0]).ToHashSet();
        FieldTable.Rows.Keys.Where(message => !seen.Contains(message)).ShouldBeEmpty("messages that were never sent");
        frames.Count.ShouldBeGreaterThan(150);
    }

    private static string[] StartUp() =>
        [
            "14␀1␀2␀",
            "15␀1␀1␀",
            "61␀1␀",
            "64␀1␀",
            "5␀1␀",
            "16␀1␀",
            "99␀0␀",
            "6␀2␀1␀DU1234567␀",
            "6␀2␀0␀DU1234567␀",
            "74␀1␀2␀DU1234567␀␀",
            "75␀1␀2␀",
            "76␀1␀3␀DU1234567␀␀0␀",
            "77␀1␀3␀",
            "7␀3␀4␀0␀␀␀␀␀␀␀",
            "62␀1␀5␀All␀NetLiquidation,BuyingPower␀",
            "63␀1␀5␀",
            "8␀1␀1␀",
            "17␀1␀",
            "81␀6␀AA␀",
            "83␀7␀c70003␀",
            "91␀26␀",
            "91␀109␀",
            "91␀1␀",
            .. Information(),
        ];

    private static string[] Information() =>
        [
            "24␀1␀",
            "22␀70␀10␀STK␀STK.US.MAJOR␀TOP_PERC_GAIN␀␀␀␀␀␀␀␀␀␀␀␀␀␀0␀␀␀ALL␀␀␀",
            "67␀1␀71␀",
            "68␀1␀72␀1␀",
            "79␀73␀",
            "80␀",
            "82␀",
            "85␀",
            "86␀74␀265598␀BRFG␀␀␀10␀␀",
            "92␀75␀DU1234567␀␀",
            "94␀76␀DU1234567␀␀265598␀",
            "104␀77␀",
            "50␀3␀78␀" + Ask.Stock + "5␀MIDPOINT␀1␀␀",
            "50␀3␀79␀" + Ask.Stock + "5␀TRADES␀1␀␀",
        ];

    private static string[] Contracts() =>
        [
            Ask.Details(20, Ask.Stock),
            Ask.Details(21, Ask.Option()),
            Ask.Details(22, Ask.Option(strike: "", right: "", exchange: "")),
            Ask.Details(23, Ask.Underlying("SPX", "IND", "CBOE")),
            Ask.Details(24, Ask.Option(strike: "1")),
            Ask.Chain(25),
            Ask.Chain(26, "SPX", SmallMarket.Index, "IND"),
            Ask.Chain(27, conId: 99),
            Ask.Chain(28, secType: "OPT"),
        ];

    private static string[] Prices() =>
        [
            Ask.Snapshot(40),
            Ask.Snapshot(41, Ask.Unquoted),
            Ask.Snapshot(42, Ask.Stock),
            Ask.Stream(43, generic: "100,101,233,106"),
            Ask.Stream(44, Ask.Stock, "165,104,106,233,232"),
            Ask.Stream(45, Ask.Unquoted, "100,101"),
            Ask.Stream(43),
            Ask.DataType(3),
            Ask.Stream(46, Ask.Put),
            Ask.Cancel(46),
            Ask.Cancel(46),
            "97␀47␀" + Ask.Call + "Last␀0␀0␀",
            "96␀48␀" + Ask.Call + "0␀␀␀10␀TRADES␀1␀0␀␀",
            "54␀3␀49␀" + Ask.Call + "5.1␀200␀0␀␀",
            "3␀50␀",
        ];

    private static string[] History() =>
        [
            Ask.Bars(60, keeps: true),
            Ask.Bars(61, show: "MIDPOINT", format: 2),
            Ask.Bars(62, size: "1 day", duration: "5 D"),
            Ask.Bars(63, size: "1 day", duration: "5 D", show: "SCHEDULE"),
            Ask.Bars(64, Ask.Unquoted),
            Ask.Head(65),
            Ask.Head(66, format: 2),
            "90␀66␀",
        ];
}
