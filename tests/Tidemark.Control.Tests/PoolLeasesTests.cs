using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

public sealed class PoolLeasesTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly ControlFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Acquire_HeldByAnother_SaysByWhomAndUntilWhen()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = new PoolLeases(database);

        (await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none)).IsMine.ShouldBeTrue();
        var refused = await leases.AcquireAsync(RunScope.Universe, "b", s_minute, s_none);

        refused.ShouldBe(new PoolLease(IsMine: false, "a", _fixture.Clock.GetUtcNow() + s_minute));
        (await leases.AcquireAsync(RunScope.Targets, "b", s_minute, s_none)).IsMine.ShouldBeTrue();
        (await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none)).IsMine.ShouldBeTrue();
    }

    [Fact]
    public async Task Acquire_AfterExpiry_PassesToTheNextUnlessItWasProlonged()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = new PoolLeases(database);
        await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none);

        _fixture.Clock.Advance(s_minute / 2);
        (await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none)).IsMine.ShouldBeTrue();
        _fixture.Clock.Advance(s_minute - TimeSpan.FromSeconds(1));
        (await leases.AcquireAsync(RunScope.Universe, "b", s_minute, s_none)).IsMine.ShouldBeFalse();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        (await leases.AcquireAsync(RunScope.Universe, "b", s_minute, s_none)).IsMine.ShouldBeTrue();
        (await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none)).IsMine.ShouldBeFalse();
    }

    [Fact]
    public async Task Release_FreesItOnlyForItsOwner()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = new PoolLeases(database);
        await leases.AcquireAsync(RunScope.Universe, "a", s_minute, s_none);

        await leases.ReleaseAsync(RunScope.Universe, "b", s_none);
        (await leases.AcquireAsync(RunScope.Universe, "b", s_minute, s_none)).IsMine.ShouldBeFalse();
        await leases.ReleaseAsync(RunScope.Universe, "a", s_none);
        (await leases.AcquireAsync(RunScope.Universe, "b", s_minute, s_none)).IsMine.ShouldBeTrue();
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_OneWins()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = new PoolLeases(database);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i => Task.Run(() => leases.AcquireAsync(RunScope.Universe, $"owner {i}", s_minute, s_none)))
        );

        results.Count(result => result.IsMine).ShouldBe(1);
        results.Select(result => result.Owner).Distinct().Count().ShouldBe(1);
    }
}
