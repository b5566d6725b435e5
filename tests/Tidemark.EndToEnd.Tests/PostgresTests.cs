using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing.Stores;

namespace Tidemark.EndToEnd.Tests;

/// <summary>Workspaces whose control database is on PostgreSQL: real processes on a real server.</summary>
public sealed class PostgresTests
{
    private const string First = "2025-06-24";
    private const string Last = SimulatorProcess.Today;
    private const string Variable = "PG_PASSWORD";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private static readonly string[] s_backfill = ["backfill", "--from", First, "--to", Last, "--json"];

    [Fact]
    public async Task Commands_ControlOnPostgres_DoWhatTheyDoOnAFile()
    {
        using var database = new PostgresDatabase(Server());
        using var folder = new TemporaryFolder();
        const string Odd = "p@ss/4711?&%41 long-word"; // taken as it is, whatever characters it has
        var role = $"r_{database.Name}";
        database.Sql($"create role {role} login superuser password '{Odd}'");
        try
        {
            await using var vendor = await SimulatorProcess.SmallMarketAsync(folder.Path);
            var environment = new Dictionary<string, string> { [Variable] = Odd };
            var here = Make(folder.At("w"), vendor.Url, database.UrlOf($"{role}:${{{Variable}}}"), environment);
            var there = Workspace.Create(folder.At("file"), vendor.Url, First, Last);
            string[] daily = [.. s_backfill, "--datasets", "tushare.daily"];

            var said = new List<Ended>
            {
                (await here.RunAsync(daily)).With(exitCode: 0),
                await here.RunAsync("status"),
                (await here.RunAsync("runs")).With(exitCode: 0),
                await here.RunAsync("doctor"),
                (await here.RunAsync("token", "set", "--help")).With(exitCode: 0),
            };
            (await there.RunAsync(daily)).With(exitCode: 0);

            here.Content().ShouldBe(there.Content());
            said[2].Out.ShouldContain("success");
            said[3].Out.ShouldContain($"postgres://127.0.0.1:{new Uri(database.Url).Port}/{database.Name}");
            (await here.SqlAsync("SELECT count(*) AS n FROM ods.ods_daily"))[0].Number("n").ShouldBeGreaterThan(100);
            (await PoolsAsync(here)).ShouldBe(await PoolsAsync(there));
            database.Sql("select count(*) from ingest_runs where status = 'success'").ShouldBe(["1"]);
            Directory.GetFiles(here.Folder, "control.db*").ShouldBeEmpty();

            foreach (var secret in new[] { Odd, Uri.EscapeDataString(Odd) })
            {
                said.ShouldAllBe(e => !e.ToString().Contains(secret));
            }
        }
        finally
        {
            database.Sql($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task Commands_WrongAddresses_SayWhatToDoAndNoPassword()
    {
        Server();
        using var folder = new TemporaryFolder();
        const string Secret = "word-4711-secret";
        foreach (
            var (address, code, exit) in new[]
            {
                ($"postgres://u:{Secret}@127.0.0.1:1/db", "CONTROL_UNREACHABLE", 1),
                ($"postgres://postgres:{Secret}@127.0.0.1:{Server().Url.Port}/postgres", "CONTROL_REFUSED", 1),
                ($"postgres://u:{Secret}@127.0.0.1/db?pool=3", "CONFIG_INVALID", 2),
            }
        )
        {
            var workspace = Make(folder.At(code), new Uri("http://127.0.0.1:1"), address);

            foreach (var command in new[] { "runs", "doctor" })
            {
                var ended = await workspace.RunAsync(command);

                ended.ExitCode.ShouldNotBe(0, ended.ToString());
                ended.ToString().ShouldContain(code);
                ended.ToString().ShouldNotContain(Secret);
            }
        }
    }

    /// <summary>
    /// Two processes want one pool; the first is stopped past its lease, the second has the pool meanwhile, and the
    /// first commits nothing when it goes on.
    /// </summary>
    [Fact]
    public async Task Backfill_TwoProcesses_OneHasThePoolAndAStaleOneCommitsNothing()
    {
        using var database = new PostgresDatabase(Server());
        using var folder = new TemporaryFolder();
        using var market = new HeldMarket(1);
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = market },
            CancellationToken.None
        );
        var workspace = Make(
            folder.At("w"),
            vendor.Address,
            database.Url,
            more: "pools: { lease: 2s }\nraw: { enabled: false }"
        );
        string[] daily = [.. s_backfill, "--datasets", "tushare.daily", "--jobs", "1"];
        market.Hold = "daily";
        await using var first = workspace.Start(daily);
        (await Task.WhenAny(market.Asked, first.EndAsync())).ShouldBe(market.Asked);

        var busy = await workspace.RunAsync(daily);
        busy.With(exitCode: 3).ToString().ShouldContain("LANE_BUSY");

        first.Send(Signal.Stop);
        first.WaitUntil(
            () =>
                database.Sql(
                    "select lane from lane_leases where expires_at <= extract(epoch from clock_timestamp()) * 1000"
                )
                    is ["china"],
            "end of the lease"
        );
        market.Generation = 2;
        (await workspace.RunAsync(daily)).With(exitCode: 0);
        var stands = workspace.Content();
        market.Answer();
        first.Send(Signal.Continue);
        var ended = await first.EndAsync();

        ended.With(exitCode: 1).ToString().ShouldContain("LANE_LOST");
        workspace.Content().ShouldBe(stands);
        (await workspace.SqlAsync("SELECT min(close) AS low FROM ods.ods_daily"))[0]
            .GetProperty("low")
            .GetDouble()
            .ShouldBeGreaterThan(2_000_000, "all rows are those of who asked later");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backfill_ServerRestartedInTheMiddle_EndsWell(bool crash)
    {
        Server();
        using var server = PostgresServer.Start();
        using var database = new PostgresDatabase(server);
        using var folder = new TemporaryFolder();
        using var market = new HeldMarket(2);
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = market },
            CancellationToken.None
        );
        var workspace = Make(folder.At("w"), vendor.Address, database.Url);
        market.Hold = "daily";
        await using var run = workspace.Start([.. s_backfill, "--datasets", "tushare.daily"]);
        (await Task.WhenAny(market.Asked, run.EndAsync())).ShouldBe(market.Asked);
        // A crash forgets what is not on the disk, as a server in earnest would not.
        database.Sql("checkpoint");

        if (crash)
        {
            server.Crash();
        }
        else
        {
            server.Halt();
        }

        market.Answer();
        await market.Answered.WaitAsync(s_limit);
        server.Resume();

        (await run.EndAsync()).With(exitCode: 0);
        database.Sql("select status from ingest_runs").ShouldBe(["success"]);
        (await workspace.SqlAsync("SELECT count(DISTINCT dt) AS n FROM ods.ods_daily"))[0].Number("n").ShouldBe(4);
    }

    /// <summary>What <c>status</c> says, but for the moments when it was found out.</summary>
    private static async Task<string> PoolsAsync(Workspace workspace) =>
        Regex.Replace(
            (await workspace.RunAsync("status", "--json")).Json().GetProperty("pools").ToString(),
            "\"evaluated_at\": *\"[^\"]*\"",
            ""
        );

    private static PostgresServer Server()
    {
        var server = PostgresServer.TryFind(out var reason);
        Assert.SkipWhen(server is null, reason);
        return server;
    }

    private static Workspace Make(
        string folder,
        Uri vendor,
        string control,
        IReadOnlyDictionary<string, string>? environment = null,
        string more = ""
    )
    {
        Workspace.Create(folder, vendor, First, Last, more: $"control: \"{control}\"\n{more}");
        return new Workspace(folder, environment);
    }
}
