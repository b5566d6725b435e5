using Tidemark.DuckDb;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A lake made once from the recorded market.</summary>
public sealed class RecordedMarket : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal string? Recording { get; } = Checkout.FindRecording("replay-cn");

    internal Workspace Workspace => new(_folder.At("w"));

    internal Ended? Demo { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Recording is not null)
        {
            Demo = await TidemarkProcess.RunAsync(
                _folder.Path,
                ["demo", "w", "--replay", Recording, "--no-serve", "--json"]
            );
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The main job on real input: a whole market of 146 trading days, accounted for.</summary>
public sealed class ReplayTests(RecordedMarket market, ITestOutputHelper output) : IClassFixture<RecordedMarket>
{
    [Fact]
    public async Task Replay_RecordedMarket_CountsExactly()
    {
        var demo = Made().Json();
        demo.Number("days").ShouldBe(146);
        output.WriteLine($"{demo.GetProperty("seconds")} s");

        var status = await market.Workspace.JsonAsync("status", "--check", "stock.daily_bars", "--pool", "source_pool");

        var check = status.GetProperty("pools")[0].GetProperty("buckets")[0].GetProperty("checks")[0];
        check.Text("check").ShouldBe("stock.daily_bars");
        check.Text("from").ShouldBe("2022-06-01");
        check.Text("to").ShouldBe("2022-12-30");
        check.Number("cells").ShouldBe(717_074);
        check.Number("complete").ShouldBe(708_327);
        check.Number("partial").ShouldBe(0);
        check.Number("missing").ShouldBe(7_762);
        check.Number("not_applicable").ShouldBe(985);
        check.Number("not_started").ShouldBe(0);
        check.GetProperty("reasons").Members().ShouldBe(["suspended"]);
        check.GetProperty("reasons").Number("suspended").ShouldBe(985);
    }

    [Fact]
    public async Task Replay_DayByDay_CountsWhatTheAnswersSay()
    {
        Made();
        var recording = market.Recording!;
        var status = await market.Workspace.JsonAsync("status", "--check", "stock.daily_bars", "--pool", "source_pool");
        var days = status
            .GetProperty("pools")[0]
            .GetProperty("buckets")[0]
            .GetProperty("checks")[0]
            .GetProperty("days")
            .EnumerateArray()
            .ToDictionary(d => d.Text("day"), StringComparer.Ordinal);

        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        foreach (
            var (member, file) in new[] { ("missing", "answers_missing"), ("not_applicable", "answers_suspended") }
        )
        {
            var path = DuckDbSql.Literal(Path.Combine(recording, file + ".csv"));
            using var answers = connection.Query(
                $"SELECT strptime(trade_date, '%Y%m%d')::DATE::VARCHAR, count(*) FROM read_csv({path}, all_varchar = true) GROUP BY 1"
            );
            var expected = answers.Rows().ToDictionary(r => (string)r[0]!, r => (long)r[1]!, StringComparer.Ordinal);
            days.Keys.ShouldBeSubsetOf(days.Keys.Union(expected.Keys));
            foreach (var (day, counts) in days)
            {
                counts.Number(member).ShouldBe(expected.GetValueOrDefault(day), $"{member} on {day}");
            }
        }
    }

    [Fact]
    public void Replay_EveryBar_EqualsTheRecording()
    {
        Made();
        // As a user would: DuckDB on the catalog file, no extension.
        var catalog = Path.Combine(market.Workspace.Folder, "catalog.duckdb");
        using var database = DuckDbDatabase.Open(catalog, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        const string Values = "open, high, low, close, pre_close, change, pct_chg, vol, amount";
        var recorded = DuckDbSql.Literal(Path.Combine(market.Recording!, "tushare", "daily.parquet"));
        var theirs =
            $"SELECT ts_code, strptime(CAST(trade_date AS VARCHAR), '%Y%m%d')::DATE AS trade_date, {Values} FROM read_parquet({recorded})";
        var ours = $"SELECT ts_code, trade_date, {Values} FROM ods.ods_daily";

        Convert.ToInt64(connection.Scalar("SELECT count(*) FROM ods.ods_daily")).ShouldBe(708_327);
        Convert.ToInt64(connection.Scalar($"SELECT count(*) FROM ({theirs} EXCEPT ALL {ours})")).ShouldBe(0);
        Convert.ToInt64(connection.Scalar($"SELECT count(*) FROM ({ours} EXCEPT ALL {theirs})")).ShouldBe(0);
        Convert.ToInt64(connection.Scalar("SELECT count(*) FROM ods.ods_daily WHERE dt <> trade_date")).ShouldBe(0);
    }

    [Fact]
    public async Task Replay_OneEntity_ShowsItsDays()
    {
        Made();

        var ended = await market.Workspace.RunAsync(
            "status",
            "--entity",
            "600519.SH",
            "--check",
            "stock.daily_bars",
            "--json"
        );

        var check = ended
            .With(exitCode: 0)
            .Json()
            .GetProperty("pools")[0]
            .GetProperty("buckets")[0]
            .GetProperty("checks")[0];
        check.Number("cells").ShouldBe(146);
        check.Number("complete").ShouldBe(145, "2022-09-15 was never recorded");
        check.Number("missing").ShouldBe(1);
        check
            .GetProperty("ranges")
            .EnumerateArray()
            .Single(r => r.Text("status") == "missing")
            .Text("from")
            .ShouldBe("2022-09-15");
    }

    private Ended Made()
    {
        Assert.SkipWhen(market.Recording is null, Checkout.NoRecording("replay-cn"));
        return market.Demo!.With(exitCode: 0);
    }
}
