using System.Text.RegularExpressions;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>
/// What is told of tables that do not fit what is declared for them, that are gone, and that only seem to be.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class LostTableTests : IAsyncLifetime
{
    private const string Valuation = "datasets/tushare.daily_basic.yaml";
    private static readonly DateTimeOffset s_friday = new(2026, 11, 20, 13, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-lost-").FullName;
    private TushareSimulator _vendor = null!;

    public async ValueTask InitializeAsync()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "calendars", "XSHG.csv");
        var calendar = CalendarFile.Parse("XSHG", File.ReadAllText(shipped), shipped);
        _vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = new SyntheticMarket(
                    new SyntheticMarketOptions
                    {
                        Calendar = MarketCalendar.Of(calendar),
                        LastDay = new DateOnly(2026, 11, 23),
                        Stocks = 20,
                        Etfs = 2,
                        Indices = 2,
                    }
                ),
            },
            TestContext.Current.CancellationToken
        );
        Plan("2026-11-19");
        await SwitchOnAsync();
        (await RunAsync("run", "--no-build")).ExitCode.ShouldBe(0); // tests that are about the warehouse build it
    }

    public async ValueTask DisposeAsync()
    {
        await _vendor.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_PartitionOfOneDatasetDeclaredAnew_FetchesTheOthersAndNamesItOnce()
    {
        Define("table: ods_daily_basic", "table: ods_daily_basic\npartition: month");
        Plan("2026-11-18");

        var run = await RunAsync("run");

        run.ExitCode.ShouldBe(4, run.Out + run.Error);
        run.Error.ShouldNotContain("blocked");
        Regex.Count(run.Error, "SCHEMA_MISMATCH").ShouldBe(1, run.Error);
        run.Error.ShouldContain(
            "left out: ods.ods_daily_basic: SCHEMA_MISMATCH: ods.ods_daily_basic is partitioned by dt"
        );
        Days("ods_daily").ShouldBe(["2026-11-18", "2026-11-19", "2026-11-20"]);
        Days("ods_daily_basic").ShouldBe(["2026-11-19", "2026-11-20"]);
    }

    [Fact]
    public async Task Doctor_PartitionOfOneDatasetDeclaredAnew_NamesIt()
    {
        (await RunAsync("doctor")).ExitCode.ShouldBe(0);
        Define("table: ods_daily_basic", "table: ods_daily_basic\npartition: month");

        var doctor = await RunAsync("doctor");

        doctor.ExitCode.ShouldBe(4, doctor.Out + doctor.Error);
        doctor.Out.ShouldContain("left out: ods.ods_daily_basic: SCHEMA_MISMATCH: ");
    }

    [Fact]
    public async Task Table_ThatADatasetWasGivenAnew_IsGoneOnlyOnceRunsHaveWrittenIt()
    {
        Define("table: ods_daily_basic", "table: ods_daily_basic2");
        (await RunAsync("status")).Error.ShouldNotContain("TABLE_GONE");
        var run = await RunAsync("run", "--no-build"); // the warehouse reads it under its former name
        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        Days("ods_daily_basic2").ShouldBe(["2026-11-19", "2026-11-20"]);

        (await RunAtAsync(s_friday.AddDays(3), "run", "--no-build")).ExitCode.ShouldBe(0);
        Remove("lake/ods/ods_daily_basic2");
        var status = await RunAtAsync(s_friday.AddDays(3), "status");

        status.ExitCode.ShouldBe(4, status.Out + status.Error);
        status.Error.ShouldContain("left out: ods.ods_daily_basic2: TABLE_GONE: ");
    }

    [Fact]
    public async Task Run_ThatBringsBackWhatWasLost_DoesNotCallItGone()
    {
        (await RunAsync("build")).ExitCode.ShouldBe(0);
        Remove("lake/ods");
        (await RunAsync("doctor")).Out.ShouldContain("TABLE_GONE");
        foreach (var file in Directory.GetFiles(_folder, "control.db*"))
        {
            File.Delete(file);
        }

        await SwitchOnAsync(); // the flags were in the database
        var run = await RunAsync("run");

        run.Error.ShouldNotContain("TABLE_GONE");
        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        (await RunAsync("doctor")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Run_ThatBringsBackAPartOfWhatWasLost_NamesTheDaysThatItDoesNot()
    {
        Plan("2026-11-17");
        (await RunAsync("run")).ExitCode.ShouldBe(0);
        Plan("2026-11-19");
        Remove("lake/ods/ods_daily");

        var run = await RunAsync("run");

        run.ExitCode.ShouldBe(4, run.Out + run.Error);
        Regex.Count(run.Error, "TABLE_GONE").ShouldBe(1, run.Error);
        run.Error.ShouldContain(
            "with the days from 2026-11-19 on. To fetch the earlier days again: `tidemark backfill --from 2026-11-17 --to 2026-11-18 --datasets tushare.daily`."
        );
    }

    [Theory]
    [InlineData("ods/ods_daily", "ods/ods_fund_daily", "tushare.fund_daily")]
    [InlineData("dim/dim_instrument", "dim/dim_instrument_code", "dim.dim_instrument_code")]
    public async Task Tables_ThatWereExchanged_AreReadAndWrittenByNobodyUntilTheyAreInTheirPlaces(
        string one,
        string other,
        string rows
    )
    {
        (await RunAsync("build")).ExitCode.ShouldBe(0);
        Plan("2026-11-18");
        Exchange(one, other);
        var files = Directory.GetFiles(Path.Combine(_folder, "lake", one), "*", SearchOption.AllDirectories);

        foreach (var command in new[] { "run", "status", "doctor", "tables" })
        {
            var answer = await RunAsync(command);

            answer.ExitCode.ShouldBe(4, answer.Out + answer.Error);
            (answer.Out + answer.Error).ShouldContain(
                $"left out: {one.Replace('/', '.')}: TABLE_MISPLACED: {one}/ holds the table {other.Replace('/', '.')}: "
                    + $"its log has that name, and it has rows of {rows}."
            );
        }

        (await RunAsync("verify")).Out.ShouldContain("TABLE_MISPLACED");
        (await RunAsync("sql", $"SELECT * FROM {one.Replace('/', '.')}")).Error.ShouldStartWith("TABLE_MISPLACED: ");
        Directory
            .GetFiles(Path.Combine(_folder, "lake", one), "*", SearchOption.AllDirectories)
            .ShouldBe(files, "nobody wrote into it");

        Exchange(one, other);
        (await RunAsync("run")).ExitCode.ShouldBe(0);
        (await RunAsync("doctor")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Table_ThatWasRenamedTogetherWithItsFolder_IsGoneOnWith()
    {
        Define("table: ods_daily_basic", "table: ods_daily_basic2");
        Directory.Move(
            Path.Combine(_folder, "lake/ods/ods_daily_basic"),
            Path.Combine(_folder, "lake/ods/ods_daily_basic2")
        );
        Plan("2026-11-18");

        var run = await RunAsync("run", "--no-build"); // the warehouse reads it under its former name

        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        Days("ods_daily_basic2").ShouldBe(["2026-11-18", "2026-11-19", "2026-11-20"]);
    }

    [Fact]
    public async Task Tables_ThatABuildMade_AreGoneUntilTheyAreBuiltAgain()
    {
        (await RunAsync("build")).ExitCode.ShouldBe(0);
        (await RunAsync("run")).ExitCode.ShouldBe(0);
        Remove("lake/dwd/dwd_stock_daily");
        const string Query = "SELECT count(*) FROM dwd.dwd_stock_daily";
        (await RunAsync("sql", Query)).Error.ShouldStartWith(
            "TABLE_GONE: ",
            Case.Sensitive,
            "the catalog has it still"
        );

        foreach (var command in new[] { "status", "doctor", "verify", "run" })
        {
            var answer = await RunAsync(command);

            answer.ExitCode.ShouldBe(4, answer.Out + answer.Error);
            (answer.Out + answer.Error).ShouldContain("left out: dwd.dwd_stock_daily: TABLE_GONE: ");
            (answer.Out + answer.Error).ShouldContain("`tidemark build dwd.dwd_stock_daily`");
        }

        (await RunAsync("sql", Query)).Error.ShouldStartWith("TABLE_GONE: ");
        (await RunAsync("build", "dwd.dwd_stock_daily")).ExitCode.ShouldBe(0);
        (await RunAsync("doctor")).ExitCode.ShouldBe(0);
        (await RunAsync("sql", Query)).ExitCode.ShouldBe(0);
    }

    /// <summary>No command fetches a dataset that is off.</summary>
    [Fact]
    public async Task Table_OfADatasetThatIsOff_IsToldWithWhereItIsSwitchedOn()
    {
        (await RunAsync("build")).ExitCode.ShouldBe(0);
        File.AppendAllText(Path.Combine(_folder, "tidemark.yaml"), "\noff: [tushare.daily]\n");
        Directory.Delete(Path.Combine(_folder, "lake", "ods", "ods_daily"), recursive: true);

        (await RunAsync("doctor")).Out.ShouldContain(
            "fetch its days anew: take tushare.daily out of 'off' in tidemark.yaml, then `tidemark run --datasets tushare.daily`"
        );

        Plan("2026-11-19");
        (await RunAsync("run", "--datasets", "tushare.daily")).ExitCode.ShouldBe(0);
        (await RunAsync("doctor")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lake_ThatIsEmptyThoughRunsWroteToIt_IsToldOfAsAWhole(bool hasCatalog)
    {
        Directory.Move(Path.Combine(_folder, "lake"), Path.Combine(_folder, "unmounted"));
        if (!hasCatalog)
        {
            File.Delete(Path.Combine(_folder, "catalog.duckdb"));
        }

        foreach (var command in new[] { "status", "doctor", "verify", "tables" })
        {
            var answer = await RunAsync(command);

            answer.ExitCode.ShouldBe(4, answer.Out + answer.Error);
            (answer.Out + answer.Error).ShouldContain("left out: the lake: LAKE_EMPTY: The lake's folder ");
            (answer.Out + answer.Error).ShouldContain("`tidemark backfill --from 2026-11-19 --to 2026-11-20`");
            (answer.Out + answer.Error).ShouldNotContain("TABLE_GONE");
            answer.Out.ShouldNotContain("every code is in a list");
        }

        var sql = await RunAsync("sql", "SELECT count(*) FROM ods.ods_daily");
        sql.ExitCode.ShouldBe(1, sql.Out + sql.Error);
        sql.Error.ShouldStartWith("LAKE_EMPTY: ");

        Remove("lake");
        Directory.Move(Path.Combine(_folder, "unmounted"), Path.Combine(_folder, "lake"));
        (await RunAsync("status")).ExitCode.ShouldBe(0);
    }

    private void Exchange(string one, string other)
    {
        var (first, second) = (Path.Combine(_folder, "lake", one), Path.Combine(_folder, "lake", other));
        Directory.Move(first, Path.Combine(_folder, "between"));
        Directory.Move(second, first);
        Directory.Move(Path.Combine(_folder, "between"), second);
    }

    private async Task SwitchOnAsync()
    {
        foreach (var flag in new[] { "universeDailyBasicEnabled", "universeIndexDailyEnabled" })
        {
            (await RunAsync("flags", "set", flag, "on")).ExitCode.ShouldBe(0);
        }
    }

    private Task<Answer> RunAsync(params string[] command) => RunAtAsync(s_friday, command);

    private Task<Answer> RunAtAsync(DateTimeOffset now, params string[] command) =>
        new CommandLine(_folder, new ScaledClock(now, speed: 100)).RunAsync(command);

    private void Plan(string from) =>
        File.WriteAllText(
            Path.Combine(_folder, "tidemark.yaml"),
            $$"""
            plan: { from: {{from}} }
            vendors:
              tushare: { url: "{{_vendor.Address}}", token: test, rate_limits: { default: 1000000/min } }
            """
        );

    /// <summary>Lays a changed definition of the stocks' valuation over the shipped one.</summary>
    private void Define(string old, string @new)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "definitions", Valuation));
        text.ShouldContain(old);
        var file = Path.Combine(_folder, "definitions", Valuation);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.Replace(old, @new, StringComparison.Ordinal));
    }

    private void Remove(string path) => Directory.Delete(Path.Combine(_folder, path), recursive: true);

    private string[] Days(string table) =>
        [
            .. Directory
                .GetDirectories(Path.Combine(_folder, "lake/ods", table), "dt=*")
                .Select(d => Path.GetFileName(d)["dt=".Length..])
                .Order(StringComparer.Ordinal),
        ];
}
