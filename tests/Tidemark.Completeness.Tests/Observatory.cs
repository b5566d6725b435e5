using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Control;
using Tidemark.Control.Completeness;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Completeness.Tests;

/// <summary>
/// A lake and a control database in a temporary folder, the shipped definitions, and short words to fill them.
/// </summary>
public sealed class Observatory : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-completeness-").FullName;
    private readonly LakeEngine _engine;

    public Observatory()
    {
        _engine = new LakeEngine(new EngineOptions(2, "2GB"), Path.Combine(_folder, "spill"));
        Lake = DataLake.OnDisk(Path.Combine(_folder, "lake"), _engine, TimeProvider.System, new SystemIdSource());
        Evaluator = new CompletenessEvaluator(Lake);
        Datasets = DatasetRegistry.Load(Path.Combine(Repository, "definitions", "datasets"), SourceTree.Calendars).All;
        Checks = CheckRegistry.Load(Path.Combine(Repository, "definitions", "checks"), Datasets).All;
    }

    public static string Repository { get; } = SourceTree.Root;

    public DataLake Lake { get; }

    public TableCompactor Compactor => new(Lake, _engine, TimeProvider.System, new SystemIdSource());

    public CompletenessEvaluator Evaluator { get; }

    public IReadOnlyList<DatasetDefinition> Datasets { get; }

    /// <summary>The checks that the product ships.</summary>
    public IReadOnlyList<CheckDefinition> Checks { get; }

    public static DateOnly Day(int day) => new(2022, 6, day);

    /// <summary>Weekdays of 2022, without the given closed days.</summary>
    public static IReadOnlyDictionary<string, TradingCalendar> Calendars(params IEnumerable<DateOnly> closed) =>
        new Dictionary<string, TradingCalendar>
        {
            ["XSHG"] = CalendarFile.Parse(
                "XSHG",
                "# timezone: Asia/Shanghai\n# first: 2022-01-01\n# last: 2022-12-31\ndate,open,early_close\n"
                    + string.Concat(closed.Select(d => $"{d.ToIso()},0,\n")),
                "XSHG.csv"
            ),
        };

    public CheckDefinition Check(string id) => Checks.Single(c => c.Id == id);

    public EvaluationWindow Window(int from, int to) => new(Day(from), Day(to), Calendars());

    /// <summary>Commits a day of a dataset, with the rows of a query that need not name every column.</summary>
    public async Task FillAsync(string dataset, DateOnly day, string select)
    {
        var table = TableDefinition.Of(Datasets.Single(d => d.Id == dataset));
        using var session = await Lake.OpenSessionAtAsync([], default);
        using var staging = Lake.Stage(table, "fill");
        var all = string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));
        var none = string.Join(", ", table.Columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS \"{c.Name}\""));
        staging.AppendQuery(
            session,
            $"{dataset}/{day.ToIso()}",
            day,
            $"SELECT {all} FROM (SELECT {none} WHERE false UNION ALL BY NAME SELECT * FROM ({select}))",
            default
        );
        await CommitAsync(table.Id, staging);
    }

    /// <summary>Commits a day with rows of these symbols, every number of them 1.</summary>
    public Task FillSymbolsAsync(string dataset, DateOnly day, params string[] symbols)
    {
        var numbers = Datasets
            .Single(d => d.Id == dataset)
            .Columns.Where(c => c.Kind == Core.Columns.ColumnKind.Double)
            .Select(c => $", 1.0 AS \"{c.Name}\"");
        var names = string.Join(", ", symbols.Select(s => $"'{s}'"));
        return FillAsync(dataset, day, $"SELECT unnest([{names}]::VARCHAR[]) AS ts_code{string.Concat(numbers)}");
    }

    /// <summary>The Parquet files of a table's folder.</summary>
    public string[] DataFiles(string table) =>
        Directory.GetFiles(Path.Combine(_folder, "lake", table), "*.parquet", SearchOption.AllDirectories);

    public async Task CommitAsync(TableId table, Lake.Staging.TableStaging staging)
    {
        var target = Lake.Table(table);
        var staged = await staging.StageAsync(await target.SnapshotAsync(default), default);
        await target.CommitAsync(staged, new CommitRequest("TEST", null, "a test says so"), default);
    }

    public async Task<CheckResult> EvaluateAsync(string check, int from, int to) =>
        (await Evaluator.EvaluateAsync([Check(check)], Window(from, to), default)).Checks.Single();

    public async Task<Books> OpenBooksAsync()
    {
        var control = await ControlDatabase.OpenAsync(
            Path.Combine(_folder, "control.db"),
            TimeProvider.System,
            default
        );
        return new Books(control, Evaluator);
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The control database's side: what writes results and what reads them.</summary>
public sealed class Books(ControlDatabase control, CompletenessEvaluator evaluator) : IAsyncDisposable
{
    public CompletenessStore Store { get; } = new(control, new SystemIdSource());

    public PresentEvaluator Present => new(evaluator, Store);

    public CompletenessMaterializer Materializer => new(Present, Store);

    public StatusReader Reader => new(Store);

    /// <summary>What is stored, as it is.</summary>
    public Task<StatusReport> StoredAsync(IReadOnlyList<CheckDefinition> checks, StatusFilter filter) =>
        Reader.ReadAsync(filter, new StatusSources(checks, null, DateTimeOffset.UnixEpoch), null, default);

    /// <summary>Results that were evaluated just now, over what is stored.</summary>
    public Task<StatusReport> ReadAsync(IReadOnlyList<CheckDefinition> checks, PresentResults present) =>
        Reader.ReadAsync(
            new StatusFilter(),
            new StatusSources(checks, present, DateTimeOffset.UnixEpoch),
            null,
            default
        );

    public ValueTask DisposeAsync() => control.DisposeAsync();
}
