using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;
using Right = Tidemark.Vendors.Ibkr.OptionRight;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>What an account may see of our gateway, and what our client and its doctor say about it.</summary>
public sealed class EntitlementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With delayed quotes allowed, as is usual.</summary>
    [Theory]
    [InlineData(EntitlementProfile.Live, MarketDataType.Live, true, 0, 0)]
    [InlineData(EntitlementProfile.Delayed, MarketDataType.Delayed, true, 10167, 1)]
    [InlineData(EntitlementProfile.Partial, MarketDataType.Live, false, 10090, 0)]
    public async Task Snapshot_OfAnOption_IsAsGoodAsTheProfile(
        EntitlementProfile profile,
        MarketDataType type,
        bool hasGreeks,
        int notice,
        int fallBacks
    )
    {
        await using var pair = await Pair.StartAsync(gateway: o => o with { Profile = profile });

        var answer = await pair.Client.SnapshotAsync(Pair.Options(1)[0], Stop);

        answer.Error.ShouldBeNull();
        answer.Quote.DataType.ShouldBe(type);
        answer.Quote.Bid.ShouldBeGreaterThan(0);
        answer.Quote.Model.HasGreeks.ShouldBe(hasGreeks);
        answer.Notice.ShouldBe(notice);
        pair.Client.Statistics.FallBacks.ShouldBe(fallBacks);
        pair.Client.MarketDataType.ShouldBe(fallBacks > 0 ? MarketDataType.Delayed : MarketDataType.Live);
    }

    [Fact]
    public async Task Snapshot_OfNothingSubscribed_IsAReasonAfterOneFallBack()
    {
        await using var pair = await Pair.StartAsync(gateway: o => o with { Profile = EntitlementProfile.None });

        var answer = await pair.Client.SnapshotAsync(Pair.Options(1)[0], Stop);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.NotSubscribed);
        answer.Error.GatewayCode.ShouldBe(10186);
        answer.Quote.Fields.ShouldBe(QuoteFields.None);
        pair.Client.Statistics.FallBacks.ShouldBe(1);
    }

    [Theory]
    [InlineData(EntitlementProfile.Live, DoctorResult.Ok, "live quotes", DoctorResult.Ok, "Greeks")]
    [InlineData(EntitlementProfile.Delayed, DoctorResult.Warn, "delayed", DoctorResult.Warn, "delayed")]
    [InlineData(EntitlementProfile.None, DoctorResult.Fail, "no quotes at all", DoctorResult.Fail, "no quotes at all")]
    [InlineData(EntitlementProfile.Partial, DoctorResult.Warn, "delayed", DoctorResult.Warn, "Greeks need")]
    public async Task Doctor_Profile_IsTold(
        EntitlementProfile profile,
        DoctorResult stock,
        string stockSays,
        DoctorResult option,
        string optionSays
    )
    {
        await using var pair = await Pair.GatewayAsync(change: o => o with { Profile = profile });
        var doctor = new IbkrDoctor(
            Pair.Patient(pair.Gateway.Port),
            pair.Clock,
            new Random(7),
            NullLogger<IbkrClient>.Instance
        );

        var findings = (await doctor.ExamineAsync(Stop)).ToDictionary(f => f.Name);

        findings["stock"].Result.ShouldBe(stock);
        findings["stock"].Message.ShouldContain(stockSays);
        findings["option"].Result.ShouldBe(option);
        findings["option"].Message.ShouldContain(optionSays);
        findings["farms"].Result.ShouldBe(DoctorResult.Ok);
    }

    [Fact]
    public async Task OpenInterest_OfASample_IsTheSideOfTheRight_AndASnapshotHasNone()
    {
        await using var pair = await Pair.StartAsync();
        var contracts = Pair.Options(40);
        contracts.Select(c => c.Right).ShouldContain(Right.Call);
        contracts.Select(c => c.Right).ShouldContain(Right.Put);

        var samples = await pair
            .Client.SamplesAsync(contracts, QuoteFields.OpenInterest, TimeSpan.FromMinutes(10), Stop)
            .ListAsync();
        var snapshot = await pair.Client.SnapshotAsync(contracts[0], Stop);

        samples.Count.ShouldBe(contracts.Length);
        samples.ShouldAllBe(a => a.Error == null && a.Quote.OpenInterest == OpenInterest(a.Contract.ConId));
        samples.ShouldContain(a => a.Contract.Right == Right.Put && a.Quote.OpenInterest > 0);
        samples.ShouldContain(a => a.Contract.Right == Right.Call && a.Quote.OpenInterest > 0);
        double.IsNaN(snapshot.Quote.OpenInterest).ShouldBeTrue();
        await QuoteTests.WhenAsync(() => pair.Gateway.Statistics.Lines == 0);
    }

    private static double OpenInterest(int conId)
    {
        var day = DateOnly.FromDateTime(Pair.Morning.UtcDateTime);
        IOptionMarket market = Pair.Market;
        return market.OpenInterest(market.Find(conId, day)!, day)!.Value;
    }
}
