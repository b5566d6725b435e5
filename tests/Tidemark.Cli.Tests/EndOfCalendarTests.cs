using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>
/// Workspaces whose calendar file ended in 2026, in the years after: all that a user types works on with the vendor's
/// calendar.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class EndOfCalendarTests : IDisposable
{
    private const int Stocks = 40;
    private static readonly string s_shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "calendars");

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-end-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("2027-01-01 21:00", "2026-12-31")] // New Year, a Friday
    [InlineData("2027-01-03 21:00", "2026-12-31")] // a Sunday
    [InlineData("2027-01-04 09:00", "2026-12-31")] // the first trading day, before it begins
    [InlineData("2027-01-04 21:00", "2026-12-31")] // a demo ends with a day of which nothing can be late
    [InlineData("2027-01-05 21:00", "2027-01-04")]
    [InlineData("2027-02-10 21:00", "2027-02-04")] // within the Spring Festival
    [InlineData("2028-02-29 21:00", "2028-02-28")]
    [InlineData("2028-12-31 21:00", "2028-12-29")] // a Sunday; the last day of the shipped calendar of New York
    public async Task Demo_AnyDayAfterTheEnd_EndsWithAWholeWorkspace(string now, string lastDay)
    {
        EndIn2026("demo");
        var program = At(now);

        var demo = (await program.RunAsync(Demo("demo"))).Json();

        demo.GetProperty("days").GetInt32().ShouldBe(3);
        demo.GetProperty("status").GetProperty("complete").GetInt64().ShouldBeGreaterThan(3 * Stocks);
        demo.GetProperty("status").GetProperty("missing").GetInt64().ShouldBe(0);

        var told = (await program.RunAsync("status", "--workspace", "demo", "--json")).Json();
        told.GetRawText().ShouldContain($"\"to\": \"{lastDay}\"", customMessage: told.GetRawText());
        var run = await program.RunAsync("run", "--workspace", "demo", "--json");
        (run.Out + run.Error).ShouldNotContain("CALENDAR_");
    }

    [Fact]
    public async Task Run_AWorkspaceWithoutAnEnd_GoesOnFromDayToDayAndYearToYear()
    {
        EndIn2026("w");
        var market = Market(MarketCalendar.Of(Shipped()));
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = market },
            TestContext.Current.CancellationToken
        );
        WriteWorkspace("w", vendor.Address);

        foreach (
            var (now, last) in new[]
            {
                ("2026-12-31 21:00", "2026-12-31"),
                ("2027-01-02 21:00", "2026-12-31"),
                ("2027-01-04 08:00", "2026-12-31"),
                ("2027-01-04 21:00", "2027-01-04"),
                ("2027-01-05 21:00", "2027-01-05"),
            }
        )
        {
            market.MoveTo(TradeDate.ParseIso(last));
            var program = At(now);

            var run = (await program.RunAsync("run", "universe", "--workspace", "w", "--json"))
                .Json()
                .GetProperty("runs")[0];

            run.GetProperty("status").GetString().ShouldBe("success", now);
            var status = (
                await program.RunAsync("status", "--workspace", "w", "--check", "stock.daily_bars", "--json")
            ).Json();
            var check = status.GetProperty("pools")[0].GetProperty("buckets")[0].GetProperty("checks")[0];
            check.GetProperty("to").GetString().ShouldBe(last, now);
            check.GetProperty("missing").GetInt64().ShouldBe(0, now);
        }
    }

    /// <summary>
    /// Nobody was there when the file's calendar ended, nor when that ended which the vendor had until then.
    /// </summary>
    [Theory]
    [InlineData(false, "2027-03-01")]
    [InlineData(true, "2028-02-29")]
    [InlineData(false, "2029-06-15")]
    public async Task Run_AfterYears_GoesOn(bool hasRunBefore, string day)
    {
        EndIn2026("w");
        if (hasRunBefore)
        {
            await using var earlier = await ServeAsync(Until(2027), new DateOnly(2026, 12, 30));
            WriteWorkspace("w", earlier.Address);
            (await At("2026-12-30 21:00").RunAsync("run", "universe", "--workspace", "w")).ExitCode.ShouldBe(0);
        }

        await using var vendor = await ServeAsync(MarketCalendar.Of(Shipped()), TradeDate.ParseIso(day));
        WriteWorkspace("w", vendor.Address, from: TradeDate.ParseIso(day).AddDays(-6));
        var program = At($"{day} 21:00");
        if (hasRunBefore)
        {
            var ended = await program.RunAsync("status", "--workspace", "w", "--no-color");
            (ended.Out + ended.Error).ShouldContain("CALENDAR_RANGE", customMessage: "the calendar has ended");
        }

        var run = await program.RunAsync("run", "universe", "--workspace", "w", "--json");

        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        var status = await program.RunAsync("status", "--workspace", "w", "--check", "stock.daily_bars", "--json");
        var check = status.Json().GetProperty("pools")[0].GetProperty("buckets")[0].GetProperty("checks")[0];
        check.GetProperty("to").GetString().ShouldBe(day);
        check.GetProperty("complete").GetInt64().ShouldBeGreaterThan(Stocks);
        check.GetProperty("missing").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Run_TheVendorHasNoLaterDaysEither_SaysWhatCanBeDone()
    {
        EndIn2026("w");
        await using var vendor = await ServeAsync(Until(2026), new DateOnly(2026, 12, 31));
        WriteWorkspace("w", vendor.Address);

        var answer = await At("2027-03-01 21:00").RunAsync("run", "universe", "--workspace", "w");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldContain("CALENDAR_RANGE");
        answer.Error.ShouldContain("calendars/XSHG.csv");
        answer.Error.ShouldContain("the vendor's list has no later days yet");

        // Doing what it says removes the error.
        File.WriteAllText(
            Path.Combine(_folder, "w", "definitions", "calendars", "XSHG.csv"),
            "# timezone: Asia/Shanghai\n# first: 2020-01-01\n# last: 2027-12-31\ndate,open,early_close\n"
        );
        (
            await At("2027-03-01 21:00").RunAsync("run", "universe", "--workspace", "w", "--datasets", "trade_cal")
        ).Error.ShouldNotContain("CALENDAR_RANGE");
    }

    [Fact]
    public async Task Run_TheVendorFails_SaysWhy()
    {
        EndIn2026("w");
        WriteWorkspace("w", new Uri("http://127.0.0.1:1/")); // nobody listens there

        var answer = await At("2027-03-01 21:00").RunAsync("run", "universe", "--workspace", "w");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldContain("CALENDAR_RANGE");
        answer.Error.ShouldContain("It was tried just now: ");
    }

    [Theory]
    [InlineData("run", "universe")]
    [InlineData("backfill", "--from", "2027-01-04", "--to", "2027-01-05")]
    public async Task Run_TheTokenIsRefused_IsBlockedByThat(params string[] command)
    {
        EndIn2026("w");
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = Market(MarketCalendar.Of(Shipped())),
                AcceptedTokens = new HashSet<string> { "another" },
            },
            TestContext.Current.CancellationToken
        );
        WriteWorkspace("w", vendor.Address);

        var answer = await At("2027-03-01 21:00").RunAsync([.. command, "--workspace", "w"]);

        answer.ExitCode.ShouldBe(3, answer.Out + answer.Error);
        answer.Error.ShouldContain("blocked at readiness (READINESS_BLOCKED): 1. ");
        answer.Error.ShouldContain(": VENDOR_UNAUTHORIZED: Tushare refused 'trade_cal'");
    }

    [Fact]
    public async Task Doctor_AfterTheEnd_WarnsAndNamesTheCommand()
    {
        EndIn2026("w");
        WriteWorkspace("w", new Uri("http://127.0.0.1:1/"));

        var checks = (await At("2026-11-15 12:00").RunAsync("doctor", "--workspace", "w", "--json"))
            .Json()
            .GetProperty("checks")
            .EnumerateArray()
            .Single(c => c.GetProperty("check").GetString() == "calendars");

        checks.GetProperty("warning").GetBoolean().ShouldBeTrue();
        checks
            .GetProperty("message")
            .GetString()!
            .ShouldContain("XSHG ends on 2026-12-31: `tidemark run --datasets trade_cal`");
    }

    private static string[] Demo(string folder) =>
        ["demo", folder, "--days", "3", "--stocks", $"{Stocks}", "--no-serve", "--json"];

    private CommandLine At(string now) =>
        new(
            _folder,
            new ScaledClock(
                new DateTimeOffset(
                    DateTime.ParseExact(now, "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture),
                    TimeSpan.FromHours(8)
                ),
                speed: 1
            )
        )
        {
            // What is asked here is the calendar's question: the datasets that stand by may go on doing so.
            Environment = new Dictionary<string, string> { ["TIDEMARK__ON"] = "" },
        };

    private static TradingCalendar Shipped() =>
        CalendarFile.Parse("XSHG", File.ReadAllText(Path.Combine(s_shipped, "XSHG.csv")), "XSHG.csv");

    /// <summary>What the vendor knows while it has no later year.</summary>
    private static TradingCalendar Until(int year)
    {
        var all = MarketCalendar.Of(Shipped());
        var (first, last) = (new DateOnly(2020, 1, 1), new DateOnly(year, 12, 31));
        return TradingCalendar.OfDays(
            "XSHG",
            VendorCalendar.TimeZone,
            first,
            last,
            all.OpenDaysBetween(first, last).ToArray()
        );
    }

    private static Task<TushareSimulator> ServeAsync(TradingCalendar calendar, DateOnly today)
    {
        var market = Market(calendar);
        market.MoveTo(today);
        return TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = market },
            TestContext.Current.CancellationToken
        );
    }

    private static SyntheticMarket Market(TradingCalendar calendar) =>
        new(
            new SyntheticMarketOptions
            {
                Calendar = calendar,
                LastDay = new DateOnly(2026, 12, 31),
                Stocks = Stocks,
                Etfs = 5,
                Indices = 3,
            }
        );

    /// <summary>
    /// Whatever years the shipped file knows by the day on which this runs, the workspace's own ends here.
    /// </summary>
    private void EndIn2026(string workspace)
    {
        var lines = File.ReadLines(Path.Combine(s_shipped, "XSHG.csv"))
            .Where(line => !char.IsAsciiDigit(line.FirstOrDefault()) || string.CompareOrdinal(line, "2027") < 0)
            .Select(line => line.StartsWith("# last:", StringComparison.Ordinal) ? "# last: 2026-12-31" : line);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, workspace, "definitions", "calendars")).FullName;
        File.WriteAllLines(Path.Combine(folder, "XSHG.csv"), lines);
    }

    private void WriteWorkspace(string name, Uri vendor, DateOnly? from = null) =>
        File.WriteAllText(
            Path.Combine(_folder, name, "tidemark.yaml"),
            $$"""
            plan: { from: {{(from ?? new DateOnly(2026, 12, 29)).ToIso()}} }
            vendors:
              tushare: { url: "{{vendor}}", token: test, rate_limits: { default: 1000000/min } }
            """
        );
}
