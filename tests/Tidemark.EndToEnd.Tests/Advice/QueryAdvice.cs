using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Warehouse and SQL", "Simulator" and "Command line" of <c>docs/errors.md</c>.</summary>
public sealed class QueryAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Mine = "definitions/warehouse/dwd/dwd_mine.sql";

    internal static readonly AdviceScenario[] All =
    [
        new("BUILD_TARGET_UNKNOWN", "build", "dwd.dwd_stock_dayly")
        {
            Exit = 2,
            Says = "did you mean 'dwd.dwd_stock_daily'?",
            Then = ["build", "dwd.dwd_stock_daily"],
        },
        new("BUILD_RANGE_EMPTY", "build", "--from", AdviceLake.To, "--to", AdviceLake.From)
        {
            Exit = 2,
            Says = "before it begins",
            Then = ["build", "--from", AdviceLake.From, "--to", AdviceLake.To],
        },
        new("BUILD_SQL", "build", "dwd.dwd_mine")
        {
            Break = w => Do(() => w.Write(Mine, "-- key: a\n-- partition: none\nSELECT error('no') AS a\n")),
            Exit = 1,
            Says = "dwd_mine.sql",
            Obey = w => Edit(w, Mine, "error('no')", "1"),
        },
        new("BUILD_KEY", "build", "dwd.dwd_mine")
        {
            Break = w => Do(() => w.Write(Mine, "-- key: a\n-- partition: none\nSELECT 1 AS a FROM range(2)\n")),
            Exit = 1,
            Says = "dwd_mine.sql",
            Obey = w => Edit(w, Mine, "range(2)", "range(1)"),
        },
        new("BUILD_TARGET_OFF", "build", "dwd.dwd_stock_daily")
        {
            Break = w => Configure(w, "off: [dwd.dwd_stock_daily]"),
            Exit = 2,
            Says = "Take it from 'off' in tidemark.yaml",
            Obey = w => Unconfigure(w, "off: [dwd.dwd_stock_daily]"),
        },
        new("SQL_ERROR", "sql", "SELECT closing FROM ods.ods_daily")
        {
            Exit = 2,
            Says = "Candidate bindings: \"close\"",
            Then = ["sql", "SELECT close FROM ods.ods_daily"],
        },
        new("QUERY_FILE_MISSING", "sql", "-f", "qery.sql")
        {
            Break = w => Do(() => w.Write("query.sql", "SELECT 1")),
            Exit = 2,
            Says = "did you mean 'query.sql'?",
            Then = ["sql", "-f", "query.sql"],
        },
        new("SQL_NOT_A_QUERY", "sql", "DELETE FROM ods.ods_daily")
        {
            Exit = 2,
            Says = "Only queries are allowed here (SELECT, WITH, FROM,",
            Then = ["sql", "FROM ods.ods_daily"],
        },
        new("SQL_FUNCTION_REFUSED", "sql", "SELECT * FROM checkpoint()")
        {
            Exit = 2,
            Says = "checkpoint",
            Then = ["sql", "SELECT 1"],
        },
        new("SQL_TIMEOUT", "sql", Endless, "--timeout", "1s")
        {
            Exit = 1,
            Says = "or ask for less: fewer days, fewer columns",
            Then = ["sql", "SELECT sum(range) FROM range(1000)", "--timeout", "1m"],
        },
        new("SQL_TOO_LARGE", "sql", Wide, "--format", "csv", "-o", "wide.csv")
        {
            Break = w => Configure(w, "engine: { memory: 250MB }"),
            Exit = 2,
            Says = "Ask for fewer rows (--max-rows 100)",
            Then = ["sql", Wide, "--format", "csv", "-o", "wide.csv", "--max-rows", "10"],
        },
        new("QUERY_MISSING", "sql")
        {
            Exit = 2,
            Says = "tidemark sql \"SELECT …\"",
            Then = ["sql", "SELECT 1"],
        },
        new("QUERY_NOT_TEXT", "sql", "-f", "question.sql")
        {
            Break = w => Do(() => File.WriteAllBytes(w.At("question.sql"), [.. "SELECT '"u8, 0xD6, 0xD0, .. "'"u8])),
            Exit = 2,
            Says = "Write the query in UTF-8",
            Obey = w => Do(() => w.Write("question.sql", "SELECT '\u4e2d'")),
        },
        new("OUTPUT_MISSING", "sql", "SELECT 1", "--format", "parquet")
        {
            Exit = 2,
            Says = "needs -o FILE",
            Then = ["sql", "SELECT 1", "--format", "parquet", "-o", "rows.parquet"],
        },
        new("OUTPUT_TAKEN", "sql", "SELECT 1", "--format", "csv", "-o", "control.db")
        {
            Exit = 2,
            Says = "Name another file",
            Then = ["sql", "SELECT 1", "--format", "csv", "-o", "rows.csv"],
        },
        new("FILE_FAILED", "sql", "SELECT 1", "--format", "csv", "-o", "nowhere/rows.csv")
        {
            Exit = 1,
            Says = "Check the path",
            Obey = w => Do(() => Directory.CreateDirectory(w.At("nowhere"))),
        },
        new("RANGE_EMPTY", "backfill", "--from", AdviceLake.To, "--to", AdviceLake.From)
        {
            Exit = 2,
            Says = "is before --from",
            Then = ["backfill", "--from", AdviceLake.From, "--to", AdviceLake.To],
        },
        new("PLAN_UNKNOWN", "run", "--plan", "0123456789ab")
        {
            Exit = 2,
            Says = "`tidemark plan` shows one and names it",
            Then = ["plan"],
        },
        new("RANGE_AMBIGUOUS", "build", "--dt", AdviceLake.To, "--from", AdviceLake.From)
        {
            Exit = 2,
            Says = "Give --dt, or --from and --to",
            Then = ["build", "--dt", AdviceLake.To],
        },
        new("USAGE", "status", "--colour", "--json")
        {
            Exit = 2,
            Says = "--help",
            Obey = w => w.DoAsync("status", "--help"),
            Then = ["status", "--json"],
        },
        new(
            "SYMBOL_AMBIGUOUS",
            "refetch",
            "tushare.daily",
            "--from",
            AdviceLake.To,
            "--to",
            AdviceLake.To,
            "--symbols",
            "000001"
        )
        {
            Exit = 2,
            Says = "000001.SH or 000001.SZ: write it out",
            Then =
            [
                "refetch",
                "tushare.daily",
                "--from",
                AdviceLake.To,
                "--to",
                AdviceLake.To,
                "--symbols",
                "000001.SZ",
            ],
        },
        new("STATUS_FILTER_UNKNOWN", "status", "--bucket", "stok")
        {
            Exit = 2,
            Says = "did you mean 'stock'?",
            Then = ["status", "--bucket", "stock"],
        },
        new("STATUS_RANGE_EMPTY", "status", "--from", AdviceLake.To, "--to", AdviceLake.From)
        {
            Exit = 2,
            Says = "is after --to",
            Then = ["status", "--from", AdviceLake.From, "--to", AdviceLake.To],
        },
        new("RUN_UNKNOWN", "runs", "show", "nothing")
        {
            Exit = 2,
            Says = "See `tidemark runs`",
            Then = ["runs"],
        },
        new("LOG_NOT_KEPT", "runs", "show", "--log")
        {
            Exit = 2,
            Says = "tidemark runs show ID --steps",
            Then = ["runs", "show", "--steps"],
        },
        new("FAULTS_UNREADABLE", "sim", "tushare", "--port", "0", "--stocks", "20", "--faults", "faults.yaml")
        {
            Serves = true,
            Exit = 2,
            Says = "Check the path after --faults",
            Obey = w => Do(() => w.Write("faults.yaml", "- { vendor: tushare, api: daily, do: drop }\n")),
        },
        new("RECORDING_INVALID", "sim", "tws", "--port", "0", "--play", "session.tws")
        {
            Serves = true,
            Break = w => Do(() => w.Write("session.tws", "no recording\n")),
            Exit = 2,
            Says = "session.tws",
            Obey = RecordAsync,
        },
        new("DAYS_INVALID", "demo", "shown", "--no-serve", "--stocks", "20", "--days", "0")
        {
            Exit = 2,
            Says = "a whole number from 1",
            Then = ["demo", "shown", "--no-serve", "--stocks", "20", "--days", "1"],
        },
        new("REPLAY_EMPTY", "demo", "shown", "--no-serve", "--replay", "recorded")
        {
            Break = w => Do(() => w.Write("recorded/tushare/daily.csv", Bars)),
            Exit = 2,
            Says = "tushare/daily",
            Obey = w =>
                Do(() =>
                    w.Write("recorded/tushare/daily.csv", $"{Bars}000001.SZ,20250627,10,11,9,10.5,10,0.5,5,1000,1050\n")
                ),
        },
        new("REPLAY_UNREADABLE", "sim", "tws", "--port", "0", "--replay", "recorded")
        {
            Serves = true,
            Break = w => Do(() => w.Write("recorded/tws/chain.csv", "timestamp,conId\n2025-03-20 18:00:00,x\n")),
            Exit = 2,
            Says = "chain.csv",
            Obey = w => Do(() => w.Write("recorded/tws/chain.csv", RecordedChain)),
        },
        new(
            "RECORDING_UNWRITABLE",
            "sim",
            "tws",
            "--port",
            "0",
            "--record",
            "no/where.tws",
            "--upstream",
            "127.0.0.1:9"
        )
        {
            Serves = true,
            Break = w => Do(() => w.Write("no", "a file")),
            Exit = 1,
            Says = "Check the path after --record",
            Obey = w =>
                Do(() =>
                {
                    File.Delete(w.At("no"));
                    Directory.CreateDirectory(w.At("no"));
                }),
        },
        new("UPSTREAM_INVALID", "sim", "tws", "--port", "0", "--record", "session.tws")
        {
            Serves = true,
            Exit = 2,
            Says = "--upstream HOST:PORT",
            Then = ["sim", "tws", "--port", "0", "--record", "session.tws", "--upstream", "127.0.0.1:4001"],
        },
        new("SIMULATED_MARKET_TOO_LARGE", "sim", "tushare", "--port", "0", "--stocks", "60000")
        {
            Serves = true,
            Exit = 2,
            Says = "Ask for fewer instruments",
            Then = ["sim", "tushare", "--port", "0", "--stocks", "20"],
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    [Fact]
    public async Task Port_ThatIsTaken_IsLeftForAnother()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await new AdviceScenario("PORT_TAKEN", "sim", "tws", "--port", port)
        {
            Serves = true,
            Exit = 2,
            Says = "or 0 for any",
            Then = ["sim", "tws", "--port", "0"],
        }.WalkAsync(new AdviceWorld(folder.Path, new Uri("http://127.0.0.1")));
    }

    private const string Endless = "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b";

    private const string Wide = "SELECT repeat(range::VARCHAR, 1000000) AS wide FROM range(3000)";

    private const string Bars = "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n";

    private const string RecordedChain = """
        timestamp,conId,symbol,lastTradeDateOrContractMonth,strike,right,multiplier,exchange,currency,localSymbol,tradingClass,bid,bidSize,ask,askSize,last,lastSize,volume,close,undPrice,model_impliedVol,model_delta,model_optPrice,model_pvDividend,model_gamma,model_vega,model_theta,model_undPrice
        2025-03-20 18:00:00,9001,ZED,20250417,50.0,C,100,SMART,USD,ZED   250417C00050000,ZED,2.1,10,2.3,7,2.2,1,55,2.0,50.5,0.31,0.55,2.2,0,0.04,0.06,-0.03,50.5

        """;

    // "Record it again": a gateway, a recorder before it, and a client that asks.
    private static async Task RecordAsync(AdviceWorld world)
    {
        File.Delete(world.At("session.tws"));
        await using var gateway = await SimulatorProcess.GatewayAsync(world.Folder, "--start", "2025-11-20");
        await using var recorder = await SimulatorProcess.GatewayAsync(
            world.Folder,
            "--record",
            "session.tws",
            "--upstream",
            $"127.0.0.1:{gateway.Url.Port}"
        );
        var port = recorder.Url.Port.ToString(CultureInfo.InvariantCulture);
        await world.DoAsync("ibkr", "chain", "AAPL", "--strikes", "1", "--port", port);
        (await recorder.StopAsync()).ExitCode.ShouldBe(0);
    }
}
