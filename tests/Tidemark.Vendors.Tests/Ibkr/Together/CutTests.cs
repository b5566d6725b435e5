using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>Connections that our gateway cuts under our client.</summary>
public sealed class CutTests
{
    [Fact]
    public async Task Snapshots_1000ConnectionCut20Times_EachContractHasOneAnswer()
    {
        const int Contracts = 1_000;
        const int Cuts = 20;
        var faults = string.Concat(
            Enumerable
                .Range(1, Cuts)
                .Select(i => Pair.Rule("reqMktData", i % 2 == 0 ? "drop" : "hang_up", $"{{nth: {i * 45}}}"))
        );
        await using var pair = await Pair.StartAsync(faults, client: o => o with { Lines = 40 });
        var contracts = Pair.Options(Contracts);

        var answers = await pair.Client.SnapshotsAsync(contracts, TestContext.Current.CancellationToken).ListAsync();

        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, Contracts));
        foreach (var answer in answers)
        {
            answer.Contract.ShouldBe(contracts[answer.Index]);
            if (answer.Error is null)
            {
                answer.Quote.Bid.ShouldBeGreaterThan(0);
                var isCall = answer.Contract.Right == OptionRight.Call;
                Math.Sign(answer.Quote.Model.Delta).ShouldBe(isCall ? 1 : -1, "it is the quote of this contract");
            }
            else
            {
                answer.Error.Code.ShouldBe(IbkrErrorCodes.Lost);
            }
        }

        answers.Count(a => a.Error is null).ShouldBeGreaterThan(Contracts * 9 / 10);
        pair.Client.Statistics.Reconnects.ShouldBe(Cuts);
        await pair.ShouldGoOnAsync();
    }
}
