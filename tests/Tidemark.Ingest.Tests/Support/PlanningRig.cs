using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>A planner and a real lake, at 20:00 in Shanghai on Wednesday 2024-06-12.</summary>
public abstract class PlanningRig : IDisposable
{
    private static readonly Dictionary<string, TradingCalendar> s_calendars = new(StringComparer.Ordinal)
    {
        ["XSHG"] = WatchedMarket.Calendar,
    };

    protected static DatasetRegistry Registry { get; } =
        DatasetRegistry.Load(DefinitionsFolder.Shipped, SourceTree.Calendars);

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-plan-").FullName;
    private readonly LakeEngine _engine;
    protected ManualClock Clock { get; } = new(Shanghai("2024-06-12", 20, 0));

    private readonly ControlDatabase _control;

    protected PlanningRig()
    {
        _engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(_folder, "spill"));
        _control = ControlDatabase
            .OpenAsync(Path.Combine(_folder, "control.db"), Clock, CancellationToken.None)
            .GetAwaiter()
            .GetResult();
    }

    private readonly Symbols _symbols = new();

    /// <summary>The symbols of every list; null while none is there.</summary>
    protected IReadOnlyList<ListedSymbol>? Listed
    {
        set => _symbols.Listed = value;
    }

    protected static DatasetDefinition Daily => Registry.Get("tushare.daily");

    protected static DatasetDefinition List => Registry.Get("tushare.stock_basic");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _engine.Dispose();
        _control.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    protected static DateTimeOffset Shanghai(string day, int hour, int minute) =>
        new(TradeDate.ParseIso(day).ToDateTime(new TimeOnly(hour, minute)), TimeSpan.FromHours(8));

    protected static DateOnly Day(string text) => TradeDate.ParseIso(text);

    protected DataLake Lake(string name = "lake") =>
        DataLake.OnDisk(Path.Combine(_folder, name), _engine, Clock, new SystemIdSource());

    protected Task<ExecutionPlan> PlanAsync(DataLake lake, PlanRequest request, Verdicts? verdicts = null) =>
        new ExecutionPlanner(
            lake,
            s_calendars,
            verdicts ?? new Verdicts(),
            new UnitAttempts(_control),
            _symbols,
            Clock
        ).PlanAsync(request, CancellationToken.None);

    protected static PlanRequest Request(string? from, string? to, params DatasetDefinition[] datasets) =>
        new(datasets, from is null ? null : Day(from), to is null ? null : Day(to));

    /// <summary>Commits units without rows: the checks say that they are whole.</summary>
    protected static async Task CommitAsync(
        DataLake lake,
        DatasetDefinition dataset,
        IEnumerable<DateOnly> days,
        UnitReceipt? receipt = null
    )
    {
        await CommitAsync(lake, dataset, days.Select(day => new UnitId(dataset.Id, day)), receipt);
    }

    /// <summary>The same of any units.</summary>
    protected static async Task CommitAsync(
        DataLake lake,
        DatasetDefinition dataset,
        IEnumerable<UnitId> units,
        UnitReceipt? receipt = null
    )
    {
        using var staging = lake.Stage(TableDefinition.Of(dataset), "test");
        foreach (var unit in units)
        {
            staging.Append(unit.ToString(), unit.Day, new ColumnBatch(dataset.Columns), tags: receipt?.ToTags());
        }

        if (staging.UnitCount > 0)
        {
            var table = lake.Table(TableDefinition.Of(dataset).Id);
            var staged = await staging.StageAsync(await table.SnapshotAsync(default), default);
            await table.CommitAsync(staged, new CommitRequest("TEST"), default);
        }
    }

    /// <summary>Gives units up.</summary>
    protected async Task GiveUpAsync(DatasetDefinition dataset, IEnumerable<DateOnly> days) =>
        await new UnitAttempts(_control).WriteAsync(
            [
                .. days.Select(day => new UnitAttempt(
                    new UnitId(dataset.Id, day).ToString(),
                    Attempts: 12,
                    Step: 12,
                    Clock.GetUtcNow(),
                    NextAt: null,
                    "the vendor had no row"
                )),
            ],
            [],
            CancellationToken.None
        );

    /// <summary>Lists of symbols; none is there until a test says so.</summary>
    private sealed class Symbols : ISymbolLists
    {
        public IReadOnlyList<ListedSymbol>? Listed { get; set; }

        public Task<IReadOnlyList<ListedSymbol>?> ReadAsync(
            SymbolSource source,
            IReadOnlyCollection<string>? among,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult<IReadOnlyList<ListedSymbol>?>(
                Listed?.Where(s => among is null || among.Contains(s.Symbol)).ToArray()
            );

        public Task<bool> AreKnownAsync(
            IReadOnlyCollection<string> typed,
            bool mayLack,
            CancellationToken cancellationToken
        ) => Task.FromResult(true);
    }

    /// <summary>Checks for whom every committed day is whole, or that judge nothing.</summary>
    protected sealed class Verdicts : ICompletenessReader
    {
        public bool Judges { get; init; } = true;

        /// <summary>What is not whole, by unit.</summary>
        public IReadOnlyDictionary<UnitId, string> Problems { get; init; } = new Dictionary<UnitId, string>();

        /// <summary>Units of suspensions, each with what it may excuse.</summary>
        public ILookup<UnitId, UnitId>? Excuses { get; init; }

        public Task<DayVerdicts> ReadAsync(
            IReadOnlyCollection<DatasetRange> ranges,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult(
                new DayVerdicts(
                    ranges.Where(_ => Judges).Select(r => r.Dataset.Id).ToHashSet(StringComparer.Ordinal),
                    Problems,
                    Excuses
                )
            );
    }
}
