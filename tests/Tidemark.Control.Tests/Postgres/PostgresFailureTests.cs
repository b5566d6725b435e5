using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Testing.Stores;

namespace Tidemark.Control.Tests.Postgres;

/// <summary>
/// A connection or a server that goes away in the middle of work: what was asked for is done once, or fails in time
/// with what to do.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class PostgresFailureTests : IDisposable
{
    private const string Key = "counter";
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TimeSpan s_little = TimeSpan.FromSeconds(2);

    private readonly PostgresFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private sealed record Count(int N);

    private static Task<Count> CountAsync(ControlDatabase database) =>
        new SettingsStore(database).ChangeAsync<Count>(Key, c => new Count((c?.N ?? 0) + 1), "test", s_none);

    private List<string> Counted() =>
        [
            .. _fixture.Sql("select value from market_settings"),
            .. _fixture.Sql("select count(*) from settings_history_v1"),
        ];

    [Theory]
    [InlineData("Before", 3)]
    [InlineData("After", 3)]
    [InlineData("Silence", 1)]
    public async Task Write_ConnectionLostWhileCommitting_IsAppliedOnce(string cut, int times)
    {
        await using var proxy = new CuttingProxy(Port());
        await using var database = await _fixture.OpenAsync(Through(proxy), patience: TimeSpan.FromSeconds(5));
        await CountAsync(database);

        for (var i = 0; i < times; i++)
        {
            proxy.Next = Enum.Parse<Cut>(cut);
            await CountAsync(database);
        }

        proxy.Cuts.ShouldBe(times);
        Counted().ShouldBe([$"{{\"n\":{times + 1}}}", $"{times + 1}"]);
    }

    [Fact]
    public async Task Write_LeaseTakenWhoseAnswerIsLost_IsHeldUnderTheEpochThatIsToldIt()
    {
        await using var proxy = new CuttingProxy(Port());
        await using var database = await _fixture.OpenAsync(Through(proxy));
        var leases = new LaneLeases(database, _fixture.Ids);
        proxy.Next = Cut.After;

        var lease = await leases.AcquireAsync(Lane.China, "a", TimeSpan.FromMinutes(2), s_none);

        lease.IsMine.ShouldBeTrue();
        _fixture.Sql("select owner, epoch from lane_leases").ShouldBe([$"a|{lease.Epoch}"]);
    }

    [Fact]
    public async Task Work_SessionsThatAnAdministratorEnds_GoesOn()
    {
        await using var database = await _fixture.OpenAsync();
        for (var i = 1; i <= 5; i++)
        {
            (await CountAsync(database)).N.ShouldBe(i);
            _fixture.Sql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = 'tidemark'"
            );
            (await new SettingsStore(database).GetAsync<Count>(Key, s_none))!.N.ShouldBe(i);
            _fixture.Sql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = 'tidemark'"
            );
        }

        Counted().ShouldBe(["{\"n\":5}", "5"]);
    }

    [Fact]
    public async Task Write_SessionEndedBetweenItsStatements_RunsAgain()
    {
        await using var database = await _fixture.OpenAsync();
        var times = 0;

        await database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync("insert into market_meta (key, value, updated_at) values ('k', 'v', 0)");
                if (++times == 1)
                {
                    var id = await session.QueryAsync("select pg_backend_pid()", reader => reader.GetInt32(0));
                    _fixture.Sql($"select pg_terminate_backend({id[0]})");
                }

                return await session.ExecuteAsync("update market_meta set value = 'w'");
            },
            s_none
        );

        times.ShouldBe(2);
        _fixture.Sql("select key, value from market_meta").ShouldBe(["k|w"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_ServerRestarted_GoesOn(bool crash)
    {
        using var server = PostgresServer.Start();
        using var fixture = new PostgresFixture(server);
        await using var database = await fixture.OpenAsync();
        await CountAsync(database);
        if (crash)
        {
            server.Crash();
        }
        else
        {
            server.Halt();
        }

        var writing = CountAsync(database);
        var reading = new MarketMeta(database).ListAsync(s_none);
        writing.IsCompleted.ShouldBeFalse();
        server.Resume();

        // A server that crashed may have forgotten what was not on the disk yet.
        (await writing).N.ShouldBeInRange(crash ? 1 : 2, 2);
        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_ServerThatStaysAway_FailsInTimeAndSaysSo()
    {
        using var server = PostgresServer.Start();
        using var fixture = new PostgresFixture(server);
        await using var database = await fixture.OpenAsync(fixture.Place, patience: s_little);
        server.Halt();

        var error = await Should.ThrowAsync<TidemarkException>(() => CountAsync(database));
        var read = await Should.ThrowAsync<TidemarkException>(() => new MarketMeta(database).ListAsync(s_none));
        server.Resume();

        (error.Code, read.Code).ShouldBe(("CONTROL_UNREACHABLE", "CONTROL_UNREACHABLE"));
        error.Kind.ShouldBe(ErrorKind.Transient);
        error.Message.ShouldContain("See that its server runs");
        (await CountAsync(database)).N.ShouldBe(1);
    }

    [Fact]
    public async Task Write_AnotherSessionHoldsTheDatabase_WaitsForIt()
    {
        await using var database = await _fixture.OpenAsync();
        await using var other = await _fixture.OpenAsync();
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var holding = other.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync("insert into market_settings values ('counter', '{\"n\":10}', 0)");
                held.SetResult();
                await release.Task;
            },
            s_none
        );
        await held.Task;

        var waiting = CountAsync(database);
        await WaitsAsync();
        waiting.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await holding;

        (await waiting).N.ShouldBe(11);
    }

    [Fact]
    public async Task Write_AnotherSessionHoldsTheDatabaseTooLong_IsBusyAndLeavesIt()
    {
        await using var database = await _fixture.OpenAsync(_fixture.Place, patience: s_little);
        await using var other = await _fixture.OpenAsync();
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var holding = other.WriteAsync(
            async _ =>
            {
                held.SetResult();
                await release.Task;
            },
            s_none
        );
        await held.Task;

        var error = await Should.ThrowAsync<TidemarkException>(() => CountAsync(database));
        release.SetResult();
        await holding;

        error.Code.ShouldBe("CONTROL_BUSY");
        error.Message.ShouldContain("pg_stat_activity");
        (await CountAsync(database)).N.ShouldBe(1);
    }

    /// <summary>As a machine that fell asleep in the middle of a transaction.</summary>
    [Fact]
    public async Task Write_HolderThatStandsStill_LosesTheDatabaseToTheOthers()
    {
        await using var sleeper = await _fixture.OpenAsync(_fixture.Place, patience: TimeSpan.FromSeconds(1.5));
        await using var database = await _fixture.OpenAsync();
        var held = new TaskCompletionSource();
        var wake = new TaskCompletionSource();
        var times = 0;
        var sleeping = sleeper.WriteAsync(
            async session =>
            {
                var count = (
                    await session.QueryAsync("select count(*) from market_settings", reader => reader.GetInt64(0))
                )[0];
                if (++times == 1)
                {
                    held.SetResult();
                    await wake.Task;
                }

                return await session.ExecuteAsync(
                    "insert into market_meta (key, value, updated_at) values ('seen', @n, 0)",
                    ("@n", count.ToString(CultureInfo.InvariantCulture))
                );
            },
            s_none
        );
        await held.Task;

        (await CountAsync(database)).N.ShouldBe(1);
        wake.SetResult();

        // What it had read is of the past: it reads again, or gives up.
        await Should.NotThrowAsync(async () =>
        {
            try
            {
                await sleeping;
            }
            catch (TidemarkException error) when (error.Code == "CONTROL_UNREACHABLE") { }
        });
        _fixture.Sql("select value from market_meta where key = 'seen' and value <> '1'").ShouldBeEmpty();
    }

    /// <summary>What the answer was is known to nobody; it is neither claimed nor done twice.</summary>
    [Fact]
    public async Task Write_CommitWhoseFateCannotBeTold_SaysSo()
    {
        await using var proxy = new CuttingProxy(Port());
        await using var database = await _fixture.OpenAsync(Through(proxy), patience: s_little);
        proxy.Next = Cut.Before;

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            database.WriteAsync(
                async session =>
                {
                    await session.ExecuteAsync("insert into market_meta (key, value, updated_at) values ('k', 'v', 0)");
                    proxy.Refuse();
                },
                s_none
            )
        );

        error.Code.ShouldBe("CONTROL_UNREACHABLE");
        error.Message.ShouldContain("cannot be told");
    }

    // Only where it is seen to wait at the server is it certain that the other one is in its way.
    private async Task WaitsAsync()
    {
        while (_fixture.Sql("select 1 from pg_locks where locktype = 'advisory' and not granted").Count == 0)
        {
            await Task.Yield();
        }
    }

    private int Port() => new Uri(_fixture.Place).Port;

    private string Through(CuttingProxy proxy) =>
        _fixture.Place.Replace($":{Port()}/", $":{proxy.Port}/", StringComparison.Ordinal);
}
