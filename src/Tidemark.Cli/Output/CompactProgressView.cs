using System.Globalization;
using Spectre.Console;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;

namespace Tidemark.Cli.Output;

/// <summary>A bar with files and bytes on a terminal; nothing elsewhere.</summary>
internal static class CompactProgressView
{
    public static async Task<CompactedTable> ShowAsync(
        CommandContext context,
        TableId table,
        Func<IProgress<CompactProgress>?, Task<CompactedTable>> compact
    ) =>
        context.ShowsBars
            ? await context
                .Progress.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(display => compact(new Bar(display.AddTask(table.ToString(), autoStart: true))))
            : await compact(null);

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
