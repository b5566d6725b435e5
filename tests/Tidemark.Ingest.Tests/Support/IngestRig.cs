using Microsoft.Data.Sqlite;
using Tidemark.Completeness.Results;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Hosting;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>How a vendor behaves that a workspace is opened with.</summary>
internal sealed record VendorSetup
{
    /// <summary>A fault plan (YAML); empty for none.</summary>
    public string Faults { get; init; } = "";

    /// <summary>The token that the workspace sends; empty for none.</summary>
    public string Token { get; init; } = "a-good-token";

    /// <summary>Whether it answers at the address of the one before; otherwise at one of its own.</summary>
    public bool KeepsAddress { get; init; }

    /// <summary>Everything else about the server.</summary>
    public Func<TushareSimulatorOptions, TushareSimulatorOptions> Server { get; init; } = options => options;
}

/// <summary>
/// A workspace as users have it (files, lake, control database, the real client) against the simulated vendor on
/// loopback, with a clock that stands at 20:00 in Shanghai on Wednesday 2024-06-12. Its plan begins on 2024-06-06; the
/// 10th was a holiday, so that four trading days are wanted: 06-06, 06-07, 06-11, 06-12.
/// </summary>
internal sealed class IngestRig : IAsyncDisposable
{
    public static readonly string[] Days = ["2024-06-06", "2024-06-07", "2024-06-11", "2024-06-12"];
    private static readonly string[] s_datasets = ["stock_basic", "suspend_d", "daily"];
    private static readonly string[] s_waves = ["index_daily", "daily_basic", "moneyflow"];
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-ingest-").FullName;
    private readonly string[] _targets;
    private readonly Lock _driving = new(); // two runs at once have two drivers
    private IReadOnlyDictionary<string, string> _environment = new Dictionary<string, string>();
    private TidemarkHost? _host;
    private TushareSimulator? _vendor;

    private IngestRig(string? lake, string[] datasets, string[] checks, string[] targets)
    {
        _targets = targets;
        LakeFolder = lake ?? Path.Combine(_folder, "lake");
        var definitions = Path.Combine(_folder, "definitions");
        foreach (var kind in new[] { "datasets", "calendars", "checks", "warehouse", "catalog" })
        {
            Directory.CreateDirectory(Path.Combine(definitions, kind));
        }

        Copy("calendars", "XSHG.csv");
        Copy("checks", "stock.list.yaml");
        Copy("checks", "stock.daily_bars.yaml");
        foreach (var check in checks)
        {
            Copy("checks", $"{check}.yaml");
        }

        foreach (var dataset in datasets)
        {
            Copy("datasets", $"tushare.{dataset}.yaml");
        }
    }

    /// <summary><c>definitions</c> of the repository.</summary>
    public static string Definitions { get; } = Path.GetDirectoryName(DefinitionsFolder.Shipped)!;

    public ManualClock Clock { get; } =
        new(new DateTimeOffset(2024, 6, 12, 20, 0, 0, TimeSpan.FromHours(8))) { Untimed = s_callTimeout };

    public WatchedMarket Market { get; } = new();

    /// <summary>The first day of the plan; the workspace has it once it is opened again.</summary>
    public string PlanFrom { get; set; } = Days[0];

    /// <summary>
    /// <c>pools.targets</c> where it is more than symbols; the workspace has it once it is opened again.
    /// </summary>
    public string? Targets { get; set; }

    public string LakeFolder { get; }

    /// <summary>Runs a statement on the control database behind everybody's back.</summary>
    /// <returns>The first value, as text.</returns>
    public string Sql(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "control.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar()?.ToString() ?? "";
    }

    /// <summary>Changes the definition of a dataset of Tushare; the workspace has it once it is opened again.</summary>
    public void Define(string dataset, Func<string, string> change)
    {
        var file = Path.Combine(_folder, "definitions", "datasets", $"tushare.{dataset}.yaml");
        File.WriteAllText(file, change(File.ReadAllText(file)));
    }

    /// <summary>Changes <c>tidemark.yaml</c>; whoever opens the workspace from now on has it.</summary>
    public void ChangeWorkspace(Func<string, string> change)
    {
        var file = Path.Combine(_folder, "tidemark.yaml");
        File.WriteAllText(file, change(File.ReadAllText(file)));
    }

    /// <summary>Declares a dataset, by its file alone; the workspace has it once it is opened again.</summary>
    public void Declare(string id, string yaml) =>
        File.WriteAllText(Path.Combine(_folder, "definitions", "datasets", $"{id}.yaml"), yaml);

    /// <summary>Gives a dataset of Tushare another name; the workspace has it once it is opened again.</summary>
    public void Rename(string dataset, string name)
    {
        var file = Path.Combine(_folder, "definitions", "datasets", $"tushare.{dataset}.yaml");
        File.Move(file, Path.Combine(Path.GetDirectoryName(file)!, $"tushare.{name}.yaml"));
        Define(name, t => t.Replace($"dataset: tushare.{dataset}", $"dataset: tushare.{name}", default));
    }

    /// <summary>Declares a warehouse table, by its file alone; the workspace has it once it is opened again.</summary>
    public void DeclareTable(string layer, string name, string sql)
    {
        var folder = Path.Combine(_folder, "definitions", "warehouse", layer);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.sql"), sql);
    }

    public DataLake Lake => Get<DataLake>();

    public RunStore Runs => Get<RunStore>();

    /// <summary>What was waited for so far while the clock was driven: back-off and rate limits.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public TidemarkHost Host => _host!;

    public T Get<T>()
        where T : notnull => _host!.Get<T>();

    /// <param name="vendor">How the vendor behaves; null = well.</param>
    /// <param name="lake">Where the lake is; null = inside the workspace.</param>
    /// <param name="more">Datasets beside the list of stocks, their bars and suspensions.</param>
    /// <param name="checks">Checks beside those of the list of stocks and of bars.</param>
    /// <param name="ownChecks">Checks of the workspace's own, by id.</param>
    /// <param name="targets">The user's symbols.</param>
    /// <param name="waves">Whether the flags of the three waves are on, where it has a dataset of theirs.</param>
    /// <param name="rowCap">The page size of daily bars; the market has some 40 stocks.</param>
    public static async Task<IngestRig> StartAsync(
        VendorSetup? vendor = null,
        string? lake = null,
        string[]? more = null,
        string[]? checks = null,
        int? rowCap = null,
        IReadOnlyDictionary<string, string>? ownChecks = null,
        string[]? targets = null,
        IReadOnlyDictionary<string, string>? environment = null,
        bool waves = true
    )
    {
        var rig = new IngestRig(lake, [.. s_datasets, .. more ?? []], checks ?? [], targets ?? ["600000.SH"]);
        rig._environment = environment ?? rig._environment;
        foreach (var (id, yaml) in ownChecks ?? new Dictionary<string, string>())
        {
            File.WriteAllText(Path.Combine(rig._folder, "definitions", "checks", $"{id}.yaml"), yaml);
        }

        if (rowCap is { } cap)
        {
            rig.Define("daily", t => t.Replace("row_cap: 6000", $"row_cap: {cap}", StringComparison.Ordinal));
        }

        try
        {
            await rig.OpenAsync(vendor ?? new VendorSetup());
            if (waves && (more ?? []).Any(s_waves.Contains))
            {
                await rig.SwitchAsync(FlagNames.Waves, on: true);
            }

            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends this process's part and begins anew on the same workspace, with a vendor that may behave differently.
    /// </summary>
    public async Task ReopenAsync(VendorSetup? vendor = null)
    {
        await CloseAsync();
        await OpenAsync(vendor ?? new VendorSetup());
    }

    /// <summary>Switches flags of the rollout.</summary>
    public Task SwitchAsync(IEnumerable<string> flags, bool on) =>
        Get<FlagsOperation>()
            .SetAsync(
                new SetFlagsRequest(flags.ToDictionary(name => name, _ => on, StringComparer.Ordinal), "a test"),
                CancellationToken.None
            );

    /// <summary>Another process on the same workspace, with the same vendor and clock.</summary>
    public TidemarkHost OpenAgain() => TidemarkHost.Open(World(), _folder);

    /// <summary>One run of the universe, with the clock moved on whenever the run waits for it.</summary>
    public Task<RunOutcome> RunAsync(CancellationToken stop = default) => RunAsync(Pool.Universe, stop);

    public Task<RunOutcome> RunAsync(Pool scope, CancellationToken stop = default) =>
        RunAsync(Request(_host!, scope), progress: null, stop);

    /// <summary>A run that holds the lease of another lane, so that a second writer can come between.</summary>
    public Task<RunOutcome> RunBesideAsync(Pool scope) =>
        RunAsync(Request(_host!, scope) with { Lane = Lane.Options }, progress: null);

    /// <summary>The same as the scheduler does it: what is not whole waits for its next attempt.</summary>
    public Task<RunOutcome> RunScheduledAsync()
    {
        var request = Request(_host!, Pool.Universe);
        return RunAsync(
            request with
            {
                Source = "schedule",
                Plan = request.Plan with { KeepsDistance = true },
            },
            progress: null
        );
    }

    /// <summary>One run and its settlement.</summary>
    public async Task<RunOutcome> RunAsync(
        RunRequest request,
        IProgress<RunProgress>? progress,
        CancellationToken stop = default
    )
    {
        var outcome = await DriveAsync(Get<IngestRunner>().RunAsync(request, progress, stop));
        return (await Get<RunSettlement>().SettleAsync([outcome])).Single();
    }

    public RunRequest Request(TidemarkHost host, Pool scope) =>
        new(scope, RunMode.Manual, "manual", host.Get<WorkspacePlan>().ForRun(scope, [], asOf: null, _targets));

    /// <summary>What an operation gives, with the clock moved on whenever it waits for it.</summary>
    public Task<RefetchResponse> RefetchAsync(RefetchRequest request) =>
        DriveAsync(Get<RefetchOperation>().RunAsync(request, new NoWatcher(), CancellationToken.None));

    /// <summary>Compares a dataset's axes by a day.</summary>
    internal Task<AxisVerdict> ProveAsync(string dataset, string day, params string[] symbols) =>
        DriveAsync(
            Get<AxisProof>()
                .ProveAsync(
                    new UnprovedAxis(Get<DatasetRegistry>().Get(dataset), TradeDate.ParseIso(day), symbols),
                    CancellationToken.None
                )
        );

    /// <summary>A backfill, with the clock moved on whenever it waits for it.</summary>
    public Task<BackfillResponse> BackfillAsync(string from, string to, params string[] datasets) =>
        DriveAsync(
            Get<BackfillOperation>()
                .RunAsync(
                    new BackfillRequest(TradeDate.ParseIso(from), TradeDate.ParseIso(to), datasets),
                    new NoWatcher(),
                    CancellationToken.None
                )
        );

    /// <summary>The same for named symbols alone.</summary>
    public Task<BackfillResponse> BackfillAsync(BackfillRequest request) =>
        DriveAsync(Get<BackfillOperation>().RunAsync(request, new NoWatcher(), CancellationToken.None));

    /// <summary>The same with both pools, as <c>tidemark run</c> does it.</summary>
    public Task<RunPoolsResponse> RunBothAsync(bool isScheduled = false) =>
        DriveAsync(
            Get<RunOperation>()
                .RunAsync(
                    new RunPoolsRequest([Pool.Targets, Pool.Universe], [], IsScheduled: isScheduled),
                    new NoWatcher(),
                    CancellationToken.None
                )
        );

    /// <summary>A run of the targets alone, as <c>tidemark run targets</c> does it.</summary>
    public Task<RunPoolsResponse> RunTargetsAsync(params string[] datasets) =>
        DriveAsync(
            Get<RunOperation>()
                .RunAsync(new RunPoolsRequest([Pool.Targets], datasets, Builds: false), new NoWatcher(), default)
        );

    /// <summary>What is kept of units that are not whole.</summary>
    public Task<IReadOnlyDictionary<string, UnitAttempt>> AttemptsAsync() =>
        Get<UnitAttempts>().AllAsync(CancellationToken.None);

    public Task<ExecutionPlan> PlanAsync() =>
        Get<ExecutionPlanner>()
            .PlanAsync(Get<WorkspacePlan>().ForRun(Pool.Universe, [], asOf: null), CancellationToken.None);

    /// <summary>Moves the clock on whenever something waits for it.</summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        using var done = new CancellationTokenSource();
        while (!task.IsCompleted)
        {
            var waiting = Clock.WhenPendingAsync(t => !t.Repeats, done.Token);
            if (await Task.WhenAny(task, waiting) == waiting)
            {
                var timer = await waiting;
                lock (_driving)
                {
                    Waits.Add(timer.SetTo);
                    Clock.Advance(timer.Remaining);
                }
            }
        }

        await done.CancelAsync();
        return await task;
    }

    /// <summary>The days of a table's units that a reader sees, in order.</summary>
    public async Task<string[]> DaysInLakeAsync(string table) =>
        [
            .. (await SnapshotAsync(table))
                .Units.Select(u => u[(u.IndexOf('/', StringComparison.Ordinal) + 1)..])
                .Order(StringComparer.Ordinal),
        ];

    public Task<TableSnapshot> SnapshotAsync(string table) =>
        Lake.Table(new TableId("ods", table)).SnapshotAsync(CancellationToken.None);

    /// <summary>The single number that a query on the whole lake gives.</summary>
    public async Task<long> NumberAsync(string sql)
    {
        using var session = await Lake.OpenSessionAsync(null, CancellationToken.None);
        using var result = session.Connection.Query(sql);
        return Convert.ToInt64(result.Rows().Single()[0]);
    }

    public async Task<string> TextAsync(string sql)
    {
        using var session = await Lake.OpenSessionAsync(null, CancellationToken.None);
        using var result = session.Connection.Query(sql);
        return (string)result.Rows().Single()[0]!;
    }

    /// <summary>Every table's version, by name.</summary>
    public async Task<string[]> VersionsAsync() =>
        [
            .. (await Lake.TablesAsync(CancellationToken.None)).Select(t =>
                $"{t.Id} {t.SnapshotAsync(CancellationToken.None).GetAwaiter().GetResult().Version}"
            ),
        ];

    /// <summary>
    /// Nothing half-written: every data file below the tables is one that the log names, nothing is staged, no
    /// temporary file is left, and no step of any run is still running.
    /// </summary>
    public async Task ShouldBeWholeAsync()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in await Lake.TablesAsync(CancellationToken.None))
        {
            var snapshot = await table.SnapshotAsync(CancellationToken.None);
            named.UnionWith(snapshot.Files.Keys.Select(f => table.Id.Prefix + f));
        }

        var files = Directory
            .EnumerateFiles(LakeFolder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(LakeFolder, f))
            .ToArray();
        files
            .Where(f => f.EndsWith(".parquet", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ShouldBe(named.Order(StringComparer.Ordinal), "data files that the log does not name, or the reverse");
        files.ShouldNotContain(f => Path.GetFileName(f).StartsWith(".tmp-", StringComparison.Ordinal));
        files.ShouldNotContain(f => f.StartsWith("_staging", StringComparison.Ordinal));
        foreach (var run in await Runs.ListAsync(100, CancellationToken.None))
        {
            run.Status.ShouldNotBe(RunStatus.Running);
            (await StepsAsync(run.Id)).ShouldAllBe(s => s.Status != StepStatus.Running);
        }
    }

    /// <summary>The number of faults that <c>verify</c> finds in the table of bars.</summary>
    public async Task<int> FaultsAsync()
    {
        var table = Lake.Table(new TableId("ods", "ods_daily"));
        return (await new LakeVerifier(Lake).VerifyAsync(table, false, null, CancellationToken.None)).Faults.Count;
    }

    public async Task<RunRow> RunRowAsync(string id) => (await Runs.FindAsync(id, CancellationToken.None))!.Run;

    public async Task<IReadOnlyList<StepRow>> StepsAsync(string runId) =>
        (await Runs.FindAsync(runId, CancellationToken.None))!.Steps;

    /// <summary>The four steps of a unit as <c>extract success 40&gt;40-0</c>.</summary>
    public async Task<string[]> StepsOfAsync(string runId, string module, string day) =>
        [
            .. (await StepsAsync(runId))
                .Where(s => s.Module == module && s.StepId.Contains($"/{day}:", StringComparison.Ordinal))
                .OrderBy(s => s.Stage)
                .Select(s =>
                    s.Status == StepStatus.Success
                        ? $"{s.Stage.Name()} success {s.InputRows}>{s.OutputRows}-{s.DroppedRows}"
                        : $"{s.Stage.Name()} {s.Status.Name()}"
                ),
        ];

    /// <summary>The statuses of a check on a day, in the pool of all.</summary>
    public async Task<StatusCounts> StatusAsync(string check, string day)
    {
        var status = await Get<StatusOperation>()
            .RunAsync(new StatusRequest("source_pool", Check: check), CancellationToken.None);
        return status
            .Report.Checks.SelectMany(c => c.Days)
            .Where(d => d.Day == TradeDate.ParseIso(day))
            .Aggregate(new StatusCounts(), (sum, d) => sum + d.Counts);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync(VendorSetup setup)
    {
        var options = new TushareSimulatorOptions
        {
            Source = Market,
            Faults = setup.Faults.Length > 0 ? FaultRules.Parse(setup.Faults) : null,
            TimeProvider = Clock,
            Port = setup.KeepsAddress ? _vendor!.Address.Port : 0,
        };
        _vendor = await TushareSimulator.StartAsync(setup.Server(options), CancellationToken.None);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "tidemark.yaml"),
            $$"""
            lake: {{LakeFolder}}
            plan: { from: {{PlanFrom}} }
            pools: { targets: {{Targets ?? $"{{ symbols: [{string.Join(", ", _targets)}] }}"}} }
            vendors:
              tushare:
                url: {{_vendor.Address}}
                token: "{{setup.Token}}"
                rate_limits: { default: 100000/min }
            raw: { enabled: false }
            engine: { threads: 1, memory: 512MB }
            """
        );
        _host = TidemarkHost.Open(World(), _folder);
    }

    // Its definitions are all that there are: a rig has few datasets, so that a test can follow what happens.
    private HostWorld World() =>
        new(_environment, _folder, Clock, new SystemIdSource(), Path.Combine(_folder, "definitions"));

    private async Task CloseAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_vendor is not null)
        {
            await _vendor.DisposeAsync();
        }
    }

    private void Copy(string kind, string file) =>
        File.Copy(Path.Combine(Definitions, kind, file), Path.Combine(_folder, "definitions", kind, file));
}
