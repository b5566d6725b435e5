using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>
/// A gateway that sends too little, too much, too late or nonsense: one request at most is lost, never the session.
/// </summary>
public sealed class WireFaultTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("split")]
    [InlineData("merge")]
    [InlineData("garbage")]
    [InlineData("unknown_message")]
    [InlineData("extra_fields")]
    [InlineData("duplicate")]
    public async Task Snapshots_OneAnswerSpoilt_AllHaveTheirs(string fault)
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMktData", fault, "{nth: 2}"));
        var contracts = Pair.Options(5);

        var answers = await pair.Client.SnapshotsAsync(contracts, Stop).ListAsync();

        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, contracts.Length));
        answers.ShouldAllBe(a => a.Error == null && a.Quote.Bid > 0 && a.Quote.Ask > 0);
        var statistics = pair.Client.Statistics;
        statistics.Reconnects.ShouldBe(fault == "garbage" ? 1 : 0);
        if (fault != "garbage")
        {
            // What is told of a ticker's rules (81) is not read either: once a contract.
            var isOneMore = fault is "unknown_message" or "duplicate";
            statistics.Unused.ShouldBe(contracts.Length + (isOneMore ? 1 : 0));
        }

        (statistics.Extended > 0).ShouldBe(fault == "extra_fields");
        (statistics.Late > 0).ShouldBe(fault == "duplicate");
        await pair.ShouldGoOnAsync();
    }

    /// <summary>
    /// The gateway has ended the snapshot and never says so: the client stops waiting, and its only line is free again.
    /// </summary>
    [Fact]
    public async Task Snapshot_WithoutAnEnd_IsAReasonInTimeAndFreesItsLine()
    {
        var clock = new ManualClock(Pair.Morning);
        await using var pair = await Pair.StartAsync(
            Pair.Rule("reqMktData", "no_end"),
            client: o => o with { Lines = 1, SnapshotTimeout = s_timeout },
            clientClock: clock
        );
        var asking = pair.Client.SnapshotAsync(Pair.Options(1)[0], Stop);
        await clock.WhenPendingAsync(t => t.SetTo == s_timeout, Stop);
        await QuoteTests.WhenAsync(() => pair.Gateway.Statistics is { Snapshots: 1, Lines: 0 });
        asking.IsCompleted.ShouldBeFalse();

        clock.Advance(s_timeout);

        var answer = await asking;
        answer.Error!.Code.ShouldBe(IbkrErrorCodes.Timeout);
        await pair.ShouldGoOnAsync();
        pair.Gateway.Statistics.Errors.Keys.ShouldContain(300, "it was cancelled after it had ended there");
    }

    /// <summary>
    /// A gateway that does not hear the cancel goes on sending: that is nobody's, least of all the next one's.
    /// </summary>
    [Fact]
    public async Task Ticks_OfARequestThatHasEnded_AreLateAndNotTheNextOnes()
    {
        var (ours, theirs) = (new ManualClock(Pair.Morning), new ManualClock(Pair.Morning));
        var slow = TimeSpan.FromSeconds(8);
        await using var pair = await Pair.StartAsync(
            Pair.Rule("reqMktData", $"{{slow_ticks: {slow.TotalMilliseconds}}}") + Pair.Rule("cancelMktData", "silent"),
            gateway: o => o with { TimeProvider = theirs },
            client: o => o with { SnapshotTimeout = s_timeout },
            clientClock: ours
        );
        var contracts = Pair.Options(2);
        var asking = pair.Client.SnapshotAsync(contracts[0], Stop);
        await ours.WhenPendingAsync(t => t.SetTo == s_timeout, Stop);
        await QuoteTests.WhenAsync(() => pair.Gateway.Statistics.Snapshots == 1);
        ours.Advance(s_timeout);
        (await asking).Error!.Code.ShouldBe(IbkrErrorCodes.Timeout);
        await QuoteTests.WhenAsync(() => pair.Gateway.Statistics.Requests.ContainsKey("cancelMktData"));
        var late = pair.Client.Statistics.Late;

        theirs.Advance(slow);
        var next = await pair.Client.SnapshotAsync(contracts[1], Stop);

        next.Error.ShouldBeNull();
        var day = DateOnly.FromDateTime(Pair.Morning.UtcDateTime);
        var quote = Pair.Market.Quote(Pair.Market.Find(contracts[1].ConId, day)!, theirs.UtcNow);
        (next.Quote.Bid, next.Quote.Ask, next.Quote.Last).ShouldBe((quote.Bid, quote.Ask, quote.Last));
        pair.Client.Statistics.Late.ShouldBeGreaterThan(late + 10);
    }

    [Fact]
    public async Task Version_Another_IsATypedError()
    {
        await using var pair = await Pair.GatewayAsync(Pair.Rule("hello", "{version: 150}"));

        var error = await Should.ThrowAsync<IbkrException>(
            Pair.ConnectAsync(Pair.Patient(pair.Gateway.Port), pair.Clock)
        );

        error.Code.ShouldBe(IbkrErrorCodes.Version);
        error.Message.ShouldContain("150");
    }

    [Fact]
    public async Task ClientId_InUse_TakesTheNextOfThePool()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-ids-").FullName;
        try
        {
            var pool = new ClientIdPool(folder, ClientRole.Test, TimeSpan.FromHours(1), TimeProvider.System);
            await using var pair = await Pair.StartAsync(
                Pair.Rule("startApi", "id_in_use"),
                client: o => o with { ClientId = null, ClientIds = pool }
            );

            pair.Client.ClientId.ShouldBe(ClientIdPool.Range(ClientRole.Test).First + 1);
            pair.Gateway.Statistics.Errors.Keys.ShouldContain(326);
            await pair.ShouldGoOnAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
