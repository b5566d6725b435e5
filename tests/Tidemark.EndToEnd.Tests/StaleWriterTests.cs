using System.Globalization;
using Microsoft.Data.Sqlite;
using Tidemark.Core;
using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Simulator.Tushare;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// A process that is stopped (SIGSTOP) for longer than its lease while another has its pool, and continued (SIGCONT):
/// it commits nothing more, says <c>LANE_LOST</c> and ends with an exit code that is not 0; what the other has
/// committed stands. Where it is stopped is told by what can be seen of it: the vendor's questions, files, the log.
/// </summary>
public sealed class StaleWriterTests(ITestOutputHelper output)
{
    private const string First = "2025-06-24";
    private const string Last = SimulatorProcess.Today;
    private const int AtOnce = 2;
    private const int Attempts = 10;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private static readonly string[] s_moments = ["asking", "answered", "staging", "committing"];
    private static readonly string[] s_touched = ["the same table", "another table", "none"];

    /// <summary>Every moment with everything that the other may touch, each on a market of its own.</summary>
    private static readonly (string Moment, string Touched, int Seed)[] s_rounds =
    [
        .. Enumerable
            .Range(0, s_moments.Length * s_touched.Length)
            .Select(i => (s_moments[i % 4], s_touched[i / 4 % 3], 100 + i)),
    ];

    [Fact]
    public async Task Backfill_StoppedPastItsLeaseWhileAnotherHadThePool_CommitsNothingAndSaysSo()
    {
        await Parallel.ForEachAsync(
            s_rounds,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (round, _) =>
            {
                for (var attempt = 1; !await RoundAsync(round.Moment, round.Touched, round.Seed); attempt++)
                {
                    attempt.ShouldBeLessThan(Attempts, $"{round} never came to be stopped");
                }
            }
        );
        output.WriteLine(
            $"proof: {s_rounds.Length} processes stopped past their lease and continued; the newer rows stand"
        );
    }

    /// <returns>False when the process had committed before it could be stopped.</returns>
    private async Task<bool> RoundAsync(string moment, string touched, int seed)
    {
        var what = $"{moment}, then {touched}, market {seed}";
        using var folder = new TemporaryFolder();
        using var market = new HeldMarket(seed);
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = market },
            CancellationToken.None
        );
        var workspace = Workspace.Create(
            folder.At("w"),
            vendor.Address,
            First,
            Last,
            more: "pools: { lease: 2s }\nraw: { enabled: false }"
        );
        if (touched == "none")
        {
            (await BackfillAsync(workspace, "tushare.suspend_d")).With(exitCode: 0);
        }

        if (moment is "staging" or "committing")
        {
            // The table is there: whatever its log says when the second has begun is what it says at the end.
            (await BackfillAsync(workspace, "tushare.daily", to: First)).With(exitCode: 0);
        }

        var entries = LogEntries(workspace);

        // The first process, stopped.
        market.Hold = moment is "asking" or "answered" ? "daily" : null;
        await using var stale = workspace.Start(
            "backfill",
            "--from",
            First,
            "--to",
            Last,
            "--datasets",
            "tushare.daily",
            "--jobs",
            "1",
            "--json"
        );
        if (
            !await ReachAsync(workspace, market, stale, moment, what)
            || !TryStop(workspace, stale)
            || LogEntries(workspace) > entries // it had all done, and only its end was to come
        )
        {
            return false;
        }

        if (moment == "answered")
        {
            market.Answer();
            await market.Answered.WaitAsync(s_limit);
        }

        stale.WaitUntil(() => LeaseIsOver(workspace), "end of the lease");
        market.Generation = 2;

        // The second, which takes the pool over.
        var second = await BackfillAsync(
            workspace,
            touched == "the same table" ? "tushare.daily" : "tushare.suspend_d"
        );
        second.With(exitCode: 0);
        var stands = await FilesAsync(workspace);

        market.Answer();
        stale.Send(Signal.Continue);
        var ended = await stale.EndAsync();

        ended.ExitCode.ShouldBe(1, $"{what}: {ended}");
        (ended.Out + ended.Error).ShouldContain("LANE_LOST", customMessage: what);
        (await FilesAsync(workspace)).ShouldBe(stands, what);
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty(what);
        Sql(workspace, "select count(*) from ingest_runs where meta_json like '%LANE_LOST%' and status = 'failed'")
            .ShouldBe(1, what);
        output.WriteLine($"{what}: {string.Join(", ", stands.Select(t => $"{t.Key} {t.Value.Split('|')[0]}"))}");

        // Nothing is lost either: the next run fetches what is missing, and all rows are those of who asked later, or
        // were there before the stop.
        (await BackfillAsync(workspace, "tushare.daily")).With(exitCode: 0);
        var days = await NumbersAsync(workspace, "SELECT count(DISTINCT dt), min(close) FROM ods.ods_daily");
        days[0].ShouldBe(4, what);
        if (moment is "asking" or "answered")
        {
            days[1].ShouldBeGreaterThan(2_000_000, what);
        }

        return true;
    }

    /// <summary>
    /// Stops a process, and not within a transaction of the control database: there it would keep everybody out of it,
    /// and nobody could take its pool.
    /// </summary>
    private static bool TryStop(Workspace workspace, TidemarkProcess stale)
    {
        while (!stale.HasExited)
        {
            stale.Send(Signal.Stop);
            if (IsFree(workspace))
            {
                return !stale.HasExited;
            }

            stale.Send(Signal.Continue);
            stale.EndsWithin(TimeSpan.FromMilliseconds(1));
        }

        return false;
    }

    private static bool IsFree(Workspace workspace)
    {
        try
        {
            using var connection = new SqliteConnection(
                $"Data Source={Path.Combine(workspace.Folder, "control.db")};Pooling=False;Default Timeout=1"
            );
            connection.Open();
            using var transaction = connection.BeginTransaction(deferred: false);
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static async Task<bool> ReachAsync(
        Workspace workspace,
        HeldMarket market,
        TidemarkProcess stale,
        string moment,
        string what
    )
    {
        if (moment is "asking" or "answered")
        {
            (await Task.WhenAny(market.Asked, stale.EndAsync())).ShouldBe(market.Asked, what);
            return true;
        }

        // A file that is being staged, or one that was published: a few milliseconds of a process's life, so nothing is
        // waited for in between.
        var below = moment == "staging" ? "_staging" : Path.Combine("ods", "ods_daily", $"dt={Last}");
        var look = System.Diagnostics.Stopwatch.StartNew();
        while (workspace.LakeFiles("*.parquet", below).Count == 0)
        {
            if (stale.HasExited)
            {
                return false;
            }

            if (look.Elapsed > s_limit)
            {
                throw new InvalidOperationException($"{what}: no file below {below}");
            }
        }

        return true;
    }

    private static int LogEntries(Workspace workspace) =>
        workspace.LakeFiles("*.json", Path.Combine("ods", "ods_daily", "_delta_log")).Count;

    private static Task<Ended> BackfillAsync(Workspace workspace, string dataset, string to = Last) =>
        workspace.RunAsync("backfill", "--from", First, "--to", to, "--datasets", dataset, "--json");

    private static bool LeaseIsOver(Workspace workspace) =>
        Sql(
            workspace,
            "select count(*) from lane_leases where lane = 'china' and expires_at <= (julianday('now') - 2440587.5) * 86400000"
        ) == 1;

    private static long Sql(Workspace workspace, string query)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(workspace.Folder, "control.db")};Mode=ReadOnly;Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Every table's version and live files.</summary>
    private static async Task<SortedDictionary<string, string>> FilesAsync(Workspace workspace)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var engine = NewEngine(workspace);
        foreach (var table in await Open(workspace, engine).TablesAsync(CancellationToken.None))
        {
            var snapshot = await table.SnapshotAsync(CancellationToken.None);
            files.Add(
                table.Id.ToString(),
                $"{snapshot.Version} {snapshot.Commit?.Operation}|{string.Join(' ', snapshot.Files.Keys.Order(StringComparer.Ordinal))}"
            );
        }

        return files;
    }

    private static async Task<double[]> NumbersAsync(Workspace workspace, string sql)
    {
        using var engine = NewEngine(workspace);
        using var session = await Open(workspace, engine).OpenSessionAsync(null, CancellationToken.None);
        using var result = session.Connection.Query(sql);
        return [.. result.Rows().Single().Select(v => Convert.ToDouble(v, CultureInfo.InvariantCulture))];
    }

    private static LakeEngine NewEngine(Workspace workspace) =>
        new(new EngineOptions(1, "256MB"), Path.Combine(Path.GetDirectoryName(workspace.Folder)!, "spill"));

    private static DataLake Open(Workspace workspace, LakeEngine engine) =>
        DataLake.OnDisk(workspace.Lake, engine, TimeProvider.System, new SystemIdSource());
}
