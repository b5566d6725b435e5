using System.Globalization;
using Spectre.Console;
using Tidemark.Operations.Builds;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Cli.Output;

/// <summary>
/// Shows a build: on a terminal one bar per table, with partitions and rows; under <c>--verbose</c> one line per
/// table; elsewhere nothing.
/// </summary>
internal sealed class BuildProgressView(CommandContext context) : IBuildWatcher
{
    public async Task<BuildReport> WatchBuildAsync(Func<IProgress<BuildProgress>?, Task<BuildReport>> build)
    {
        if (!context.ShowsBars)
        {
            return await build(context.IsVerbose ? new Lines(context) : null);
        }

        return await ProgressBars.On(context).StartAsync(display => build(new Bars(display)));
    }

    private static string Describe(BuildProgress value) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Table} {value.Done}/{value.Total} partitions · {value.Rows:N0} rows"
        );

    /// <summary>Several threads may report to it.</summary>
    private sealed class Bars(ProgressContext display) : IProgress<BuildProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();

        public void Report(BuildProgress value)
        {
            lock (_lock)
            {
                if (!_tasks.TryGetValue(value.Table, out var task))
                {
                    _tasks[value.Table] = task = display.AddTask(Markup.Escape(value.Table), autoStart: true);
                }

                task.MaxValue = Math.Max(1, value.Total);
                task.Value = value.Done;
                task.Description = Markup.Escape(Describe(value));
            }
        }
    }

    private sealed class Lines(CommandContext context) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => context.Progress.WriteLine(Describe(value));
    }
}
