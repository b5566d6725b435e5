using System.Diagnostics;
using System.Globalization;
using Tidemark.Bench.Runtime;

// bench/runtime: what the ingest runtime costs by itself. Each measurement is a process of its own (peak memory is a
// process's), cold as a command is. Exit code 0 when the figures of CONTRIBUTING.md hold.
var postgres = Environment.GetEnvironmentVariable("TIDEMARK_TEST_POSTGRES");
switch (args)
{
    case ["fill", var which]:
    {
        // Not disposed: the next process opens it.
        var made = PlanBench.Make();
        await PlanBench.FillAsync(made, isWhole: which == "full");
        await made.Host.DisposeAsync();
        Console.WriteLine(made.Folder);
        return 0;
    }
    case ["plan", var folder, var which]:
    {
        await using var workspace = BenchWorkspace.Open(folder, PlanBench.Symbols);
        var (units, elapsed) = await PlanBench.PlanAsync(workspace, withSymbols: which == "symbols");
        return Say($"{units} {elapsed.TotalMilliseconds:F0} {PeakMegabytes():F0}");
    }
    case ["units", var database]:
    {
        var (units, elapsed) = await UnitsBench.RunAsync(Control(database));
        return Say($"{units} {elapsed.TotalMilliseconds:F0} {PeakMegabytes():F0}");
    }
    case ["history", var database]:
    {
        var (list, show) = await HistoryBench.RunAsync(Control(database));
        return Say($"{list.TotalMilliseconds:F0} {show.TotalMilliseconds:F0} {PeakMegabytes():F0}");
    }
    default:
        return Measure(args);
}

string? Control(string database) =>
    database == "postgres"
        ? postgres ?? throw new InvalidOperationException("TIDEMARK_TEST_POSTGRES is not set")
        : null;

int Measure(string[] only)
{
    var isMissed = false;
    string[] databases = postgres is null ? ["sqlite"] : ["sqlite", "postgres"];
    if (only is [] or ["plans"])
    {
        foreach (
            var (fill, plan, said) in new[]
            {
                ("empty", "days", "an empty lake"),
                ("empty", "symbols", "an empty lake, with two datasets by symbol and month"),
                ("full", "days", "a full lake"),
            }
        )
        {
            var folder = Child("fill", fill).Trim();
            var figures = Numbers(Child("plan", folder, plan));
            Judge(
                $"plan of 12 datasets × 2,500 days × 5,500 symbols on {said} ({figures[0]} units)",
                figures[1],
                2000,
                "ms"
            );
            Judge("  memory", figures[2], 300, "MB");
            Directory.Delete(folder, recursive: true);
        }
    }

    foreach (var database in only is [] or ["units"] ? databases : [])
    {
        var figures = Numbers(Child("units", database));
        Judge(
            $"{figures[0]} units of nothing on {database}, each",
            figures[1] * 1000 / figures[0],
            database == "sqlite" ? 1000 : 2000,
            "µs"
        );
    }

    foreach (var database in only is [] or ["runs"] ? databases : [])
    {
        var figures = Numbers(Child("history", database));
        Judge($"runs after a year on {database}", figures[0], 100, "ms");
        Judge($"runs show after a year on {database}", figures[1], 100, "ms");
    }

    return isMissed ? 1 : 0;

    void Judge(string what, long value, long limit, string unit)
    {
        isMissed |= value >= limit;
        Say($"{(value < limit ? "holds " : "MISSES")}   {what}: {value} {unit} (under {limit})");
    }
}

static long[] Numbers(string text) =>
    [.. text.Trim().Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];

static string Child(params string[] arguments)
{
    using var process = Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        }
    )!;
    var said = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0
        ? said
        : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}");
}

static int Say(FormattableString text)
{
    Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    return 0;
}

static double PeakMegabytes()
{
    using var self = Process.GetCurrentProcess();
    return self.PeakWorkingSet64 / 1e6;
}
