using Tidemark.Simulator.Tws;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>What our client makes of what our gateway does, right and wrong. They share no code, only the protocol.</summary>
public sealed class TogetherTests(ITestOutputHelper output)
{
    /// <summary>A refusal of one request, and what becomes of it; the session goes on in any case.</summary>
    [Theory]
    [InlineData(100, "Max rate of messages per second has been exceeded:max=50 rec=51 (1)", null)]
    [InlineData(101, "Max number of tickers has been reached", null)]
    [InlineData(200, "No security definition has been found for the request", IbkrErrorCodes.Contract)]
    [InlineData(320, "Error reading request. Unable to parse field: 'Con Id'", IbkrErrorCodes.Rejected)]
    [InlineData(321, "Error validating request.-'bQ' : cause - Please enter exchange", IbkrErrorCodes.Rejected)]
    [InlineData(321, "… cause - Snapshot requests limitation exceeded:100 per 1 second(s)", null)]
    [InlineData(322, "Error processing request.-'bQ' : cause - Duplicate ticker id", IbkrErrorCodes.Rejected)]
    [InlineData(354, "Requested market data is not subscribed.", null)]
    [InlineData(420, "Invalid Real-time Query:pacing violation", null)]
    [InlineData(10089, "Requested market data requires additional subscription for API.", null)]
    [InlineData(10168, "Requested market data is not subscribed. Delayed market data is not enabled.", null)]
    [InlineData(10170, "No permissions for regulatory snapshots", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10186, "Requested market data is not subscribed. Delayed market data is not enabled.", null)]
    [InlineData(10187, "No permissions for historical ticks", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10189, "No permissions for tick-by-tick", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10197, "No market data during competing live session", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10299, "Expected what to show", IbkrErrorCodes.Rejected)]
    [InlineData(10314, "End Date/Time is wrong", IbkrErrorCodes.Rejected)]
    [InlineData(31337, "never heard of", IbkrErrorCodes.Rejected)]
    public async Task Snapshot_RefusedOnce_IsAskedAgainOrHasItsReason(int code, string text, string? reason)
    {
        var contracts = GatewayRig.Quoted(2);
        await using var rig = await GatewayRig.StartAsync(
            $"- {{ vendor: tws, api: reqMktData, when: {{ nth: 1 }}, do: {{ error: {{ code: {code}, message: \"{text}\" }} }} }}",
            speed: 20
        );

        var refused = await rig.Client.SnapshotAsync(contracts[0], TestContext.Current.CancellationToken);
        var next = await rig.Client.SnapshotAsync(contracts[1], TestContext.Current.CancellationToken);

        refused.Error?.Code.ShouldBe(reason);
        (refused.Error is null).ShouldBe(reason is null, refused.Error?.Message);
        if (reason is null)
        {
            double.IsNaN(refused.Quote.Bid).ShouldBeFalse();
            rig.Gateway.Statistics.Requests["reqMktData"].ShouldBe(3, "asked again once");
        }
        else
        {
            refused.Error!.GatewayCode.ShouldBe(code);
            refused.Error.Message.ShouldContain(text);
        }

        next.Error.ShouldBeNull();
        rig.Client.Statistics.Reconnects.ShouldBe(0);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("truncate")]
    [InlineData("garbage")]
    [InlineData("hang_up")]
    [InlineData("duplicate")]
    [InlineData("extra_fields")]
    [InlineData("unknown_message")]
    [InlineData("split")]
    [InlineData("merge")]
    public async Task Snapshot_AnswerSpoiledOnTheWay_CostsNobodyElseAnything(string fault)
    {
        var contracts = GatewayRig.Quoted(20);
        await using var rig = await GatewayRig.StartAsync(
            $"- {{ vendor: tws, api: reqMktData, when: {{ nth: 3 }}, do: {{ {fault}: true }} }}",
            with: o => o with { SnapshotTimeout = TimeSpan.FromSeconds(5) } // an end without its number ends nothing
        );

        var answers = await rig.SnapshotsAsync(contracts);

        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, contracts.Count));
        answers.Count(a => a.Error is not null).ShouldBeLessThanOrEqualTo(1);
        answers.ShouldAllBe(a => a.Error != null || a.Quote.Fields.HasFlag(QuoteFields.Bid | QuoteFields.Greeks));
    }

    [Fact]
    public async Task Snapshots_ConnectionCutAgainAndAgain_EachContractHasOneAnswer()
    {
        const int Contracts = 1_000;
        var contracts = GatewayRig.Quoted(Contracts);
        await using var rig = await GatewayRig.StartAsync(
            "- { vendor: tws, api: reqMktData, when: { every: 50 }, do: { hang_up: true } }",
            with: o => o with { Lines = 10 }
        );

        var answers = await rig.SnapshotsAsync(contracts);

        var cuts = rig.Client.Statistics.Reconnects;
        output.WriteLine($"proof: {Contracts} snapshots, the connection cut {cuts} times");
        cuts.ShouldBeGreaterThanOrEqualTo(20);
        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, Contracts));
        answers.ShouldAllBe(a => a.Error != null || a.Quote.Fields.HasFlag(QuoteFields.Bid | QuoteFields.Greeks));
        answers.Count(a => a.Error is null).ShouldBeGreaterThan(Contracts * 9 / 10);
    }

    [Theory]
    [InlineData(EntitlementProfile.Live, MarketDataType.Live, 0, 0)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Delayed, 1, 10167)]
    [InlineData(EntitlementProfile.Partial, MarketDataType.Live, 0, 10090)]
    public async Task Snapshot_ByWhatTheAccountMaySee_SaysWhichKindItIs(
        EntitlementProfile profile,
        MarketDataType kind,
        int fallBacks,
        int notice
    )
    {
        await using var rig = await GatewayRig.StartAsync(profile: profile, speed: 20);

        var answer = await rig.Client.SnapshotAsync(GatewayRig.Quoted(1)[0], TestContext.Current.CancellationToken);

        answer.Error.ShouldBeNull();
        answer.Quote.DataType.ShouldBe(kind);
        answer.Notice.ShouldBe(notice);
        rig.Client.Statistics.FallBacks.ShouldBe(fallBacks);
        answer.Quote.Model.HasGreeks.ShouldBe(profile != EntitlementProfile.Partial);
    }

    [Fact]
    public async Task Snapshot_AccountWithoutAnyData_IsARefusalThatSaysSo()
    {
        await using var rig = await GatewayRig.StartAsync(profile: EntitlementProfile.None);

        var answer = await rig.Client.SnapshotAsync(GatewayRig.Quoted(1)[0], TestContext.Current.CancellationToken);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.NotSubscribed);
    }

    [Fact]
    public async Task Snapshot_WhoseEndNeverComes_HasAReasonAndGivesItsLineBack()
    {
        var contracts = GatewayRig.Quoted(2);
        await using var rig = await GatewayRig.StartAsync(
            "- { vendor: tws, api: reqMktData, when: { nth: 1 }, do: { no_end: true } }",
            speed: 20,
            with: o => o with { Lines = 1, SnapshotTimeout = TimeSpan.FromSeconds(60) }
        );

        var answers = await rig.SnapshotsAsync(contracts);

        answers.Single(a => a.Index == 0).Error!.Code.ShouldBe(IbkrErrorCodes.Timeout);
        answers.Single(a => a.Index == 1).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Samples_OpenInterest_IsThatOfTheOptionsOwnSide()
    {
        var contracts = GatewayRig.Quoted(40);
        contracts.Select(c => c.Right).Distinct().Count().ShouldBe(2);
        await using var rig = await GatewayRig.StartAsync(speed: 10);

        var open = new Dictionary<int, double>();
        await foreach (
            var answer in rig.Client.SamplesAsync(
                contracts,
                QuoteFields.OpenInterest,
                TimeSpan.FromMinutes(2),
                TestContext.Current.CancellationToken
            )
        )
        {
            open.Add(answer.Index, answer.Quote.OpenInterest);
        }

        open.Count.ShouldBe(contracts.Count);
        open.Values.ShouldAllBe(o => o >= 0);
        open.Values.Count(o => o > 0).ShouldBeGreaterThan(contracts.Count / 2);
        (await rig.Client.SnapshotAsync(contracts[0], TestContext.Current.CancellationToken))
            .Quote.Fields.HasFlag(QuoteFields.OpenInterest)
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("link_lost", 1)]
    [InlineData("link_interrupted", 0)]
    public async Task Stream_LinkOfTheGatewayLost_GoesOn(string fault, int resubscriptions)
    {
        await using var rig = await GatewayRig.StartAsync(
            $"- {{ vendor: tws, api: reqCurrentTime, when: {{ nth: 1 }}, do: {{ {fault}: 2000 }} }}",
            speed: 20
        );
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = rig
            .Client.StreamAsync(GatewayRig.Quoted(1)[0], "", guard.Token)
            .GetAsyncEnumerator(guard.Token);
        (await stream.MoveNextAsync()).ShouldBeTrue();

        await rig.Client.CurrentTimeAsync(guard.Token);
        while (!rig.Client.Notices.Any(n => n.Code is 1101 or 1102))
        {
            (await stream.MoveNextAsync()).ShouldBeTrue();
        }

        for (var change = 0; change < 3; change++)
        {
            (await stream.MoveNextAsync()).ShouldBeTrue();
            stream.Current.Error.ShouldBeNull();
        }

        rig.Client.Statistics.Resubscriptions.ShouldBe(resubscriptions);
    }
}
