using System.Globalization;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>A writer that is killed at any point leaves a whole lake.</summary>
[Trait("Speed", "Slow")]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Lanes = 2;

    // Each lane has some 22 points and tries one in every second round, so that all of them have their turn.
    private static readonly int s_rounds =
        int.Parse(Environment.GetEnvironmentVariable("TIDEMARK_CRASH_ROUNDS") ?? "120", CultureInfo.InvariantCulture)
        / Lanes;
    private const int ComparedEvery = 30;
    private const int ToldEvery = 250; // bench/crash takes an hour
    private const int Longest = 60_000; // µs; five steps take about that

    [Fact]
    public async Task Writer_KilledAtEachPointAndAtRandomInstants_LosesAndInventsNothing()
    {
        var lanes = await Task.WhenAll(Enumerable.Range(1, Lanes).Select(seed => Task.Run(() => RunLaneAsync(seed))));

        foreach (var died in lanes.SelectMany(l => l).GroupBy(p => p).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{died.Count(), 4} × {died.Key}");
        }

        output.WriteLine($"proof: {Lanes * s_rounds} times killed while writing, seeds 1 to {Lanes}");
    }

    /// <returns>Where the writer died, by round.</returns>
    private async Task<List<string>> RunLaneAsync(int seed)
    {
        using var lane = new CrashLane(seed);
        var random = new Random(seed);
        var points = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            points.UnionWith(Named("point ", await lane.RoundAsync("trace")));
        }

        var died = new List<string>();
        var untried = new Queue<string>(points);
        for (var round = 0; round < s_rounds; round++)
        {
            if (round % 2 == 0)
            {
                var point = untried.Count > 0 ? untried.Dequeue() : points.ElementAt(random.Next(points.Count));
                var said = await lane.RoundAsync("point", point, Text(untried.Count > 0 ? 1 : random.Next(1, 4)));
                died.Add(Named("killed ", said).SingleOrDefault() ?? "not at all: the point did not come");
            }
            else
            {
                await lane.RoundAsync("after", Text(random.Next(Longest)));
                died.Add("at a random instant");
            }

            if (round % ComparedEvery == ComparedEvery - 1)
            {
                await lane.CompareWithOthersAsync();
            }

            if (round % ToldEvery == ToldEvery - 1)
            {
                output.WriteLine($"seed {seed}: {round + 1} of {s_rounds} rounds");
            }
        }

        return died;
    }

    private static IEnumerable<string> Named(string prefix, IEnumerable<string> lines) =>
        lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Select(l => l[prefix.Length..]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
