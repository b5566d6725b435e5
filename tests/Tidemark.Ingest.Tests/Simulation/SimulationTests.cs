namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>Two processes that serve for months, in virtual time, with everything that goes wrong on the way.</summary>
[Collection(nameof(SimulationTests))]
[Trait("Speed", "Slow")]
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Days = 60;

    public static TheoryData<int> Seeds =>
        Environment.GetEnvironmentVariable("TIDEMARK_TEST_SEED") is { Length: > 0 } some
            ? [.. some.Split(',').Select(seed => int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture))]
            : [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Simulation_OfSixtyTradingDays_EndsWithEveryCellCompleteOrExplained(int seed)
    {
        var since = TimeProvider.System.GetTimestamp();
        await Simulation.RunAsync(
            seed,
            Environment.GetEnvironmentVariable("TIDEMARK_TEST_DAYS") is { } d
                ? int.Parse(d, System.Globalization.CultureInfo.InvariantCulture)
                : Days,
            simulation =>
            {
                var figures = string.Join(", ", simulation.Counts.Select(c => $"{c.Key} {c.Value}"));
                output.WriteLine(
                    $"seed {seed}: {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s, {Environment.CpuUsage.TotalTime.TotalSeconds:F1} s of processor so far, {figures}"
                );
                try
                {
                    new SimulationTruth(simulation).ShouldHold();
                }
                catch
                {
                    output.WriteLine(string.Join('\n', simulation.Told));
                    throw;
                }
            }
        );
    }
}

/// <summary>Nothing runs beside a simulation: it tells by the thread pool when nothing is at work.</summary>
[CollectionDefinition(nameof(SimulationTests), DisableParallelization = true)]
public sealed class SimulationTestsAlone;
