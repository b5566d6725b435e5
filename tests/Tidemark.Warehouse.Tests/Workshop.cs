using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Testing;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// A lake and a folder of warehouse SQL, both temporary, and short words for filling and asking them.
/// </summary>
public sealed class Workshop : IDisposable
{
    public static readonly DateOnly Day1 = new(2022, 6, 1);
    public static readonly DateOnly Day2 = new(2022, 6, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-warehouse-").FullName;

    public Workshop()
        : this(null) { }

    /// <param name="other">Whose lake it is, seen by an engine of its own as by another process.</param>
    public Workshop(Workshop? other)
    {
        Engine = new LakeEngine(new EngineOptions(2, "2GB"), Path.Combine(_folder, "spill"));
        Lake = LakeOn(other?.Lake.Store ?? new LocalObjectStore(Path.Combine(_folder, "lake")));
        Builder = new WarehouseBuilder(Lake, TimeProvider.System, calendars: Calendars);
        Directory.CreateDirectory(Sql);
    }

    public static string Repository { get; } = SourceTree.Root;

    /// <summary>Shanghai, open on every weekday.</summary>
    public static IReadOnlyDictionary<string, TradingCalendar> Calendars { get; } =
        new Dictionary<string, TradingCalendar> { ["XSHG"] = Weekdays("XSHG", new(1990, 1, 1), new(2030, 12, 31)) };

    /// <summary>Two small sources: prices by day and a list without days.</summary>
    public static IReadOnlyList<TableDefinition> Sources { get; } =
    [
        new(
            new TableId("ods", "ods_price"),
            [new LakeColumn("code", LakeType.Text, Nullable: false), new LakeColumn("price", LakeType.Double)],
            ["code"]
        ),
        new(
            new TableId("ods", "ods_list"),
            [new LakeColumn("code", LakeType.Text, Nullable: false), new LakeColumn("name", LakeType.Text)],
            ["code"]
        ),
    ];

    public LakeEngine Engine { get; }

    public DataLake Lake { get; }

    public WarehouseBuilder Builder { get; }

    public string Sql => Path.Combine(_folder, "warehouse");

    /// <summary>The datasets that the product ships.</summary>
    public static IReadOnlyList<TableDefinition> ShippedSources() =>
        [
            .. DatasetRegistry
                .Load(Path.Combine(Repository, "definitions", "datasets"), SourceTree.Calendars)
                .All.Concat(OwnDatasets.All)
                .Select(TableDefinition.Of),
        ];

    /// <summary>The warehouse that the product ships.</summary>
    public static WarehouseProject ShippedProject() =>
        WarehouseProject.Load(
            Path.Combine(Repository, "definitions", "warehouse"),
            new Dictionary<string, string>(),
            ShippedSources()
        );

    /// <summary>A lake on some store, with this engine.</summary>
    public DataLake LakeOn(IObjectStore store) =>
        new(
            store,
            new StagingArea(Path.Combine(_folder, "lake", "_staging")),
            Engine,
            TimeProvider.System,
            new SystemIdSource()
        );

    public void Write(string path, string text)
    {
        var full = Path.Combine(Sql, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public WarehouseProject Load(params (string Name, string Value)[] variables) =>
        WarehouseProject.Load(Sql, variables.ToDictionary(v => v.Name, v => v.Value), Sources);

    /// <summary>A table of the shipped datasets.</summary>
    public static TableDefinition Shipped(string table) => ShippedSources().Single(s => s.Id.Name == table);

    /// <summary>A path in <c>../shared/data</c>. Where its first folder is not there, the test is skipped.</summary>
    public static string Recorded(params string[] path)
    {
        var folder = Path.Combine(Repository, "..", "shared", "data");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, path[0])), $"../shared/data/{path[0]} is not here");
        return Path.Combine([folder, .. path]);
    }

    /// <summary>Commits what a query gives to a shipped table, by <c>trade_date</c>; columns that it lacks are null.</summary>
    public async Task LoadRecordedAsync(string table, string select)
    {
        var source = Shipped(table);
        var none = string.Join(", ", source.Columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS \"{c.Name}\""));
        await LoadDaysAsync(source, $"(SELECT {none} WHERE false) UNION ALL BY NAME ({select})");
    }

    /// <summary>Commits a day of a source: rows as SQL values, for example <c>('a', 1), ('b', 2)</c>.</summary>
    public async Task FillAsync(TableDefinition table, DateOnly day, string columns, string values) =>
        await FillAsync(table, day, $"SELECT * FROM (VALUES {values}) AS v({columns})");

    public async Task FillAsync(TableDefinition table, DateOnly day, string select)
    {
        using var session = await Lake.OpenSessionAtAsync([], default);
        session.DefineEmpty(table);
        using var staging = Lake.Stage(table, "fill");
        var all = string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));
        var none = string.Join(", ", table.Columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS \"{c.Name}\""));
        staging.AppendQuery(
            session,
            $"{table.Id}/{day.ToIso()}",
            day,
            $"SELECT {all} FROM (SELECT {none} WHERE false UNION ALL BY NAME SELECT * FROM ({select}))",
            default
        );
        var target = Lake.Table(table.Id);
        var staged = await staging.StageAsync(await target.SnapshotAsync(default), default);
        await target.CommitAsync(staged, new CommitRequest("TEST", null, "a test says so"), default);
    }

    /// <summary>Commits the days of a source at once: what a query gives, by <c>trade_date</c>.</summary>
    public async Task LoadDaysAsync(TableDefinition table, string select)
    {
        using var session = await Lake.OpenSessionAtAsync([], default);
        session.Connection.Execute($"CREATE TABLE recorded AS {select}");
        using var staging = Lake.Stage(table, "load");
        using (var days = session.Connection.Query("SELECT DISTINCT trade_date FROM recorded ORDER BY 1"))
        {
            var columns = string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));
            foreach (var day in days.Rows().Select(r => (DateOnly)r[0]!).ToArray())
            {
                staging.AppendQuery(
                    session,
                    $"{table.Id}/{day:yyyy-MM-dd}",
                    day,
                    $"SELECT {columns} FROM recorded WHERE trade_date = {DuckDbSql.Literal(day)}",
                    default
                );
            }
        }

        var target = Lake.Table(table.Id);
        await target.CommitAsync(
            await staging.StageAsync(await target.SnapshotAsync(default), default),
            new CommitRequest("TEST"),
            default
        );
    }

    public Task FillPricesAsync(DateOnly day, string values) => FillAsync(Sources[0], day, "code, price", values);

    public Task<BuildResult> BuildAsync(WarehouseProject project, params string[] tables) =>
        BuildAsync(project, new BuildRequest("run", tables));

    public Task<BuildResult> BuildAsync(WarehouseProject project, BuildRequest request) =>
        Builder.BuildAsync(project, request, null, default);

    /// <summary>Rows as text, cells parted by <c>|</c>.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        using var session = await Lake.OpenSessionAsync(null, default);
        using var result = session.Connection.Query(sql);
        return [.. result.Rows().Select(r => string.Join('|', r.Select(Text)))];
    }

    /// <summary>The same through the catalog that the product ships, macros and all.</summary>
    public async Task<List<string>> CatalogRowsAsync(string sql)
    {
        var path = Path.Combine(_folder, "catalog.duckdb");
        await new CatalogFile(path, Lake, Path.Combine(Repository, "definitions", "catalog")).RefreshAsync(default);
        using var database = DuckDbDatabase.Open(path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        using var result = connection.Query(sql);
        return [.. result.Rows().Select(r => string.Join('|', r.Select(Text)))];
    }

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(object? value) =>
        value switch
        {
            null => "null",
            bool b => b ? "true" : "false",
            DateOnly d => d.ToIso(),
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

    private static TradingCalendar Weekdays(string exchange, DateOnly first, DateOnly last) =>
        TradingCalendar.OfDays(
            exchange,
            TimeZoneInfo.Utc,
            first,
            last,
            Enumerable
                .Range(0, last.DayNumber - first.DayNumber + 1)
                .Select(first.AddDays)
                .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
        );
}
