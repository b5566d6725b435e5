using Tidemark.DuckDb;
using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Testing;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// The way of a reader through README.md with an account of their own: every command is run as it stands there.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ReadmeTests
{
    // A Saturday after the README's dates; the market's last day is the Friday before, whatever day it is here.
    private static readonly DateTimeOffset s_fetching = new(2026, 11, 28, 8, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_lookingBack = new(2026, 11, 28, 14, 0, 0, TimeSpan.Zero);
    private const string LastDay = "2026-11-27";

    [Fact]
    public async Task EveryCommand_InTheOrderOfTheReadme_DoesWhatItSays()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.StartAsync(
            folder.Path,
            "--stocks",
            "40",
            "--start",
            LastDay
        );
        var reader = new Reader(folder, simulator.Url);
        await File.WriteAllTextAsync(folder.At("question.sql"), "SELECT count(*) AS n FROM dwd.dwd_stock_daily");

        var clock = new ScaledClock(s_fetching, 1);
        foreach (var words in ReadmeCommands.Of("With your own account"))
        {
            await reader.DoAsync(words, clock);
        }

        File.Copy(folder.At("question.sql"), Path.Combine(reader.Folder, "question.sql"));
        clock = new ScaledClock(s_lookingBack, 1);
        foreach (var words in ReadmeCommands.Of("Look back, and tidy up").Concat(ReadmeCommands.Of("Query it")))
        {
            await reader.DoAsync(words, clock);
        }

        reader.Done.Count.ShouldBeGreaterThan(20, "the README's commands were found");
        using var database = DuckDbDatabase.Open(
            Path.Combine(reader.Folder, "catalog.duckdb"),
            new DuckDbSettings(ReadOnly: true)
        );
        using var connection = database.Connect();
        connection
            .Scalar("SELECT count(*) FROM dwd.dwd_stock_daily_dt('2024-03-29') WHERE close_hfq > 0")
            .ShouldBeOfType<long>()
            .ShouldBeGreaterThan(10);
        connection
            .Scalar("SELECT max(dt) FROM dwd.dwd_stock_daily")
            .ShouldBe(new DateOnly(2026, 11, 27), "what `run` fetched is built");
    }

    /// <summary>A shell that knows what the README uses: variables, folders, <c>tidemark</c>.</summary>
    private sealed class Reader(TemporaryFolder home, Uri vendor)
    {
        private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal)
        {
            ["HOME"] = home.Path,
            ["TIDEMARK__VENDORS__TUSHARE__URL"] = vendor.ToString(),
            ["TIDEMARK__VENDORS__TUSHARE__RATE_LIMITS__DEFAULT"] = "100000/min",
        };

        public string Folder { get; private set; } = home.Path;

        public List<string> Done { get; } = [];

        public async Task DoAsync(string[] words, TimeProvider clock)
        {
            var arguments = words.Skip(1).Select(Meant).ToArray();
            switch (words[0])
            {
                case "export":
                    var variable = words[1].Split('=');
                    _variables[variable[0]] = "a-word";
                    break;
                case "cd":
                    Folder = Path.Combine(Folder, arguments[0]);
                    break;
                case "tidemark" or "./tidemark":
                    var ended = await TidemarkHere.RunAsync(Folder, _variables, clock, arguments);
                    ended.With(exitCode: 0);
                    Done.Add(string.Join(' ', words));
                    break;
                default:
                    Assert.Fail($"The README has a line that the test cannot follow: {string.Join(' ', words)}");
                    break;
            }
        }

        private string Meant(string word) =>
            word.Replace("~", home.Path, StringComparison.Ordinal)
                .Replace("SELECT …", "SELECT count(*) FROM ods.ods_daily", StringComparison.Ordinal);
    }
}
