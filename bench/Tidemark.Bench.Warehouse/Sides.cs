using System.Diagnostics;
using Tidemark.DuckDb;

namespace Tidemark.Bench.Warehouse;

/// <summary>
/// What is measured, each in a process of its own; the result is a line: a count, seconds, peak megabytes.
/// </summary>
internal static class Sides
{
    // What a machine of 1 GB could give.
    private const string Memory = "500MB";

    public static async Task<string> RunAsync(string side, string folder)
    {
        using var place = new Workplace(folder, side == "duckdb" ? "70%" : Memory);
        var (count, seconds) = side switch
        {
            "fill" => await FillAsync(place),
            "ours" => await OursAsync(place),
            "duckdb" => await DuckDbAsync(place, Path.Combine(folder, "copy")),
            "rest" => await RestAsync(place),
            "idle" => await IdleAsync(place),
            "repair" => await RepairAsync(place),
            _ => throw new ArgumentException($"No side '{side}'", nameof(side)),
        };
        return FormattableString.Invariant($"{count} {seconds:F3} {PeakMegabytes():F0}");
    }

    private static async Task<(long, double)> FillAsync(Workplace place)
    {
        var watch = Stopwatch.StartNew();
        await Market.FillAsync(place);
        await place.BuildAsync(
            place.Project(),
            [.. place.Project().Tables.Select(t => t.Id).Where(t => t.Layer == "dim")]
        );
        return (Market.Days, watch.Elapsed.TotalSeconds);
    }

    private static async Task<(long, double)> OursAsync(Workplace place)
    {
        place.Remove(Workplace.Daily);
        var project = place.Project();
        var watch = Stopwatch.StartNew();
        var result = await place.BuildAsync(project, Workplace.Daily);
        return (result.Rows, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The same SQL over the same views, all days at once. No fsync, no key, no hash.</summary>
    private static async Task<(long, double)> DuckDbAsync(Workplace place, string folder)
    {
        var table = place.Project().Tables.Single(t => t.Id == Workplace.Daily);
        var days = Market.DaysOf(place);
        using var session = await place.Lake.OpenSessionAsync(
            [.. table.Inputs.Select(i => i.Table)],
            CancellationToken.None
        );
        var watch = Stopwatch.StartNew();
        var rows = session.Connection.Execute(
            $"COPY ({table.Render(days[0], days[^1])}\n) TO {DuckDbSql.Literal(folder)} (FORMAT parquet, PARTITION_BY (dt))"
        );
        watch.Stop();
        place.Away(folder);
        return (rows, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The other table, so that the next ones find nothing to do.</summary>
    private static async Task<(long, double)> RestAsync(Workplace place)
    {
        var watch = Stopwatch.StartNew();
        var result = await place.BuildAsync(place.Project());
        return (result.Built.Count, watch.Elapsed.TotalSeconds);
    }

    private static async Task<(long, double)> IdleAsync(Workplace place)
    {
        var watch = Stopwatch.StartNew();
        var result = await place.BuildAsync(place.Project());
        return (result.Built.Count, watch.Elapsed.TotalSeconds);
    }

    private static async Task<(long, double)> RepairAsync(Workplace place)
    {
        await Market.RepairAsync(place, Market.DaysOf(place)[Market.Days / 2]);
        var watch = Stopwatch.StartNew();
        var result = await place.BuildAsync(place.Project());
        return (result.Built.Count(b => b.Table == Workplace.Month.ToString()), watch.Elapsed.TotalSeconds);
    }

    private static double PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                System.Globalization.CultureInfo.InvariantCulture
            ) / 1024;
    }
}
