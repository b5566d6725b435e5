using System.Globalization;
using Spectre.Console;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Output;

/// <summary>Shows a bar with files and bytes on a terminal, and one line for each finished table.</summary>
internal sealed class CompactProgressView(CommandContext context) : ICompactWatcher
{
    public async Task<CompactedTable> WatchAsync(
        string table,
        Func<IProgress<CompactProgress>?, Task<CompactedTable>> compact
    )
    {
        var result = context.ShowsBars
            ? await ProgressBars
                .On(context)
                .StartAsync(display => compact(new Bar(display.AddTask(table, autoStart: true))))
            : await compact(null);
        context.Say(Describe(result));
        return result;
    }

    private static string Describe(CompactedTable table)
    {
        if (table.FilesBefore == 0)
        {
            return table.FilesTried == 0
                ? $"{table.Table}: nothing to do"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Table}: nothing to gain; {table.FilesTried} files stay as they are, and are marked so that they are not tried again (version {table.Version})"
                );
        }

        var files =
            table.FilesAfter < table.FilesBefore
                ? $"{table.FilesBefore} files of {table.Partitions} partitions are {table.FilesAfter} now"
                : $"{table.FilesBefore} files of {table.Partitions} partitions are compressed better";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{table.Table}: {files}, {table.BytesBefore / 1e6:N1} MB are {table.BytesAfter / 1e6:N1} MB (version {table.Version})"
        );
    }

    private sealed class Bar(ProgressTask task) : IProgress<CompactProgress>
    {
        public void Report(CompactProgress value)
        {
            task.MaxValue = Math.Max(1, value.BytesTotal);
            task.Value = value.Bytes;
            task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{value.Table} {value.Files}/{value.FilesTotal} files · {value.Bytes / 1e6:N0} MB"
            );
        }
    }
}
