using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Control.Settings;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests.Documents;

/// <summary>
/// A workspace in which everything happens that a document can tell of: a day that stays empty, a call that fails, one
/// that is not allowed.
/// </summary>
internal sealed class HalfLake : IAsyncDisposable
{
    private const string Faults = """
        - { api: daily, params: { trade_date: "20260820" }, do: empty }
        - { api: fund_daily, do: { drop_column: close } }
        - { api: index_daily, do: no_permission }
        - { api: adj_factor, params: { trade_date: "20260819" }, when: { between: [2, 1000] }, do: empty }
        """;

    private readonly string _folder;
    private readonly TushareSimulator _vendor;

    private HalfLake(string folder, TushareSimulator vendor)
    {
        _folder = folder;
        _vendor = vendor;
        File.WriteAllText(
            Path.Combine(folder, "tidemark.yaml"),
            $$"""
            plan: { from: 2026-08-19, to: 2026-08-20 }
            pools: { targets: { symbols: [000001.SZ] } }
            vendors:
              tushare: { url: "{{vendor.Address}}", token: test, rate_limits: { default: 1000000/min } }
            """
        );
    }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));

    public static async Task<HalfLake> StartAsync()
    {
        var calendars = Path.Combine(AppContext.BaseDirectory, "definitions", "calendars");
        var calendar = CalendarFile.Parse("XSHG", File.ReadAllText(Path.Combine(calendars, "XSHG.csv")), "XSHG.csv");
        var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = new SyntheticMarket(
                    new SyntheticMarketOptions
                    {
                        Calendar = calendar,
                        LastDay = new DateOnly(2026, 8, 20),
                        Stocks = 20,
                        Etfs = 3,
                        Indices = 2,
                    }
                ),
                Points = [new PointsTranche(15000, new DateOnly(2027, 8, 20))],
                Faults = FaultRules.Parse(Faults),
            },
            TestContext.Current.CancellationToken
        );
        var lake = new HalfLake(Directory.CreateTempSubdirectory("tidemark-half-").FullName, vendor);
        foreach (var flag in FlagNames.Waves)
        {
            await lake.JsonAsync($"flags set {flag} on");
        }

        return lake;
    }

    /// <summary>A command's document, whatever its exit code.</summary>
    public Task<JsonElement> JsonAsync(string command) => JsonAsync([], command);

    /// <param name="values">Other values of tidemark.yaml, as <c>TIDEMARK__SECTION__KEY</c>.</param>
    /// <param name="command">What is typed.</param>
    public async Task<JsonElement> JsonAsync(Dictionary<string, string> values, string command)
    {
        var answer = await new CommandLine(_folder, Clock) { Environment = values }.RunAsync([
            .. command.Split(' '),
            "--json",
        ]);
        return JsonDocument.Parse(answer.Out).RootElement;
    }

    /// <summary>Has a job run in another process.</summary>
    public void BeginJob() =>
        Control(
            """
            update ingest_control_state_v1 set job_id = 'job', job_owner = 'elsewhere/1/job', job_pool = 'universe', job_mode = 'daily',
              job_source = 'schedule', job_started_at = 1787227200000, alive_until = 9999999999999
            """
        );

    /// <summary>Has it end.</summary>
    public void EndJob() =>
        Control(
            """
            update ingest_control_state_v1 set job_id = null, alive_until = 0;
            insert into schedule_fires_v1 (schedule, due_at, status, source, owner, detail, fired_at, finished_at, alive_until)
            values ('china', 1787225400000, 'done', 'schedule', 'elsewhere/1/serve', 'targets success', 1787225400000, 1787225500000, 0),
                   ('china', 1787311800000, 'running', 'catch_up', 'elsewhere/1/serve', null, 1787311800000, null, 0)
            """
        );

    private void Control(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "control.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Gives a setting a value that is not of its shape.</summary>
    public async Task DamageAsync(string setting)
    {
        await using var control = await OpenControlAsync();
        await new SettingsStore(control).SetAsync(
            setting,
            new Dictionary<string, string> { ["p0Enabled"] = "perhaps" },
            CancellationToken.None
        );
    }

    public async Task ForgetAsync(string setting)
    {
        await using var control = await OpenControlAsync();
        await new SettingsStore(control).RemoveAsync(setting, CancellationToken.None);
    }

    /// <summary>Leaves a run of a process that was killed.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> LoseRunAsync()
    {
        await using var control = await OpenControlAsync();
        var id = await new RunStore(control, new SystemIdSource()).StartAsync(
            new RunStart(Pool.Universe, RunMode.Manual, null),
            CancellationToken.None
        );
        Clock.Advance(RunStore.StaleAfter + TimeSpan.FromSeconds(1));
        return id;
    }

    private Task<ControlDatabase> OpenControlAsync() =>
        ControlDatabase.OpenAsync(Path.Combine(_folder, "control.db"), Clock, CancellationToken.None);

    /// <summary>The same while a table of the warehouse cannot be built.</summary>
    public async Task<JsonElement> WithBrokenTableAsync(string command)
    {
        var file = Path.Combine(_folder, "definitions", "warehouse", "dwd", "dwd_broken.sql");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(
            file,
            "-- key: ts_code\n-- partition: dt\nSELECT ts_code, error('no') AS a FROM ods.ods_adj_factor_dt('${PARTITION_DATE}')\n"
        );
        var document = await JsonAsync(command);
        File.Delete(file);
        return document;
    }

    /// <summary>
    /// Declares a dataset of its own that no check asks about: factors once more, in a table of their own.
    /// </summary>
    public void DeclareUnchecked()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "definitions", "datasets")).FullName;
        File.WriteAllText(
            Path.Combine(folder, "tushare.factors.yaml"),
            """
            dataset: tushare.factors
            title: Factors once more
            module: stock.factors
            bucket: stock
            api: adj_factor
            table: ods_factors
            grain: trading_day
            calendar: XSHG
            available: { at: "09:20", grace: 30m }
            request: { params: { trade_date: "{dt}" }, row_cap: 6000 }
            date_column: trade_date
            key: [ts_code, trade_date]
            columns:
              ts_code: { type: text }
              trade_date: { type: date }
              adj_factor: { type: double }
            """
        );
    }

    /// <summary>A folder of recorded answers.</summary>
    public string Answers => Path.Combine(_folder, "answers");

    /// <summary>Records an answer of which one value is of another type and one column new to every dataset.</summary>
    public string Answer(string api)
    {
        var file = Path.Combine(Directory.CreateDirectory(Answers).FullName, $"{api}.json");
        const string Text = """
            {"code":0,"msg":"","data":{"fields":["ts_code","trade_date","adj_factor","mood"],"items":[["510300.SH","20260820","high",1]]}}
            """;
        File.WriteAllText(file, Text);
        File.WriteAllText(Path.Combine(Answers, "adj_factor.json"), Text);
        File.WriteAllText(Path.Combine(Answers, "daily.json"), Text);
        File.WriteAllText(Path.Combine(Answers, "nobody.json"), Text);
        File.WriteAllText(
            Path.Combine(Answers, "fund_adj.json"),
            """{"code":40203,"msg":"抱歉，您没有接口访问权限","data":null}"""
        );
        return file;
    }

    /// <summary>
    /// Declares a dataset by symbol and one by period, which say everything that can be said of one; leaves one out,
    /// and switches one off.
    /// </summary>
    public void DeclareMore()
    {
        var folder = Path.Combine(_folder, "definitions", "datasets");
        File.AppendAllText(Path.Combine(_folder, "tidemark.yaml"), "\noff: [tushare.suspend_d]\n");
        File.WriteAllText(Path.Combine(folder, "tushare.broken.yaml"), "dataset: tushare.broken\n");
        File.WriteAllText(
            Path.Combine(folder, "tushare.minutes.yaml"),
            """
            dataset: tushare.minutes
            title: Bars of a minute
            title_zh: 分钟行情
            batch: P2
            flag: p2RealtimeEquityEtfV1
            points: purchased
            history: 2009-01-01
            module: stock.minutes
            bucket: stock
            api: stk_mins
            table: ods_minutes
            grain: symbol
            per: month
            part: { symbols_of: tushare.stock_basic, where: "list_status = 'L'", sample: 000001.SZ }
            calendar: XSHG
            available: { at: "18:00" }
            request:
              params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }
              fan_out: { freq: [1min, 5min] }
              row_cap: 8000
              rows_a_day: 241
              limit: 100/min
            date_column: day
            rules: { close: { max: 9999, nulls: 0.5 } }
            key: [ts_code, day]
            columns:
              ts_code: { type: text }
              day: { type: date, field: trade_date, about: Its day }
              close: { type: double, unit: CNY, optional: true }
            """
        );
        File.WriteAllText(
            Path.Combine(folder, "tushare.prices.yaml"),
            """
            dataset: tushare.prices
            title: Prices by region
            module: macro.prices
            bucket: macro
            api: cn_cpi
            table: ods_prices
            grain: period
            per: month
            part: { values: [east, west], column: region }
            calendar: XSHG
            available: { at: "18:00", days_later: 15 }
            request: { params: { m: "{month}", region: "{part}" }, row_cap: 100 }
            period_column: month
            key: [region, month]
            columns:
              region: { type: text }
              month: { type: text }
              value: { type: double }
            """
        );
    }

    /// <summary>The newest entry of a table's log becomes something else.</summary>
    public void Damage(string table)
    {
        var log = Path.Combine(_folder, "lake", "ods", table, "_delta_log");
        File.WriteAllText(Directory.EnumerateFiles(log, "*.json").Order(StringComparer.Ordinal).Last(), "nothing");
    }

    public async ValueTask DisposeAsync()
    {
        await _vendor.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
