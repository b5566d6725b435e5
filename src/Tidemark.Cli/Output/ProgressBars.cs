using Spectre.Console;

namespace Tidemark.Cli.Output;

/// <summary>
/// How long work is shown on a terminal: a bar with its share and the time left, gone when it is over.
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
