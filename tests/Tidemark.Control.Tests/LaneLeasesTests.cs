using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

/// <summary>
/// Leases go by the database's own time: tests make them end by writing another moment into the row, as time would.
/// </summary>
public abstract class LaneLeasesTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(50);

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Acquire_HeldByAnother_SaysByWhomAndUntilWhen()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);

        var mine = await leases.AcquireAsync(Lane.China, "a", s_long, s_none);
        mine.IsMine.ShouldBeTrue();
        (mine.ExpiresAt - mine.TakenAt).ShouldBe(s_long);
        var refused = await leases.AcquireAsync(Lane.China, "b", s_long, s_none);

        refused.ShouldBe(mine with { IsMine = false, MustFence = false });
        (await leases.AcquireAsync(Lane.Options, "b", s_long, s_none)).IsMine.ShouldBeTrue();
        (await leases.AcquireAsync(Lane.China, "a", s_long, s_none)).IsMine.ShouldBeTrue();
    }

    /// <summary>A process whose clock is years off neither keeps a pool for years nor takes one that is held.</summary>
    [Fact]
    public async Task Acquire_ByAProcessWithAnotherClock_GoesByTheDatabasesTime()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        await leases.AcquireAsync(Lane.China, "a", s_long, s_none);

        _fixture.Clock.Advance(TimeSpan.FromDays(400));

        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).IsMine.ShouldBeFalse();
    }

    [Fact]
    public async Task Acquire_AfterExpiry_PassesToTheNextUnderTheNextEpochWhoMustFence()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        var first = await leases.AcquireAsync(Lane.China, "a", s_long, s_none);
        RunOut();

        var second = await leases.AcquireAsync(Lane.China, "b", s_long, s_none);

        (second.IsMine, second.MustFence).ShouldBe((true, true));
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
        (await leases.AcquireAsync(Lane.China, "a", s_long, s_none)).IsMine.ShouldBeFalse();
    }

    [Fact]
    public async Task Acquire_OfAPoolThatTheDatabaseDoesNotKnow_MustFence()
    {
        await using var database = await _fixture.OpenAsync();

        (await Leases(database).AcquireAsync(Lane.China, "a", s_long, s_none)).MustFence.ShouldBeTrue();
    }

    [Fact]
    public async Task Release_KeepsTheEpochAndFreesTheLeaseForTheNextWithoutAFence()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        var first = await leases.AcquireAsync(Lane.China, "a", s_long, s_none);

        await leases.ReleaseAsync(Lane.China, "b", s_none);
        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).IsMine.ShouldBeFalse();
        await leases.ReleaseAsync(Lane.China, "a", s_none);
        var second = await leases.AcquireAsync(Lane.China, "b", s_long, s_none);

        (second.IsMine, second.MustFence).ShouldBe((true, false));
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
    }

    [Fact]
    public async Task Abandon_FreesTheLeaseForTheNextWhoMustFence()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        await leases.AcquireAsync(Lane.China, "a", s_long, s_none);

        await leases.AbandonAsync(Lane.China, "b", s_none);
        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).IsMine.ShouldBeFalse();
        await leases.AbandonAsync(Lane.China, "a", s_none);

        (await leases.StandingAsync(s_none)).ShouldBeEmpty();
        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).MustFence.ShouldBeTrue();
    }

    [Fact]
    public async Task Renew_LeaseThatRanOutAndNobodyTook_IsKept()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        var first = await leases.AcquireAsync(Lane.China, "a", s_long, s_none);
        RunOut();
        (await leases.RemainingAsync(Lane.China, "a", s_none))!.Value.ShouldBeLessThan(TimeSpan.Zero);

        (await leases.RenewAsync(Lane.China, "a", s_long, s_none)).ShouldBeTrue();

        (await leases.RemainingAsync(Lane.China, "a", s_none))!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).Epoch.ShouldBe(first.Epoch);
    }

    /// <summary>
    /// The pool is free again, and yet not his: what he fetched before the other came may be older than what that one
    /// has committed.
    /// </summary>
    [Fact]
    public async Task Renew_LeaseThatAnotherHadMeanwhileAndGaveBack_IsLost()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        await leases.AcquireAsync(Lane.China, "a", s_long, s_none);
        RunOut();
        await leases.AcquireAsync(Lane.China, "b", s_long, s_none);
        await leases.ReleaseAsync(Lane.China, "b", s_none);

        (await leases.RenewAsync(Lane.China, "a", s_long, s_none)).ShouldBeFalse();
        (await leases.RemainingAsync(Lane.China, "a", s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task Raise_LiftsTheEpochOfItsOwnerAndNeverLowersIt()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        await leases.AcquireAsync(Lane.China, "a", s_long, s_none);

        const long Far = 1L << 40; // what a clock of the far future gave
        (await leases.RaiseAsync(Lane.China, "b", Far, s_none)).ShouldBeFalse();
        (await leases.RaiseAsync(Lane.China, "a", Far, s_none)).ShouldBeTrue();
        (await leases.RaiseAsync(Lane.China, "a", 7, s_none)).ShouldBeTrue();
        await leases.ReleaseAsync(Lane.China, "a", s_none);

        (await leases.AcquireAsync(Lane.China, "b", s_long, s_none)).Epoch.ShouldBe(Far + 1);
    }

    /// <summary>Whoever still runs on the old one has a lower epoch, though no log may know it.</summary>
    [Fact]
    public async Task Acquire_InADatabaseThatWasMadeAnew_GoesOnAboveTheOldOne()
    {
        long old;
        await using (var database = await _fixture.OpenAsync())
        {
            await Leases(database).AcquireAsync(Lane.China, "a", s_long, s_none);
            _fixture.Sql("update lane_leases set epoch = epoch - 5"); // some seconds ago
            old = long.Parse(_fixture.Sql("select epoch from lane_leases")[0], CultureInfo.InvariantCulture);
        }

        using var other = _fixture.Another();
        await using var anew = await other.OpenAsync();

        var lease = await new LaneLeases(anew, other.Ids).AcquireAsync(Lane.China, "b", s_long, s_none);

        lease.Epoch.ShouldBeGreaterThan(old);
    }

    [Fact]
    public async Task Standing_LeaseOfAClockOfNextYear_IsAbsurdAndAnOrdinaryOneIsNot()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);
        await leases.AcquireAsync(Lane.Options, "a", StandingLease.Longest, s_none);
        await leases.AcquireAsync(Lane.China, "b", s_long, s_none);
        _fixture.Sql(
            "update lane_leases set acquired_at = acquired_at + 31536000000, expires_at = expires_at + 31536000000 where owner = 'b'"
        );

        var standing = await leases.StandingAsync(s_none);

        standing
            .Select(l => (l.Lane, l.IsAbsurd, l.IsOver))
            .ShouldBe([(Lane.China, true, false), (Lane.Options, false, false)]);
    }

    [Fact]
    public async Task ControlId_IsMadeOnceAndKept()
    {
        string id;
        await using (var database = await _fixture.OpenAsync())
        {
            var both = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(_ => Task.Run(() => Leases(database).ControlIdAsync(s_none)))
            );
            id = both[0];
            both.ShouldAllBe(other => other == id);
        }

        Guid.TryParse(id, out _).ShouldBeTrue();
        await using var again = await _fixture.OpenAsync();
        (await Leases(again).ControlIdAsync(s_none)).ShouldBe(id);
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_OneWins()
    {
        await using var database = await _fixture.OpenAsync();
        var leases = Leases(database);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i => Task.Run(() => leases.AcquireAsync(Lane.China, $"owner {i}", s_long, s_none)))
        );

        results.Count(result => result.IsMine).ShouldBe(1);
        results.Select(result => result.Owner).Distinct().Count().ShouldBe(1);
    }

    private LaneLeases Leases(ControlDatabase database) => new(database, _fixture.Ids);

    private void RunOut() => _fixture.Sql("update lane_leases set expires_at = 1");
}

public sealed class SqliteLaneLeasesTests() : LaneLeasesTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresLaneLeasesTests() : LaneLeasesTests(new PostgresFixture());
