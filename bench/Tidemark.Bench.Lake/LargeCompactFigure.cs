using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>Compaction of 5 GB by an engine that may use 512 MB: how much memory the process takes.</summary>
internal static class LargeCompactFigure
{
    private const int Partitions = 28;
    private const int UnitsAPartition = 20;
    private const int RowsAUnit = 260_000;
    private const double ProcessLimitMegabytes = 1024; // 512 MB for the engine, the rest for .NET, libduckdb and its buffers

    public static async Task RunAsync(Report report)
    {
        using var place = new Workplace("512MB");
        var table = Bars.Table("ods_5gb");
        using (var filler = new Workplace(place.At("lake"), "70%"))
        {
            await FillAsync(filler, table);
        }

        var before = await place.Lake.Table(table.Id).SnapshotAsync(default);
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak counts from here
        var compactor = new TableCompactor(place.Lake, place.Engine, TimeProvider.System, new SystemIdSource());
        var times = new Times();
        times.Add(() =>
            compactor.CompactAsync(table.Id, new CompactOptions(), progress: null, default).GetAwaiter().GetResult()
        );
        var after = await place.Lake.Table(table.Id).SnapshotAsync(default);
        if (after.RowCount != before.RowCount || after.Files.Count >= before.Files.Count)
        {
            throw new InvalidOperationException($"{before.Files.Count} files became {after.Files.Count}");
        }

        report.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Bytes / 1e9:F1} GB in {before.Files.Count} files became {after.Bytes / 1e9:F1} GB in {after.Files.Count}, {times.Median / 1000:F0} s"
            )
        );
        report.Megabytes("peak of the process, engine at 512 MB", PeakMegabytes(), ProcessLimitMegabytes);
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
