using System.Globalization;
using Spectre.Console;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Runs;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Cli.Output;

/// <summary>Shows a bar with units, rows per second and time left on a terminal; nothing elsewhere.</summary>
internal sealed class RunProgressView(CommandContext context) : IRunWatcher
{
    public async Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run)
    {
        var title = pool.Name();
        if (!context.ShowsBars)
        {
            return await run(context.IsVerbose ? new Lines(context) : null);
        }

        return await ProgressBars
            .On(context)
            .StartAsync(async display =>
            {
                var task = display.AddTask(title, autoStart: true);
                return await run(new Bar(task, title, context.World.Clock));
            });
    }

    public Task<BuildReport> WatchBuildAsync(Func<IProgress<BuildProgress>?, Task<BuildReport>> build) =>
        new BuildProgressView(context).WatchBuildAsync(build);

    private sealed class Bar(ProgressTask task, string title, TimeProvider clock) : IProgress<RunProgress>
    {
        private readonly long _start = clock.GetTimestamp();

        public void Report(RunProgress value)
        {
            var rate = value.Rows / Math.Max(0.1, clock.GetElapsedTime(_start).TotalSeconds);
            task.MaxValue = Math.Max(1, value.Planned);
            task.Value = value.Finished;
            task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{title} {value.Finished}/{value.Planned} units · {rate:N0} rows/s"
            );
        }
    }

    private sealed class Lines(CommandContext context) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) =>
            context.Progress.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{value.Finished}/{value.Planned} {value.Current} · {value.Rows:N0} rows, {value.Bytes / 1e6:N1} MB"
                )
            );
    }
}
