using System.Diagnostics;
using System.Globalization;
using Tidemark.Bench.Ingest;

// bench/ingest: 250 trading days × 5,400 stocks of recorded-shape `daily` answers through the product's own
// decode → stage → commit path, against DuckDB's read_json → table → partitioned COPY over the same files in the same
// run: as a user would write it, and tuned by someone who tells read_json the shape beforehand. Each side runs in a
// process of its own (peak memory is a process's), alternately, Rounds times; the medians are compared. The clock
// starts when the databases are open and stops when everything is committed and durable (ours) or written (theirs).
const int Rounds = 5;
if (args is ["ours" or "duckdb" or "duckdb-tuned", var input, var output, var shipped])
{
    var (rows, elapsed) =
        args[0] == "ours"
            ? await OurPath.RunAsync(input, output, shipped)
            : DuckDbPath.Run(input, output, tuned: args[0] == "duckdb-tuned");
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{rows} {elapsed.TotalSeconds:F3} {PeakMegabytes():F0}")
    );
    return 0;
}

var work = Directory.CreateTempSubdirectory("tidemark-bench-").FullName;
try
{
    var files = args.Length > 0 ? args[0] : Path.Combine(work, "answers");
    if (args.Length == 0)
    {
        Answers.Write(files, Path.Combine(RepositoryRoot(), "definitions", "calendars"), days: 250, stocks: 5400);
    }

    var bytes = Directory.GetFiles(files).Sum(f => new FileInfo(f).Length);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Directory.GetFiles(files).Length} days, {bytes / 1e6:F0} MB of JSON"
        )
    );
    List<(double Seconds, double Megabytes)> ours = [];
    List<(double Seconds, double Megabytes)> duckdb = [];
    List<(double Seconds, double Megabytes)> tuned = [];
    for (var round = 0; round < Rounds; round++)
    {
        ours.Add(Measure("ours", files, Path.Combine(work, $"ours{round}")));
        duckdb.Add(Measure("duckdb", files, Path.Combine(work, $"duckdb{round}")));
        tuned.Add(Measure("duckdb-tuned", files, Path.Combine(work, $"tuned{round}")));
    }

    var ratio = Median(duckdb) / Median(ours);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"tidemark {Median(ours):F2} s, peak {ours.Max(m => m.Megabytes):F0} MB · duckdb {Median(duckdb):F2} s · ratio {ratio:F2}× "
                + $"(tuned duckdb {Median(tuned):F2} s · ratio {Median(tuned) / Median(ours):F2}×)"
        )
    );
    return ratio >= 2.3 && ours.Max(m => m.Megabytes) < 500 ? 0 : 1;
}
finally
{
    Directory.Delete(work, recursive: true);
}

static (double Seconds, double Megabytes) Measure(string side, string files, string folder)
{
    // What was written before, by us or for us, is not to be flushed on somebody's time. Nor is anything removed before
    // the end: ext4 looks past what was just deleted whenever it makes a file, which the next side would pay for.
    using (var sync = Process.Start("sync"))
    {
        sync.WaitForExit();
    }

    Directory.CreateDirectory(folder);
    var definitions = Path.Combine(RepositoryRoot(), "definitions", "datasets");
    var start = new ProcessStartInfo(Environment.ProcessPath!, [side, files, folder, definitions])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    };
    using var process = Process.Start(start)!;
    var line = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException($"{side} failed: {line}");
    }

    Console.WriteLine($"  {side}: {line} (rows, seconds, peak MB)");
    var parts = line.Split(' ');
    return (double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture));
}

static double Median(List<(double Seconds, double Megabytes)> runs) =>
    runs.Select(r => r.Seconds).Order().ElementAt(runs.Count / 2);

static double PeakMegabytes()
{
    var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
    return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}

static string RepositoryRoot()
{
    var folder = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(folder, "Tidemark.slnx")))
    {
        folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Tidemark.slnx");
    }

    return folder;
}
