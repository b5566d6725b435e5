using Spectre.Console;

namespace Tidemark.Cli.Output;

/// <summary>
/// Shows long work on a terminal: a bar with the finished share and the time left, which is removed at the end.
/// </summary>
internal static class ProgressBars
{
    public static Progress On(CommandContext context) =>
        context
            .Progress.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            );
}
