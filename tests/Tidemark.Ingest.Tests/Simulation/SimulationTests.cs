using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// Two processes that serve for weeks, in virtual time, with everything that goes wrong on the way: 200 seeds of 60 days
/// in <c>./test --long</c>, which sets <c>TIDEMARK_TEST_LONG</c>. One seed alone: <c>TIDEMARK_TEST_SEED</c> and
/// <c>TIDEMARK_TEST_DAYS</c>. A day takes more than a second, so that <c>./test</c> leaves them out.
/// </summary>
[Collection(nameof(SimulationTests))]
[Trait("Speed", "Slow")]
public sealed partial class SimulationTests(ITestOutputHelper output)
{
    private const string Reason = "weeks in virtual time take minutes: ./test --long";

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("TIDEMARK_TEST_LONG") is { Length: > 0 };

    private static bool IsAskedFor => s_isLong || Number("TIDEMARK_TEST_SEED") is not null;

    private static int Days => Number("TIDEMARK_TEST_DAYS") ?? 60;

    public static TheoryData<int> Seeds =>
        Number("TIDEMARK_TEST_SEED") is { } seed ? [seed] : [.. Enumerable.Range(1, s_isLong ? 200 : 1)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Simulation_OfTradingDaysWithFaults_EndsWithEveryCellCompleteOrExplained(int seed)
    {
        Assert.SkipUnless(IsAskedFor, Reason);
        return SimulationRun.RunAsync(
            seed,
            Days,
            simulation =>
            {
                try
                {
                    new SimulationTruth(simulation).ShouldHold();
                }
                catch
                {
                    output.WriteLine(string.Join('\n', simulation.Told));
                    output.WriteLine($"again: TIDEMARK_TEST_SEED={seed} TIDEMARK_TEST_DAYS={Days}");
                    throw;
                }
                finally
                {
                    var figures = string.Join(", ", simulation.Counts.Select(c => $"{c.Key} {c.Value}"));
                    output.WriteLine($"proof: simulation of {Days} trading days, seed {seed}: {figures}");
                }
            }
        );
    }

    [Fact]
    public async Task Simulation_OfTheSameSeedTwice_DoesTheSame()
    {
        Assert.SkipUnless(IsAskedFor, Reason);
        const int seed = 7;
        var first = await StoryAsync(seed, days: 5);
        var second = await StoryAsync(seed, days: 5);

        var same = first.Zip(second).TakeWhile(lines => lines.First == lines.Second).Count();
        if (same < Math.Max(first.Length, second.Length))
        {
            var before = first[Math.Max(0, same - 20)..same];
            Assert.Fail(
                $"after\n{string.Join('\n', before)}\nonce\n{first.ElementAtOrDefault(same)}\nonce\n{second.ElementAtOrDefault(same)}"
            );
        }

        output.WriteLine($"proof: simulation of seed {seed} twice: {HashOf(first)}");
    }

    /// <summary>All that happened: deeds and jobs, then runs, steps and moments, then each commit.</summary>
    private static async Task<string[]> StoryAsync(int seed, int days)
    {
        string[] story = [];
        await SimulationRun.RunAsync(
            seed,
            days,
            simulation =>
                story = [
                    .. simulation
                        .Told.Order(StringComparer.Ordinal) // a process tells of a job while it begins it
                        .Concat(
                            simulation.Lines(
                                "select started_at, finished_at, status, scope, mode, inserted, rows, error_message from ingest_runs order by started_at, id"
                            )
                        )
                        .Concat(simulation.Lines("select due_at, status, fired_at, finished_at from schedule_fires_v1"))
                        .Concat(simulation.Logs.Select(entry => entry.ToString()))
                        .Select(line => Name().Replace(line, "…")),
                ]
        );
        return story;
    }

    private static string HashOf(string[] story) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', story))));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } said
            ? int.Parse(said, CultureInfo.InvariantCulture)
            : null;

    // Names of files are made by whoever comes first; an owner of a lease has a process id.
    [GeneratedRegex("/[0-9]+/|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")]
    private static partial Regex Name();
}

/// <summary>Nothing runs beside a simulation: it tells by the thread pool when nothing is at work.</summary>
[CollectionDefinition(nameof(SimulationTests), DisableParallelization = true)]
public sealed class SimulationTestsAlone;
