using Tidemark.Testing;
using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>Requests other than quotes.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task Qualify_FoundAmbiguousUnknownAndRefused_AreValuesOneForEach()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var message = await session.ReadAsync();
                var id = message[2];
                await session.SendAsync(
                    message[7] switch
                    {
                        "1" => [Row(id), $"52␀1␀{id}␀"],
                        "2" => [Row(id), Row(id), $"52␀1␀{id}␀"],
                        "3" => [$"4␀2␀{id}␀200␀No security definition has been found for the request␀␀"],
                        "4" =>
                        [
                            $"4␀2␀{id}␀321␀Error validating request.-'bQ' : cause - Please enter a valid security type␀␀",
                        ],
                        "5" => [$"52␀1␀{id}␀"],
                        _ => [$"10␀{id}␀AAPL␀", $"52␀1␀{id}␀"],
                    }
                );
            }
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answers = await client.QualifyAsync(LifeTests.Contracts(6), CancellationToken.None).ListAsync();

        var byStrike = answers.OrderBy(a => a.Index).ToList();
        byStrike
            .Select(a => (a.Outcome, a.Candidates.Count, a.Error?.Code))
            .ShouldBe([
                (QualificationOutcome.Found, 1, null),
                (QualificationOutcome.Ambiguous, 2, IbkrErrorCodes.Contract),
                (QualificationOutcome.Unknown, 0, IbkrErrorCodes.Contract),
                (QualificationOutcome.Failed, 0, IbkrErrorCodes.Rejected),
                (QualificationOutcome.Unknown, 0, IbkrErrorCodes.Contract),
                (QualificationOutcome.Failed, 0, IbkrErrorCodes.Garbled),
            ]);
        byStrike[0].Details!.Contract.ConId.ShouldBe(727230001);
        byStrike[1].Details.ShouldBeNull();
    }

    [Fact]
    public async Task ContractDetails_TextsThatContractsShare_AreOneString()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync(Row(id), Row(id), $"52␀1␀{id}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var rows = await client.ContractDetailsAsync(Ib.Option, CancellationToken.None);

        rows.Count.ShouldBe(2);
        ReferenceEquals(rows[0].TradingHours, rows[1].TradingHours).ShouldBeTrue();
        ReferenceEquals(rows[0].Contract.Exchange, rows[1].Contract.Exchange).ShouldBeTrue();
    }

    [Fact]
    public async Task History_Bars_AreThoseSent()
    {
        await using var peer = Answer(id =>
            [$"17␀{id}␀a␀b␀2␀1763640000␀1␀2␀0.5␀1.5␀100␀1.2␀7␀1763640300␀1.5␀2␀1␀1.75␀50␀1.6␀3␀"]
        );
        await using var client = await Ib.ConnectAsync(peer);

        var bars = await client.HistoryAsync(Ib.Aapl, new HistoryQuery("5 mins", "600 S"), CancellationToken.None);

        bars.Select(b => (b.Date, b.Close, b.Volume)).ShouldBe([("1763640000", 1.5, 100), ("1763640300", 1.75, 50)]);
    }

    [Fact]
    public async Task History_None_IsAnErrorWithTheGatewaysText()
    {
        await using var peer = Answer(id =>
            [
                $"4␀2␀{id}␀162␀Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades␀␀",
            ]
        );
        await using var client = await Ib.ConnectAsync(peer);

        var error = await Should.ThrowAsync<IbkrException>(() =>
            client.HistoryAsync(Ib.Aapl, new HistoryQuery("1 day", "1 D"), CancellationToken.None)
        );

        (error.Code, error.GatewayCode, error.Request).ShouldBe((IbkrErrorCodes.Rejected, 162, "reqHistoricalData"));
        error.Message.ShouldContain("HMDS query returned no data");
        client.Statistics.PacingErrors.ShouldBe(0);
    }

    [Fact]
    public async Task HeadTimestamp_Seconds_IsAMoment()
    {
        await using var peer = Answer(id => [$"88␀{id}␀345479400␀"]);
        await using var client = await Ib.ConnectAsync(peer);

        var first = await client.HeadTimestampAsync(Ib.Aapl, "TRADES", true, CancellationToken.None);

        first.ShouldBe(new DateTimeOffset(1980, 12, 12, 14, 30, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task MatchingSymbols_Answer_IsTheContracts()
    {
        await using var peer = Answer(id => [$"79␀{id}␀1␀265598␀AAPL␀STK␀NASDAQ.NMS␀USD␀1␀OPT␀APPLE INC␀␀"]);
        await using var client = await Ib.ConnectAsync(peer);

        var matches = await client.MatchingSymbolsAsync("appl", CancellationToken.None);

        matches.Single().Contract.PrimaryExchange.ShouldBe("NASDAQ.NMS");
    }

    [Fact]
    public async Task CurrentTime_Seconds_IsAMoment()
    {
        await using var peer = Answer(_ => ["49␀1␀1763672130␀"]);
        await using var client = await Ib.ConnectAsync(peer);

        var time = await client.CurrentTimeAsync(CancellationToken.None);

        time.ShouldBe(new DateTimeOffset(2025, 11, 20, 20, 55, 30, TimeSpan.Zero));
    }

    [Fact]
    public async Task OptionChains_UnknownUnderlying_IsEmpty()
    {
        await using var peer = Answer(id => [$"76␀{id}␀"]);
        await using var client = await Ib.ConnectAsync(peer);

        (await client.OptionChainsAsync(Ib.Aapl, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_NoAnswer_TimesOutWithItsNameAndSubject()
    {
        var clock = new ManualClock();
        await using var peer = Answer(_ => []);
        await using var client = await Ib.ConnectAsync(
            Ib.Fast(peer.Port) with
            {
                Heartbeat = TimeSpan.FromDays(1),
            },
            clock
        );

        var asking = client.OptionChainsAsync(Ib.Aapl, CancellationToken.None);
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(30), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(30));
        var error = await Should.ThrowAsync<IbkrException>(() => asking);

        error.Code.ShouldBe(IbkrErrorCodes.Timeout);
        error.Message.ShouldContain("'reqSecDefOptParams' for AAPL STK");
    }

    [Fact]
    public async Task UnknownMessagesAndExtraFields_AreCountedAndHarmless()
    {
        await using var peer = Answer(id => ["9999␀what␀is␀this␀", "81␀1␀0.01␀c70003␀3␀", $"76␀{id}␀more␀"]);
        await using var client = await Ib.ConnectAsync(peer);

        await client.OptionChainsAsync(Ib.Aapl, CancellationToken.None);

        await QuoteTests.WhenAsync(() => client.Statistics.Extended == 1);
        (client.Statistics.Unused, client.Statistics.Broken).ShouldBe((2, 0));
    }

    [Theory]
    [InlineData("贵州茅台")]
    [InlineData("AA\0PL")]
    [InlineData("AA\nPL")]
    [InlineData("NESTLÉ")]
    public async Task Contract_TextThatTheWireCannotCarry_IsRefusedBeforeItIsSent(string symbol)
    {
        await using var peer = Answer(_ => []);
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.QualifyAsync(IbkrContract.Stock(symbol), CancellationToken.None);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.BadRequest);
        answer.Error.Message.ShouldContain("symbol");
        await Should.ThrowAsync<IbkrException>(() => client.MatchingSymbolsAsync(symbol, CancellationToken.None));
        client.Statistics.Sent.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task GarbageOnTheWire_CostsTheConnectionAndTheRequestIsAskedAgain()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync(nextId: session.Number * 1000);
            var id = (await session.ReadAsync())[1];
            await session.SendAsync(session.Number == 1 ? [0xDE, 0xAD, 0xBE, 0xEF] : GoldenFrames.BytesOf($"76␀{id}␀"));
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        (await client.OptionChainsAsync(Ib.Aapl, CancellationToken.None)).ShouldBeEmpty();
        client.Statistics.Reconnects.ShouldBe(1);
    }

    [Fact]
    public async Task Accounts_AreNeverInMessagesOrLogs()
    {
        var logger = new CapturingLogger<IbkrClient>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync(account: "U7654321,DF1234567", nextId: session.Number * 1000);
            var message = await session.ReadAsync();
            if (session.Number == 1)
            {
                return;
            }

            await session.SendAsync(
                $"4␀2␀{message[2]}␀354␀Requested market data is not subscribed for account U7654321.␀␀"
            );
            message = await session.ReadAsync();
            message = await session.ReadAsync();
            await session.SendAsync($"4␀2␀{message[2]}␀10299␀No rights of DF1234567␀␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), logger: logger);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        logger.Lines.ShouldNotBeEmpty();
        var said = string.Join('\n', logger.Lines.Select(l => l.Text)) + answer.Error;
        said.ShouldContain("(account)");
        said.ShouldNotContain("7654321");
        said.ShouldNotContain("1234567");
    }

    private static string Row(string id) => Golden.ContractData.Replace("10␀2␀", $"10␀{id}␀");

    /// <summary>
    /// A gateway that gives this answer to the first request; the number of a request stands second or third.
    /// </summary>
    private static GatewayPeer Answer(Func<string, string[]> answer) =>
        new(async session =>
        {
            await session.StartAsync();
            await session.SendAsync(answer((await session.ReadAsync())[1]));
            await session.StallAsync();
        });
}
