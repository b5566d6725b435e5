using Tidemark.Control;
using Tidemark.Control.Answers;
using Tidemark.Core;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Symbols;
using Tidemark.Testing;

namespace Tidemark.Hosting.Tests;

/// <summary>Codes in rows and targets of the user against the lists, with the shipped definitions.</summary>
public sealed class SymbolFindingsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LakeEngine _engine;
    private readonly DataLake _lake;
    private readonly DatasetRegistry _datasets;
    private readonly CheckRegistry _checks;
    private ControlDatabase _control = null!;

    public SymbolFindingsTests()
    {
        _engine = new LakeEngine(new EngineOptions(2, "1GB"), Path.Combine(_folder.Path, "spill"));
        _lake = DataLake.OnDisk(Path.Combine(_folder.Path, "lake"), _engine, TimeProvider.System, new SystemIdSource());
        var definitions = Path.Combine(AppContext.BaseDirectory, "definitions");
        _datasets = DatasetRegistry.Load(Path.Combine(definitions, "datasets"), SourceTree.Calendars);
        _checks = CheckRegistry.Load(Path.Combine(definitions, "checks"), _datasets.All);
    }

    public async ValueTask InitializeAsync() =>
        _control = await ControlDatabase.OpenAsync(
            Path.Combine(_folder.Path, "control.db"),
            TimeProvider.System,
            default
        );

    [Fact]
    public async Task Findings_CodesThatNoListHas_AreNamedWithTheirDays()
    {
        await ListAsync(2, "830017.BJ");
        await ListAsync(3, "920017.BJ");
        await FillAsync("tushare.daily", 2, "SELECT unnest(['830017.BJ', '000022.SZ']) AS ts_code");
        await FillAsync("tushare.daily", 3, "SELECT unnest(['920017.BJ', '4920017.BJ']) AS ts_code");
        await FillAsync("tushare.daily_basic", 6, "SELECT unnest(['4920017.BJ', '4920017.BJ']) AS ts_code");

        var found = await Findings("830017", "bj920017", "000022.SZ").RunAsync(days: null, default);

        found
            .Codes.Select(Text)
            .ShouldBe([
                "000022.SZ: 1 of tushare.daily, 2022-06-02 … 2022-06-02",
                "4920017.BJ: 3 of tushare.daily tushare.daily_basic, 2022-06-03 … 2022-06-06",
            ]);
        found
            .Lines[^1]
            .ShouldContain("4920017.BJ (3 rows, 2022-06-03 … 2022-06-06, of tushare.daily, tushare.daily_basic)");
        found.Lines[^1].ShouldContain("`tidemark refetch tushare.stock_basic`");
        found.Targets.Select(t => t.Typed).ShouldBe(["000022.SZ"]);
        (await Findings().RunAsync(days: 1, default)).Codes.Select(c => c.Code).ShouldBe(["4920017.BJ"]);
    }

    [Fact]
    public async Task Targets_InTheCodeOfTheirTime_AreTheInstrumentOfToday()
    {
        await ListAsync(2, "830017.BJ");
        await ListAsync(3, "920017.BJ");

        var targets = await Targets("830017.BJ", "920017").ReadAsync(default);

        targets.Symbols.ShouldBe(["920017.BJ"]);
        targets.Unknown.ShouldBeEmpty();
        (await Directory().EntityAsync("sz830017", default)).ShouldBe("sz830017");
        (await Directory().EntityAsync("bj830017", default)).ShouldBe("920017.BJ");
        (await Directory().EntityAsync("stock:list", default)).ShouldBe("stock:list");
    }

    [Fact]
    public async Task Findings_InstrumentThatTheNewestListLeavesOut_IsNamedUnlessItIsDelistedOrGoesOnAsAnother()
    {
        await ListAsync(2, "600001.SH");
        await ListAsync(3, "600001.SH", "(DATE '2022-06-03')");
        await FillListAsync(6, "600002.SH", "一", "NULL");
        await FillListAsync(7, "600003.SH", "二", "NULL");
        await FillListAsync(8, "600004.SH", "二", "NULL");

        var found = await Findings("600002.SH").RunAsync(days: null, default);

        found.Lost.ShouldBe([new LostCode("tushare.stock_basic", "600002.SH", Day(6), IsTarget: true)]);
        found
            .Lines.ShouldHaveSingleItem()
            .ShouldContain("600002.SH (a target; tushare.stock_basic, last in the list of 2022-06-06)");
        found.Targets.ShouldBeEmpty("a list has known it");
    }

    [Fact]
    public async Task Findings_BeforeTheFirstList_TellOfTheListAndOfNoCode()
    {
        await FillAsync("tushare.daily", 2, "SELECT '830017.BJ' AS ts_code");

        (await Findings("600519").RunAsync(days: null, default))
            .Lines.ShouldHaveSingleItem()
            .ShouldStartWith("lists that are not there: tushare.stock_basic (for tushare.daily).");
    }

    [Fact]
    public async Task Findings_OneListIsLost_KnowTheCodesOfTheOthers()
    {
        await ListAsync(2, "600001.SH");
        await ListAsync(3, "600001.SH");
        await FillAsync("tushare.fund_basic", 2, "SELECT '510300.SH' AS ts_code, DATE '2012-05-28' AS list_date");
        await FillAsync("tushare.daily", 3, "SELECT '600001.SH' AS ts_code");
        var lists = Path.Combine(_folder.Path, "lake", "ods", "ods_stock_basic");
        void Lose(string day) =>
            System
                .IO.Directory.EnumerateFiles(Path.Combine(lists, $"dt=2022-06-{day}"), "*.parquet")
                .ToList()
                .ForEach(File.Delete);

        Lose("02");
        (await Findings("600001.SH").RunAsync(days: null, default)).Lines.ShouldBeEmpty();
        Lose("03");
        (await Findings().RunAsync(days: null, default))
            .Absent.Select(l => l.Dataset)
            .ShouldBe(["tushare.stock_basic"]);
    }

    /// <summary>Who may be in a list that could not be had is not spelled wrongly.</summary>
    [Fact]
    public async Task Findings_ListOfStocksIsAbsentBesideOthers_BlameNoTargetAndNoStock()
    {
        await FillAsync("tushare.fund_basic", 2, "SELECT '510300.SH' AS ts_code, DATE '2012-05-28' AS list_date");
        await FillAsync("tushare.daily", 2, "SELECT unnest(['600519.SH', '000001.SZ']) AS ts_code");

        var found = await Findings("600519.SH").RunAsync(days: null, default);

        found.Codes.ShouldBeEmpty();
        found.HasWrongTargets.ShouldBeFalse();
        found.TargetLine!.ShouldContain("Not there yet: tushare.stock_basic.");
        found.Findings(DateTimeOffset.UnixEpoch).Select(f => f.Subject).ShouldBe(["tushare.stock_basic"]);
    }

    /// <summary>Rows are looked through once for each version of them and of the lists.</summary>
    [Fact]
    public async Task Findings_AskedAgain_AreOfThePresentVersionsAndReadNoRowTwice()
    {
        await ListAsync(2, "600001.SH");
        await FillAsync("tushare.daily", 2, "SELECT unnest(['600001.SH', '600009.SH']) AS ts_code");
        async Task<IEnumerable<string>> CodesAsync() =>
            (await Findings().RunAsync(SymbolFindings.RecentDays, default)).Codes.Select(c => c.Code);
        (await CodesAsync()).ShouldBe(["600009.SH"]);
        var rows = Path.Combine(_folder.Path, "lake", "ods", "ods_daily", "dt=2022-06-02");

        System.IO.Directory.Move(rows, rows + ".away");
        (await CodesAsync()).ShouldBe(["600009.SH"]);
        (await Findings().RunAsync(days: null, default)).Codes.ShouldBeEmpty("another question is asked of the rows");
        System.IO.Directory.Move(rows + ".away", rows);

        await FillAsync("tushare.daily", 3, "SELECT '600010.SH' AS ts_code");
        (await CodesAsync()).ShouldBe(["600009.SH", "600010.SH"]);
        await ListAsync(3, "600009.SH");
        (await CodesAsync()).ShouldBe(["600010.SH"]);
    }

    /// <summary>What could not be read is no answer that is kept.</summary>
    [Fact]
    public async Task Findings_RowsThatCouldNotBeRead_AreLookedThroughWhenTheyAreBack()
    {
        await ListAsync(2, "600001.SH");
        await FillAsync("tushare.daily", 2, "SELECT '600009.SH' AS ts_code");
        var rows = Path.Combine(_folder.Path, "lake", "ods", "ods_daily", "dt=2022-06-02");

        System.IO.Directory.Move(rows, rows + ".away");
        (await Findings().RunAsync(SymbolFindings.RecentDays, default)).Codes.ShouldBeEmpty();
        System.IO.Directory.Move(rows + ".away", rows);

        (await Findings().RunAsync(SymbolFindings.RecentDays, default)).Codes.ShouldHaveSingleItem();
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _engine.Dispose();
        _folder.Dispose();
    }

    private static string Text(UnlistedCode code) =>
        $"{code.Code}: {code.Rows} of {string.Join(' ', code.Datasets)}, {code.First:yyyy-MM-dd} … {code.Last:yyyy-MM-dd}";

    private static DateOnly Day(int day) => new(2022, 6, day);

    private SymbolDirectory Directory() => new(_lake, _checks);

    private TypedTargets Targets(params string[] symbols) => new(Directory(), symbols);

    private SymbolFindings Findings(params string[] symbols) =>
        new(_lake, _checks, Directory(), Targets(symbols), new AnswerStore(() => _control));

    private Task ListAsync(int day, string symbol, string delisted = "NULL") =>
        FillListAsync(day, symbol, "凯德", delisted);

    private Task FillListAsync(int day, string symbol, string name, string delisted) =>
        FillAsync(
            "tushare.stock_basic",
            day,
            $"SELECT '{symbol}' AS ts_code, '{name}' AS name, DATE '2020-07-27' AS list_date, {delisted}::DATE AS delist_date"
        );

    private async Task FillAsync(string dataset, int day, string select)
    {
        var table = TableDefinition.Of(_datasets.Get(dataset));
        using var session = await _lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Stage(table, "fill");
        var all = string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));
        var none = string.Join(", ", table.Columns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS \"{c.Name}\""));
        staging.AppendQuery(
            session,
            $"{dataset}/{Day(day).ToIso()}",
            Day(day),
            $"SELECT {all} FROM (SELECT {none} WHERE false UNION ALL BY NAME SELECT * FROM ({select}))",
            default
        );
        await _lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }

    private sealed class TypedTargets(SymbolDirectory directory, string[] symbols) : ITargetSymbols
    {
        public async Task<TargetSymbols> ReadAsync(CancellationToken cancellationToken) =>
            SymbolDirectory.Match(await directory.ReadAsync(cancellationToken), symbols);
    }
}
