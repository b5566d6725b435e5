using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>What is refused or spoilt once, and is worth asking again.</summary>
[Trait("Speed", "Slow")]
public sealed class RepeatedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(354)]
    [InlineData(10089)]
    [InlineData(10168)]
    [InlineData(10186)]
    public async Task Snapshot_NotSubscribedOnce_IsAskedForWithDelayedQuotesAllowed(int code)
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqMktData", Pair.Error(code)));

        var answer = await pair.Client.SnapshotAsync(Pair.Options(1)[0], Stop);

        answer.Error.ShouldBeNull();
        answer.Quote.Fields.HasFlag(QuoteFields.Bid | QuoteFields.Greeks).ShouldBeTrue();
        pair.Client.Statistics.FallBacks.ShouldBe(1);
        pair.Client.MarketDataType.ShouldBe(MarketDataType.Delayed);
        pair.Gateway.Statistics.Requests["reqMktData"].ShouldBe(2);
    }

    [Fact]
    public async Task Snapshots_EndWithoutItsNumber_CostsThatOneAlone()
    {
        await using var pair = await Pair.StartAsync(
            Pair.Rule("reqMktData", "truncate", "{nth: 3}"),
            client: o => o with { SnapshotTimeout = TimeSpan.FromSeconds(100) } // 5 s of the wall's
        );
        var contracts = Pair.Options(20);

        var answers = await pair.Client.SnapshotsAsync(contracts, Stop).ListAsync();

        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, contracts.Length));
        answers.Count(a => a.Error is not null).ShouldBeLessThanOrEqualTo(1);
        pair.Client.Statistics.Broken.ShouldBe(1);
        await pair.ShouldGoOnAsync();
    }
}
