using System.Text.RegularExpressions;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>What <c>doctor</c> finds, and no longer finds when what it says was done.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-doctor-").FullName;

    public DoctorTests() =>
        File.WriteAllText(
            Path.Combine(_folder, "tidemark.yaml"),
            "vendors: { tushare: { url: 'http://127.0.0.1:1', token: abc } }\n"
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Clock_ThatIsYearsOff_IsToldUntilItIsSet()
    {
        var clock = new ManualClock(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        (await DoctorAsync(clock)).ShouldContain("CLOCK_WRONG: The clock says 2020-01-01 00:00:00Z. Set it");

        clock.UtcNow = SmallLake.Clock.UtcNow;

        (await DoctorAsync(clock)).ShouldNotContain("CLOCK_WRONG");
    }

    [Fact]
    public async Task Definition_ThatIsWrong_IsToldOnce()
    {
        Write("datasets/tushare.daily.yaml", "grain: trading_day", "grain: full_moon");

        var said = await DoctorAsync(SmallLake.Clock);

        Regex.Count(said, "full_moon").ShouldBe(1, said);
        said.ShouldContain("DEFINITION_INVALID");
    }

    [Theory]
    [InlineData("suspended = 'S'", "\"suspended\" not found")]
    [InlineData("suspend_type = ", "syntax error")]
    [InlineData("true) OR (true", "syntax error")]
    [InlineData("true, false", "is more than one condition")]
    public async Task Condition_ThatCannotBeAsked_IsToldBeforeThereIsData(string where, string words)
    {
        Write("checks/stock.daily_bars.yaml", "suspend_type = 'S' AND coalesce(suspend_timing, '') = ''", where);

        var said = await DoctorAsync(SmallLake.Clock);

        said.ShouldContain("the check stock.daily_bars is left out: CHECK_INVALID");
        said.ShouldContain(words);
        said.ShouldContain("checks/stock.daily_bars.yaml");
    }

    private async Task<string> DoctorAsync(TimeProvider clock) =>
        (await new CommandLine(_folder, clock).RunAsync("doctor")).Out;

    /// <summary>Lays a changed definition over the shipped one.</summary>
    private void Write(string name, string old, string @new)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "definitions", name));
        text.ShouldContain(old);
        var file = Path.Combine(_folder, "definitions", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.Replace(old, @new, StringComparison.Ordinal));
    }
}
