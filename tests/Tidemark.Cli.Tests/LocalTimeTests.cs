using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Cli.Output;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>Times and widths of what people read at a terminal.</summary>
[Trait("Speed", "Slow")]
public sealed partial class LocalTimeTests(SmallLake lake) : IClassFixture<SmallLake>
{
    private static readonly TimeSpan s_offset = TimeSpan.FromHours(5.5);

    private readonly ManualClock _clock = new(SmallLake.Clock.UtcNow)
    {
        Zone = TimeZoneInfo.CreateCustomTimeZone("Here", s_offset, "Here", "Here"),
    };

    [Fact]
    public async Task Status_AtATerminalOf80Columns_FitsIt()
    {
        var answer = await lake.RunWatchedAsync(_clock, "status", "--no-color");

        answer.ExitCode.ShouldBe(0, answer.Error);
        answer.Out.Split('\n').Max(line => new StringInfo(line).LengthInTextElements).ShouldBeInRange(40, 80);
        // A line that the terminal broke would begin in its first column.
        Continuation().Matches(answer.Out).ShouldBeEmpty();
    }

    [Fact]
    public async Task Datasets_AtATerminalOf80Columns_FitIt()
    {
        var answer = await lake.RunWatchedAsync(_clock, "datasets", "--no-color");

        answer.ExitCode.ShouldBe(0, answer.Error);
        answer.Out.Split('\n').Max(line => new StringInfo(line).LengthInTextElements).ShouldBeInRange(40, 80);
        answer.Out.ShouldContain("tushare.daily             P0, trading_day, ods.ods_daily, stock.market.daily");
    }

    [Theory]
    [InlineData("2026-03-29T02:30", new string[0])] // the clocks go from 02:00 to 03:00
    [InlineData("2026-10-25T02:30", new[] { "2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00" })]
    [InlineData("2026-07-01T02:30", new[] { "2026-07-01 02:30 +02:00" })]
    public void Moments_OfAWallClockTime_AreNoneOneOrTwo(string local, string[] moments)
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        new LocalTime(berlin)
            .MomentsOf(DateTime.Parse(local, CultureInfo.InvariantCulture))
            .Select(m => m.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture))
            .ShouldBe(moments);
    }

    [Fact]
    public async Task Status_OfAMachineElsewhere_TellsItsTimeWithTheOffset()
    {
        var answer = await lake.RunWatchedAsync(_clock, "status", "--no-color");

        var at = DateTimeOffset.ParseExact(
            Evaluated().Match(answer.Out).Groups[1].Value,
            "yyyy-MM-dd HH:mm zzz",
            CultureInfo.InvariantCulture
        );
        at.Offset.ShouldBe(s_offset);
        at.ShouldBe(SmallLake.Clock.UtcNow, TimeSpan.FromDays(1));
    }

    /// <summary>Scripts read UTC, wherever they run.</summary>
    [Fact]
    public async Task Runs_OfAMachineElsewhere_NameTheZoneForPeopleAndUtcForScripts()
    {
        (await lake.RunWatchedAsync(_clock, "runs", "--no-color")).Out.ShouldContain("(Here)");

        var run = (await lake.RunWatchedAsync(_clock, "runs", "--json")).Json()[0];

        run.GetProperty("started_at").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
    }

    /// <summary>What the commands print of a moment can be given to them.</summary>
    [Theory]
    [InlineData("2026-11-21 00:00 +05:30")]
    [InlineData("2026-11-20 18:30 UTC")]
    [InlineData("2026-11-20T18:30Z")]
    public async Task Moment_AsItIsPrinted_CanBeTyped(string moment) =>
        (
            await lake.RunAsync("sql", "SELECT count(*) FROM ods.ods_daily", "--as-of", moment, "--format", "csv")
        ).ExitCode.ShouldBe(0);

    /// <summary>
    /// Commits have milliseconds, and <c>history</c> prints seconds: what it prints of a version names that version.
    /// </summary>
    [Fact]
    public async Task Moment_OfAVersionAsHistoryPrintsIt_IsThatVersion()
    {
        using var copy = await lake.CopyAsync();
        // As any clock but that of the tests would have it.
        var log = copy.At("lake/dim/dim_instrument/_delta_log/00000000000000000000.json");
        await File.WriteAllTextAsync(
            log,
            WholeSecond().Replace(await File.ReadAllTextAsync(log, CancellationToken.None), "${stamp}642", 1),
            CancellationToken.None
        );
        var committed = (await copy.RunAsync("history", "dim.dim_instrument", "--json")).Json()[0];
        var printed = Printed().Match((await copy.RunAsync("history", "dim.dim_instrument")).Out).Value;

        var restored = await copy.RunAsync("restore", "dim.dim_instrument", "--as-of", printed, "--json");

        restored.ExitCode.ShouldBe(0, restored.Error);
        restored
            .Json()
            .GetProperty("restored_version")
            .GetInt64()
            .ShouldBe(committed.GetProperty("version").GetInt64());
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Printed();

    [GeneratedRegex("(?<stamp>\"timestamp\":[0-9]{10})[0-9]{3}")]
    private static partial Regex WholeSecond();

    [GeneratedRegex(@"evaluated (\S+ \S+ \S+)")]
    private static partial Regex Evaluated();

    [GeneratedRegex(@"^[0-9,(]", RegexOptions.Multiline)]
    private static partial Regex Continuation();
}
