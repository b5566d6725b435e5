using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>A gateway that loses its vendor for five seconds while streams are open.</summary>
public sealed class LinkTests
{
    private const int Streams = 3;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_DataLost_AreSubscribedAgainAndGoOn()
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqCurrentTime", "{link_lost: 5000}"));

        await InterruptAsync(pair, 1101);

        pair.Client.Statistics.Resubscriptions.ShouldBe(Streams);
        pair.Gateway.Statistics.Requests["reqMktData"].ShouldBe(2 * Streams);
        pair.Client.Statistics.Reconnects.ShouldBe(0);
        await pair.ShouldGoOnAsync();
    }

    [Fact]
    public async Task Streams_DataKept_GoOnByThemselves()
    {
        await using var pair = await Pair.StartAsync(Pair.Rule("reqCurrentTime", "{link_interrupted: 5000}"));

        await InterruptAsync(pair, 1102);

        pair.Client.Statistics.Resubscriptions.ShouldBe(0);
        pair.Gateway.Statistics.Requests["reqMktData"].ShouldBe(Streams);
        pair.Client.Statistics.Reconnects.ShouldBe(0);
        await pair.ShouldGoOnAsync();
    }

    /// <summary>
    /// Opens streams, breaks the link, and reads on until each has told something new after the link was back.
    /// </summary>
    private static async Task InterruptAsync(Pair pair, int back)
    {
        var streams = Pair.Options(Streams)
            .Select(c => pair.Client.StreamAsync(c, "", Stop).GetAsyncEnumerator(Stop))
            .ToList();
        try
        {
            foreach (var stream in streams)
            {
                await ReadAsync(stream);
            }

            await pair.Client.CurrentTimeAsync(Stop);
            await QuoteTests.WhenAsync(() => pair.Client.Notices.Any(n => n.Code == back));
            pair.Client.Notices.Select(n => n.Code).ShouldContain(1100);
            foreach (var stream in streams)
            {
                // The first may have been told before the link broke.
                await ReadAsync(stream);
                await ReadAsync(stream);
            }
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private static async Task ReadAsync(IAsyncEnumerator<QuoteAnswer> stream)
    {
        do
        {
            (await stream.MoveNextAsync()).ShouldBeTrue();
            stream.Current.Error.ShouldBeNull();
        } while (!(stream.Current.Quote.Bid > 0));
    }
}
