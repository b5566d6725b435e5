using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>What people read of units that failed: which ones, and which command tries them again.</summary>
public sealed class FailedUnitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-failed-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_OneUnitFails_NamesItAndTheNextRun()
    {
        await using var vendor = await VendorAsync("params: { trade_date: \"20261119\" }, do: garbage");

        var answer = await RunAsync(vendor, "run", "universe", "--datasets", "tushare.daily");

        answer.ExitCode.ShouldBe(4, answer.Out + answer.Error);
        answer.Error.ShouldContain("VENDOR_GARBLED: tushare.daily/2026-11-19: Tushare's answer to 'daily'");
        answer.Error.ShouldContain("the next `tidemark run` tries again");
    }

    [Fact]
    public async Task Backfill_SeveralUnitsFailAlike_NamesTheDaysOnceAndItself()
    {
        await using var vendor = await VendorAsync(
            "params: { trade_date: \"20261110\" }, do: { text_number: { vol: n } }",
            "params: { trade_date: \"20261111\" }, do: { text_number: { vol: n } }"
        );

        var answer = await RunAsync(
            vendor,
            "backfill",
            "--from",
            "2026-11-10",
            "--to",
            "2026-11-12",
            "--datasets",
            "tushare.daily"
        );

        answer.ExitCode.ShouldBe(4, answer.Out + answer.Error);
        answer.Error.ShouldContain("VENDOR_VALUE: tushare.daily: 2 units, 2026-11-10 … 2026-11-11: Column 'vol'");
        answer.Error.ShouldContain(
            "the same command tries again what failed or is open; so does `tidemark run`, for days of the plan"
        );
        answer.Error.ShouldNotContain("the next `tidemark run`");
    }

    [Fact]
    public async Task Findings_OfAKindThatThereIsNot_NamesTheKinds()
    {
        using var workspace = new TemporaryWorkspace();

        var answer = await workspace.RunAsync("findings", "--kind", "calender");

        answer.ExitCode.ShouldBe(2, answer.Out + answer.Error);
        answer.Error.ShouldContain("calendar");
        (await workspace.RunAsync("findings", "--kind", "calendar")).ExitCode.ShouldBe(0);
    }

    private static Task<TushareSimulator> VendorAsync(params string[] faults)
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "calendars", "XSHG.csv");
        var calendar = CalendarFile.Parse("XSHG", File.ReadAllText(shipped), shipped);
        return TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = new SyntheticMarket(
                    new SyntheticMarketOptions
                    {
                        Calendar = MarketCalendar.Of(calendar),
                        LastDay = new DateOnly(2026, 11, 20),
                        Stocks = 20,
                        Etfs = 2,
                        Indices = 2,
                    }
                ),
                Faults = FaultRules.Parse(string.Join("\n", faults.Select(f => $"- {{ api: daily, {f} }}")), seed: 1),
            },
            TestContext.Current.CancellationToken
        );
    }

    // A clock that goes: a garbled answer is asked for again after a wait.
    private Task<Answer> RunAsync(TushareSimulator vendor, params string[] command)
    {
        File.WriteAllText(
            Path.Combine(_folder, "tidemark.yaml"),
            $$"""
            plan: { from: 2026-11-19 }
            vendors:
              tushare: { url: "{{vendor.Address}}", token: test, rate_limits: { default: 1000000/min } }
            """
        );
        return new CommandLine(_folder, new ScaledClock(_clock.UtcNow, speed: 100)).RunAsync(command);
    }
}
