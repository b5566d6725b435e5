using System.Diagnostics;
using System.Globalization;
using Tidemark.Bench.Warehouse;

// bench/warehouse: 500 trading days × 5,400 stocks of dwd_stock_daily, built by the product from a lake that it wrote,
// against DuckDB running the same SQL over the same files as one query with a partitioned COPY. Each side runs in a
// process of its own (peak memory is a process's), alternately, Rounds times; the medians are compared. Ours ends when
// everything is audited, committed and durable; DuckDB's when the files are written. Then a build with nothing to do,
// and the repair of one day on which a table with a reach of 20 trading days looks back.
const int Rounds = 3;
if (args is [var side, var folder])
{
    Console.WriteLine(await Sides.RunAsync(side, folder));
    return 0;
}

var work = Directory.CreateTempSubdirectory("tidemark-bench-warehouse-").FullName;
try
{
    Measure("fill");
    List<(long Count, double Seconds, double Megabytes)> ours = [];
    List<(long Count, double Seconds, double Megabytes)> duckdb = [];
    for (var round = 0; round < Rounds; round++)
    {
        ours.Add(Measure("ours"));
        duckdb.Add(Measure("duckdb"));
    }

    Measure("rest");
    var idle = Measure("idle");
    var repair = Measure("repair");
    var again = Measure("idle");
    var ratio = Median(ours) / Median(duckdb);
    var peak = ours.Max(m => m.Megabytes);
    bool[] holds =
    [
        Report("rows", ours[0].Count, $"{duckdb[0].Count}", ours[0].Count == duckdb[0].Count),
        Report("ratio", ratio, $"at most 1.5; {Median(ours):F2} s against {Median(duckdb):F2} s", ratio <= 1.5),
        Report("peak MB", peak, $"under 1000", peak < 1000),
        Report("nothing to do, ms", idle.Seconds * 1000, $"under 500", idle is { Count: 0, Seconds: < 0.5 }),
        Report("partitions after the repair of a day", repair.Count, $"20; {repair.Seconds:F2} s", repair.Count == 20),
        Report("partitions after that", again.Count, $"none", again.Count == 0),
    ];
    return Array.TrueForAll(holds, h => h) ? 0 : 1;
}
finally
{
    Directory.Delete(work, recursive: true);
}

(long Count, double Seconds, double Megabytes) Measure(string name)
{
    // What was written before, by us or for us, is not to be flushed on somebody's time.
    using (var sync = Process.Start("sync"))
    {
        sync.WaitForExit();
    }

    var start = new ProcessStartInfo(Environment.ProcessPath!, [name, work])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    };
    using var process = Process.Start(start)!;
    var line = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException($"{name} failed: {line}");
    }

    Console.WriteLine($"  {name}: {line} (count, seconds, peak MB)");
    var parts = line.Split(' ').Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToArray();
    return ((long)parts[0], parts[1], parts[2]);
}

static bool Report(string what, double value, FormattableString limit, bool holds)
{
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{(holds ? "holds " : "MISSES")}   {what}: {value:0.##} (")
            + FormattableString.Invariant(limit)
            + ")"
    );
    return holds;
}

static double Median(List<(long Count, double Seconds, double Megabytes)> runs) =>
    runs.Select(r => r.Seconds).Order().ElementAt(runs.Count / 2);
