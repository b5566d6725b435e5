using Tidemark.Core.Datasets;
using Tidemark.Testing;
using Tidemark.Vendors.RateLimits;

namespace Tidemark.Vendors.Tests.RateLimits;

public sealed class RateBucketTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1) + RateWindow.Slack;
    private readonly ManualClock _clock = new();
    private readonly List<RateBucket> _buckets = [];

    public void Dispose() => _buckets.ForEach(b => b.Dispose());

    [Fact]
    public async Task Take_WithinTheLimit_DoesNotWait()
    {
        var bucket = Bucket("3/min");

        for (var i = 0; i < 3; i++)
        {
            (await TakeAsync(bucket)).ShouldBeNull();
        }

        _clock.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_OneTooMany_WaitsUntilTheFirstCallIsAMinuteOld()
    {
        var bucket = Bucket("2/min");
        await TakeAsync(bucket);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await TakeAsync(bucket);

        var third = TakeAsync(bucket);

        third.IsCompleted.ShouldBeFalse();
        _clock.Pending.Single().Remaining.ShouldBe(s_minute - TimeSpan.FromSeconds(20));
        _clock.Advance(s_minute - TimeSpan.FromSeconds(20));
        (await third).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Take_ManyCallsAtRandomTimes_NeverExceedTheLimitInAnyWindow(int seed)
    {
        var random = new Random(seed);
        var bucket = Bucket("7/min");
        var calls = new List<DateTimeOffset>();
        for (var i = 0; i < 300; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(0, 90) : 0));
            var take = TakeAsync(bucket);
            while (!take.IsCompleted)
            {
                _clock.Advance(_clock.Pending[0].Remaining);
                await Task.Yield();
            }

            calls.Add(_clock.UtcNow);
        }

        for (var i = 7; i < calls.Count; i++)
        {
            (calls[i] - calls[i - 7]).ShouldBeGreaterThan(TimeSpan.FromMinutes(1), $"seed {seed}, call {i}");
        }
    }

    [Fact]
    public async Task Take_SeveralWaiting_AreServedInOrder()
    {
        var bucket = Bucket("1/min");
        await TakeAsync(bucket);
        var order = new List<int>();
        var waiting = Enumerable.Range(0, 3).Select(NumberedAsync).ToArray();

        foreach (var _ in waiting)
        {
            var timer = await _clock.WhenPendingAsync(_ => true, CancellationToken.None);
            _clock.Advance(timer.Remaining);
        }

        await Task.WhenAll(waiting);
        order.ShouldBe([0, 1, 2]);

        async Task NumberedAsync(int number)
        {
            await TakeAsync(bucket);
            lock (order)
            {
                order.Add(number);
            }
        }
    }

    [Fact]
    public async Task Take_HourUsedUp_SaysHowLongInsteadOfWaiting()
    {
        var bucket = Bucket("1/h");
        await TakeAsync(bucket);
        _clock.Advance(TimeSpan.FromMinutes(10));

        (await TakeAsync(bucket)).ShouldBe(TimeSpan.FromMinutes(50) + RateWindow.Slack);
        _clock.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_DayUsedUp_LastsUntilMidnightInBeijing()
    {
        var bucket = Bucket("1/day"); // the clock stands at 16:00 in Beijing
        await TakeAsync(bucket);

        (await TakeAsync(bucket)).ShouldBe(TimeSpan.FromHours(8) + RateWindow.Slack);
        _clock.Advance(TimeSpan.FromHours(8) + RateWindow.Slack);
        (await TakeAsync(bucket)).ShouldBeNull();
    }

    [Fact]
    public async Task Refuse_LowerLimitNamed_IsLearned()
    {
        var bucket = Bucket("200/min");
        await TakeAsync(bucket);

        bucket.Refuse(RateLimit.Parse("2/min")).ShouldBe(s_minute);
        _clock.Advance(s_minute);

        bucket.Limits.ShouldBe([RateLimit.Parse("2/min")]);
        (await TakeAsync(bucket)).ShouldBeNull();
        (await TakeAsync(bucket)).ShouldBeNull();
        TakeAsync(bucket).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void Refuse_HigherLimitNamed_KeepsTheConfiguredOne()
    {
        var bucket = Bucket("50/min");

        bucket.Refuse(RateLimit.Parse("200/min"));

        bucket.Limits.ShouldBe([RateLimit.Parse("50/min")]);
    }

    [Fact]
    public async Task Refuse_DailyLimitNamed_JoinsTheOneAMinute()
    {
        var bucket = Bucket("50/min");

        bucket.Refuse(RateLimit.Parse("10/day")).ShouldBe(TimeSpan.FromHours(8) + RateWindow.Slack);

        bucket.Limits.ShouldBe([RateLimit.Parse("50/min"), RateLimit.Parse("10/day")]);
        (await TakeAsync(bucket)).ShouldBe(TimeSpan.FromHours(8) + RateWindow.Slack);
    }

    [Fact]
    public async Task Take_CancelledWhileWaiting_GivesTheTurnToTheNext()
    {
        var bucket = Bucket("1/min");
        await TakeAsync(bucket);
        using var stop = new CancellationTokenSource();
        var first = bucket.TakeAsync(_ => { }, stop.Token).AsTask();
        var second = TakeAsync(bucket);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        await _clock.WhenPendingAsync(_ => true, CancellationToken.None);
        _clock.Advance(s_minute);

        (await second).ShouldBeNull();
    }

    [Fact]
    public async Task Take_LimitThatNothingProves_LetsOneCallBeUnderWay()
    {
        var bucket = Bucket("3/min");
        var first = await bucket.TakeAsync(_ => { }, CancellationToken.None);

        var second = TakeAsync(bucket);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();

        (await second).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Take_LimitThatCallsOrTheVendorHaveProved_LetsManyBeUnderWay(bool isSaid)
    {
        var bucket = Bucket("3/min");
        for (var i = 0; i < 3 && !isSaid; i++)
        {
            await TakeAsync(bucket);
            bucket.Passed();
        }

        if (isSaid)
        {
            bucket.Refuse(RateLimit.Parse("3/min"));
        }

        _clock.Advance(s_minute);
        for (var i = 0; i < 3; i++)
        {
            (await bucket.TakeAsync(_ => { }, CancellationToken.None)).TooLong.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Take_CallsThatPassedSlowly_ProveNoMoreThanTheyWereInAWindow()
    {
        var bucket = Bucket("3/min");
        for (var i = 0; i < 10; i++)
        {
            await TakeAsync(bucket);
            bucket.Passed();
            _clock.Advance(s_minute);
        }

        await LetsOneBesideAnotherAsync(bucket, underWay: 1);
    }

    [Fact]
    public async Task Take_DailyLimitNamed_ProvesNothingOfTheOneAMinute()
    {
        var bucket = Bucket("3/min");
        _clock.Advance(bucket.Refuse(RateLimit.Parse("10/day")));

        await LetsOneBesideAnotherAsync(bucket, underWay: 0);
    }

    [Fact]
    public async Task Take_WindowThatIsFullAndUnproved_IsProvedByTheNextOne()
    {
        var bucket = Bucket("2/min");
        await TakeAsync(bucket);
        await TakeAsync(bucket);
        var third = TakeAsync(bucket);
        _clock.Advance(s_minute);

        (await third).ShouldBeNull();
    }

    /// <summary>So many at once, then one, which the next has to wait for.</summary>
    private static async Task LetsOneBesideAnotherAsync(RateBucket bucket, int underWay)
    {
        for (var i = 0; i < underWay; i++)
        {
            _ = await bucket.TakeAsync(_ => { }, CancellationToken.None);
        }

        var alone = await bucket.TakeAsync(_ => { }, CancellationToken.None);
        var next = TakeAsync(bucket);
        next.IsCompleted.ShouldBeFalse();
        alone.Dispose();
        (await next).ShouldBeNull();
    }

    [Fact]
    public async Task Take_LimitHigherThanAnyVendors_LetsManyBeUnderWay()
    {
        var bucket = Bucket("100000/min");

        for (var i = 0; i < 8; i++)
        {
            (await bucket.TakeAsync(_ => { }, CancellationToken.None)).TooLong.ShouldBeNull();
        }
    }

    private static async Task<TimeSpan?> TakeAsync(RateBucket bucket)
    {
        using var turn = await bucket.TakeAsync(_ => { }, CancellationToken.None);
        return turn.TooLong;
    }

    private RateBucket Bucket(string limit)
    {
        var bucket = new RateBucket([RateLimit.Parse(limit)], _clock);
        _buckets.Add(bucket);
        return bucket;
    }
}
