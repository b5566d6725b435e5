using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Findings;
using Tidemark.Testing;

namespace Tidemark.Hosting.Tests;

/// <summary>Calendars of a workspace whose files end, and what the vendor's list in the lake does about it.</summary>
public sealed class WorkspaceCalendarsTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 12, 30, 20, 0, 0, TimeSpan.FromHours(8)));
    private readonly TidemarkHost _host;

    public WorkspaceCalendarsTests()
    {
        _folder.Write("tidemark.yaml", "");
        Calendar("XSHG", "# timezone: Asia/Shanghai\n# first: 2026-01-01\n# last: 2026-12-31\ndate,open,early_close\n");
        _host = TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder.Path, _clock, new SystemIdSource()),
            workspace: null
        );
    }

    private WorkspaceCalendars Calendars => _host.Get<WorkspaceCalendars>();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Calendars_AfterTheVendorsListWasFetched_GoOnWithItOnceReadAgain()
    {
        Calendars["XSHG"].Last.ShouldBe(new DateOnly(2026, 12, 31));
        await ListAsync(
            new DateOnly(2026, 12, 30),
            "('SSE', '2026-12-31', 1), ('SSE', '2027-01-01', 0), ('SSE', '2027-01-02', 0)"
        );

        await Calendars.ReloadAsync(default);

        Calendars["XSHG"].Last.ShouldBe(new DateOnly(2027, 1, 2));
        Calendars["XSHG"].IsOpen(new DateOnly(2027, 1, 1)).ShouldBeFalse();
        Calendars.Book.SourceOf("XSHG", new DateOnly(2027, 1, 1)).ShouldBe(CalendarSource.Vendor);
        Calendars.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Calendars_OfSeveralLists_TheNewestThatHasTheExchangeCounts()
    {
        await ListAsync(
            new DateOnly(2026, 12, 29),
            "('SSE', '2027-01-01', 1), ('SZSE', '2026-12-31', 1), ('SHFE', '2027-01-01', 1)"
        );
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2027-01-01', 0), ('nobody', '2027-01-01', 1)");

        Calendars["XSHG"].IsOpen(new DateOnly(2027, 1, 1)).ShouldBeFalse();
        Calendars["SHFE"].IsOpen(new DateOnly(2027, 1, 1)).ShouldBeTrue("an older list has it, the newest does not");
        Calendars["GFEX"].IsOpen(new DateOnly(2027, 1, 1)).ShouldBeFalse("nobody has it: as Shanghai's stocks");
        Calendars.Keys.ShouldNotContain("nobody");
    }

    [Fact]
    public async Task Calendars_ADamagedTable_LeavesTheFilesAndIsTold()
    {
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2027-01-01', 0)");
        var log = Path.Combine(_folder.Path, "lake", "ods", "ods_trade_cal", "_delta_log", $"{0:D20}.json");
        await File.WriteAllTextAsync(log, "{", TestContext.Current.CancellationToken);
        await using var other = TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder.Path, _clock, new SystemIdSource()),
            workspace: null
        );

        other.Get<WorkspaceCalendars>()["XSHG"].Last.ShouldBe(new DateOnly(2026, 12, 31));
        other
            .Get<DescribeCalendars>()
            .Describe()
            .Warnings.ShouldContain(w => w.Contains("cannot be read, so only the files are used"));
    }

    [Fact]
    public async Task Calendars_ADamagedDataFile_AreToldWithTheFileAndWithoutOurStatement()
    {
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2027-01-01', 0)");
        var table = Path.Combine(_folder.Path, "lake", "ods", "ods_trade_cal");
        var file = Directory.GetFiles(table, "*.parquet", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes.AsSpan(4).Clear();
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        await Calendars.ReloadAsync(default);

        Calendars.Problem!.ShouldContain(Path.GetFileName(file));
        Calendars.Problem!.ShouldContain("tidemark refetch tushare.trade_cal");
        Calendars.Problem!.ShouldNotContain("SELECT");
    }

    /// <summary>What a version of the table says is read once, by whichever process is first.</summary>
    [Fact]
    public async Task Calendars_SameVersionInAnotherProcess_AreNotReadAgain()
    {
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2027-01-01', 0), ('SSE', '2027-01-03', 1)");
        var days = Days(Calendars);
        var file = VendorsFile();
        var size = new FileInfo(file).Length;
        await File.WriteAllBytesAsync(file, new byte[size], TestContext.Current.CancellationToken);

        await using var other = Other();
        Days(other.Get<WorkspaceCalendars>()).ShouldBe(days);
        other.Get<WorkspaceCalendars>().Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Calendars_FileGoneOrAnotherVersionSinceTheyWereKept_AreReadAgain()
    {
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2027-01-01', 0)");
        Calendars["XSHG"].Last.ShouldBe(new DateOnly(2027, 1, 1));
        var file = VendorsFile();

        File.Move(file, file + ".away");
        await using (var lost = Other())
        {
            lost.Get<WorkspaceCalendars>()["XSHG"].Last.ShouldBe(new DateOnly(2026, 12, 31));
            lost.Get<WorkspaceCalendars>().Problem!.ShouldContain(Path.GetFileName(file));
        }

        File.Move(file + ".away", file);
        await ListAsync(new DateOnly(2026, 12, 31), "('SSE', '2027-01-01', 0), ('SSE', '2027-01-02', 0)");
        await using var later = Other();
        later.Get<WorkspaceCalendars>()["XSHG"].Last.ShouldBe(new DateOnly(2027, 1, 2));
    }

    private static IReadOnlyList<(DateOnly, bool)> Days(WorkspaceCalendars calendars) =>
        [
            .. Enumerable
                .Range(0, calendars["XSHG"].Last.DayNumber - new DateOnly(2026, 12, 25).DayNumber + 1)
                .Select(i => new DateOnly(2026, 12, 25).AddDays(i))
                .Select(day => (day, calendars["XSHG"].IsOpen(day))),
        ];

    private string VendorsFile() =>
        Directory
            .GetFiles(
                Path.Combine(_folder.Path, "lake", "ods", "ods_trade_cal"),
                "*.parquet",
                SearchOption.AllDirectories
            )
            .Single();

    private TidemarkHost Other() =>
        TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder.Path, _clock, new SystemIdSource()),
            workspace: null
        );

    [Fact]
    public async Task Findings_WithoutARun_AreThoseThatDoctorCounts()
    {
        await ListAsync(new DateOnly(2026, 12, 30), "('SSE', '2026-10-01', 0)");
        await Calendars.ReloadAsync(default);
        var disagreement = _host.Get<DescribeCalendars>().Describe().Disagreements.ShouldHaveSingleItem();

        var found = await FindingsAsync();

        found.ShouldHaveSingleItem().Subject.ShouldBe($"XSHG {disagreement.Day.ToIso()}");
        await ListAsync(new DateOnly(2026, 12, 31), "('SSE', '2026-10-01', 1)");
        await Calendars.ReloadAsync(default);
        (await FindingsAsync()).ShouldBeEmpty();
        (await _host.Get<FindingStore>().ListAsync(default)).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<StoredFinding>> FindingsAsync() =>
        (await _host.Get<ListFindings>().RunAsync(new FindingsRequest(), default)).Findings;

    [Theory]
    [InlineData("2026-10-31", null)] // 61 days before
    [InlineData("2026-11-01", "XSHG ends on 2026-12-31")]
    [InlineData("2026-12-31", "XSHG ends on 2026-12-31")]
    [InlineData("2027-01-01", "XSHG ended on 2026-12-31")]
    [InlineData("2029-05-05", "XSHG ended on 2026-12-31")]
    public void Describe_TheLastSixtyDaysAndAfter_Warns(string today, string? expected)
    {
        _clock.UtcNow = new DateTimeOffset(
            TradeDate.ParseIso(today).ToDateTime(new TimeOnly(12, 0)),
            TimeSpan.FromHours(8)
        );

        var warnings = _host.Get<DescribeCalendars>().Describe().Warnings;

        if (expected is null)
        {
            warnings.ShouldBeEmpty();
            return;
        }

        warnings.Single().ShouldStartWith(expected);
        warnings.Single().ShouldContain("`tidemark run --datasets trade_cal`");
    }

    [Fact]
    public async Task Describe_TheVendorReachesFurther_DoesNotWarn()
    {
        var days = Enumerable
            .Range(0, 400)
            .Select(i => new DateOnly(2026, 12, 31).AddDays(i))
            .Select(day => $"('SSE', '{day.ToIso()}', 1)");
        await ListAsync(new DateOnly(2026, 12, 30), string.Join(", ", days));

        _host.Get<DescribeCalendars>().Describe().Warnings.ShouldBeEmpty();
        _host.Get<CalendarNeed>().Missing().ShouldBeNull();
    }

    [Theory]
    [InlineData(0, "the vendor says closed for 365 days in a row")]
    [InlineData(2, "the vendor says neither open nor closed")]
    public async Task Calendars_AVendorThatCannotBeBelieved_EndWithTheFileAndAreTold(int isOpen, string expected)
    {
        var days = Enumerable
            .Range(1, 365)
            .Select(i => new DateOnly(2026, 12, 31).AddDays(i))
            .Select(day => $"('SSE', '{day.ToIso()}', {isOpen})");
        await ListAsync(new DateOnly(2026, 12, 30), string.Join(", ", days));

        Calendars["XSHG"].Last.ShouldBe(new DateOnly(2026, 12, 31));
        _clock.UtcNow = new DateTimeOffset(2027, 3, 1, 20, 0, 0, TimeSpan.FromHours(8));
        _host.Get<CalendarNeed>().Missing()!.Id.ShouldBe("tushare.trade_cal");
        var warnings = _host.Get<DescribeCalendars>().Describe().Warnings;
        warnings[0].ShouldStartWith("XSHG 2027-01-01 to ");
        warnings[0].ShouldContain(expected);
        warnings[0].ShouldContain("calendars/XSHG.csv");
    }

    [Theory]
    [InlineData(2027, 1, 1)]
    [InlineData(2027, 1, 2)] // a Saturday
    [InlineData(2027, 1, 4)]
    [InlineData(2029, 12, 31)]
    public async Task Plan_PastTheEnd_HasTheVendorsCalendarAlone(int year, int month, int day)
    {
        _clock.UtcNow = new DateTimeOffset(year, month, day, 20, 0, 0, TimeSpan.FromHours(8));
        var datasets = _host.Get<DatasetRegistry>();

        var brings = _host.Get<CalendarNeed>().Missing();
        brings!.Id.ShouldBe("tushare.trade_cal");
        var plan = await _host.Get<ExecutionPlanner>().PlanAsync(new PlanRequest([brings], null, null), default);
        plan.Units.Single().Id.ToString().ShouldBe($"tushare.trade_cal/{new DateOnly(year, month, day).ToIso()}");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _host.Get<ExecutionPlanner>().PlanAsync(new PlanRequest([datasets.Get("daily")], null, null), default)
        );
        error.Code.ShouldBe("CALENDAR_RANGE");
        error.Message.ShouldContain("`tidemark run --datasets trade_cal`");
    }

    [Fact]
    public void Describe_ADatasetDueBeforeTradingEnds_IsNoted()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "datasets", "tushare.daily.yaml");
        _folder.Write(
            "definitions/datasets/tushare.daily.yaml",
            File.ReadAllText(shipped).Replace("\"16:30\"", "\"15:10\"", StringComparison.Ordinal)
        );

        var notes = _host.Get<DescribeDefinitions>().Describe().Notes;

        notes
            .Single()
            .ShouldBe("tushare.daily is due at 15:10, but XSHG trades until 15:30: give it a later 'available'");
    }

    private void Calendar(string exchange, string text) => _folder.Write($"definitions/calendars/{exchange}.csv", text);

    /// <summary>Commits a vendor's list as a run does.</summary>
    private async Task ListAsync(DateOnly day, string rows)
    {
        var lake = _host.Get<DataLake>();
        var table = TableDefinition.Of(_host.Get<DatasetRegistry>().Get("trade_cal"));
        using var session = await lake.OpenSessionAtAsync([], default);
        using var staging = lake.Stage(table, "fill");
        staging.AppendQuery(
            session,
            $"tushare.trade_cal/{day.ToIso()}",
            day,
            $"SELECT e AS exchange, CAST(d AS DATE) AS cal_date, CAST(o AS BIGINT) AS is_open, CAST(NULL AS DATE) AS pretrade_date FROM (VALUES {rows}) AS v(e, d, o)",
            default
        );
        var target = lake.Table(table.Id);
        var staged = await staging.StageAsync(await target.SnapshotAsync(default), default);
        await target.CommitAsync(staged, new CommitRequest("TEST", null, "a test says so"), default);
    }
}
