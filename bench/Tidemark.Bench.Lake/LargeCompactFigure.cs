using System.Diagnostics;
using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>
/// Compaction of 5 GB by an engine that may use 512 MB: how much memory the process takes. It is a process of its
/// own, as <c>tidemark compact</c> is: what filling
/// the table has left in this one is not its.
/// </summary>
internal static class LargeCompactFigure
{
    /// <summary>What makes this program compact a lake and end.</summary>
    public const string ChildCommand = "compact-lake";

    private const int Partitions = 28;
    private const int UnitsAPartition = 20;
    private const int RowsAUnit = 260_000;
    private const double ProcessLimitMegabytes = 1024; // 512 MB for the engine, the rest for .NET, libduckdb and its buffers

    private static readonly TableDefinition s_table = Bars.Table("ods_5gb");

    public static async Task RunAsync(Report report)
    {
        using var place = new Workplace();
        await FillAsync(place, s_table);
        var before = await place.Lake.Table(s_table.Id).SnapshotAsync(default);

        var start = Stopwatch.GetTimestamp();
        var child = new ProcessStartInfo(Environment.ProcessPath!, [ChildCommand, place.At("lake")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(child)!;
        var peak = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var after = await place.Open().Table(s_table.Id).SnapshotAsync(default);
        if (process.ExitCode != 0 || after.RowCount != before.RowCount || after.Files.Count >= before.Files.Count)
        {
            throw new InvalidOperationException(
                $"{before.Files.Count} files became {after.Files.Count}, exit code {process.ExitCode}"
            );
        }

        report.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Bytes / 1e9:F1} GB in {before.Files.Count} files became {after.Bytes / 1e9:F1} GB in {after.Files.Count}, {seconds:F0} s"
            )
        );
        report.Megabytes(
            "peak of the process, engine at 512 MB",
            double.Parse(peak, CultureInfo.InvariantCulture),
            ProcessLimitMegabytes
        );
    }

    /// <summary>The child: compacts, and prints its peak in MB.</summary>
    public static async Task CompactAsync(string lake)
    {
        using (var place = new Workplace(lake, "512MB"))
        {
            var compactor = new TableCompactor(place.Lake, place.Engine, TimeProvider.System, new SystemIdSource());
            await compactor.CompactAsync(s_table.Id, new CompactOptions(), progress: null, default);
        }

        Console.WriteLine(PeakMegabytes().ToString(CultureInfo.InvariantCulture));
    }

    private static async Task FillAsync(Workplace place, TableDefinition table)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            var day = Bars.FirstDay.AddDays(partition);
            using var session = await place.Lake.OpenSessionAsync([], default);
            using var staging = place.Lake.Stage(table, "bench");
            for (var unit = 0; unit < UnitsAPartition; unit++)
            {
                var rows = Bars.DaySql(day.AddDays(unit * 100), RowsAUnit);
                staging.AppendQuery(session, $"u/{partition}/{unit}", day, rows, default);
            }

            await place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default);
        }
    }

    private static double PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            / 1024;
    }
}
