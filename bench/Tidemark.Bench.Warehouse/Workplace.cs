using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Bench.Warehouse;

/// <summary>
/// A lake in a folder, the shipped definitions, and one more table that looks back on 20 trading days.
/// </summary>
internal sealed class Workplace : IDisposable
{
    /// <summary>The shipped table that is measured.</summary>
    public static readonly TableId Daily = new("dwd", "dwd_stock_daily");

    /// <summary>The table of the repair.</summary>
    public static readonly TableId Month = new("dwm", "dwm_stock_month");

    private const string MonthSql = """
        /*
        partition: dt
        key: [symbol]
        mode: range
        calendar: XSHG
        reach:
          dwd.dwd_stock_daily: 20 trading days
        */
        SELECT
            symbol,
            dt,
            avg(close_hfq) OVER days AS close_mean,
            sum(amount_cny) OVER days AS amount_cny
        FROM dwd.dwd_stock_daily
        WINDOW days AS (PARTITION BY symbol ORDER BY dt RANGE BETWEEN INTERVAL 25 DAYS PRECEDING AND CURRENT ROW)
        QUALIFY dt BETWEEN DATE '${RANGE_FROM}' AND DATE '${RANGE_TO}'
        """;

    private readonly string _folder;

    /// <param name="folder">Where the lake is, or will be.</param>
    /// <param name="memory">What the engine may use.</param>
    public Workplace(string folder, string memory)
    {
        _folder = folder;
        Engine = new LakeEngine(new EngineOptions(0, memory), Path.Combine(folder, "spill"));
        Lake = DataLake.OnDisk(Path.Combine(folder, "lake"), Engine, TimeProvider.System, new SystemIdSource());
        Definitions = Path.Combine(RepositoryRoot(), "definitions");
        var calendar = Path.Combine(Definitions, "calendars", "XSHG.csv");
        Calendar = CalendarFile.Parse("XSHG", File.ReadAllText(calendar), calendar);
        Sources =
        [
            .. DatasetRegistry
                .Load(
                    Path.Combine(Definitions, "datasets"),
                    Exchanges.All.Select(exchange => exchange.Code).ToHashSet()
                )
                .All.Append(CodeChangeTable.Dataset)
                .Append(MacroVintageTable.Dataset)
                .Select(TableDefinition.Of),
        ];
    }

    public LakeEngine Engine { get; }

    public DataLake Lake { get; }

    public string Definitions { get; }

    public TradingCalendar Calendar { get; }

    public IReadOnlyList<TableDefinition> Sources { get; }

    /// <summary>The shipped warehouse and the table of the repair.</summary>
    public WarehouseProject Project()
    {
        var own = Path.Combine(_folder, "own");
        Directory.CreateDirectory(Path.Combine(own, "dwm"));
        File.WriteAllText(Path.Combine(own, "dwm", $"{Month.Name}.sql"), MonthSql);
        return WarehouseProject.Load(
            DefinitionFiles.Read(Path.Combine(Definitions, "warehouse"), own, WarehouseProject.Kind),
            new Dictionary<string, string>(),
            Sources,
            Switches.None,
            new HashSet<string> { "XSHG" }
        );
    }

    public async Task<BuildResult> BuildAsync(WarehouseProject project, params TableId[] tables)
    {
        var calendars = new Dictionary<string, TradingCalendar> { ["XSHG"] = Calendar };
        var builder = new WarehouseBuilder(Lake, TimeProvider.System, limits: null, calendars);
        var request = new BuildRequest("bench", [.. tables.Select(t => t.ToString())]);
        var result = await builder.BuildAsync(project, request, progress: null, CancellationToken.None);
        return result.IsSuccess ? result : throw new InvalidOperationException(string.Join('\n', result.Failed));
    }

    /// <summary>Takes a table away, so that it is built anew.</summary>
    public void Remove(TableId table)
    {
        var folder = Path.Combine(_folder, "lake", table.Layer, table.Name);
        if (Directory.Exists(folder))
        {
            Away(folder);
        }
    }

    /// <summary>
    /// Moves a folder where it is out of the way: deleting thousands of files keeps the disk busy for longer than it
    /// takes.
    /// </summary>
    public void Away(string folder)
    {
        var place = Path.Combine(_folder, "away");
        Directory.CreateDirectory(place);
        Directory.Move(folder, Path.Combine(place, $"{Directory.GetDirectories(place).Length}"));
    }

    public void Dispose() => Engine.Dispose();

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tidemark.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Tidemark.slnx");
        }

        return folder;
    }
}
