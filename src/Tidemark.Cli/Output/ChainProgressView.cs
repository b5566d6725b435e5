using Spectre.Console;
using Tidemark.Operations.Ibkr;

namespace Tidemark.Cli.Output;

/// <summary>Shows the quotes that have come: a bar on a terminal; nothing elsewhere.</summary>
internal sealed class ChainProgressView(CommandContext context) : IChainWatcher
{
    public Task WatchAsync(int contracts, Func<Action, Task> ask) =>
        context.ShowsBars
            ? context
                .Progress.Progress()
                .AutoClear(true)
                .StartAsync(display =>
                {
                    var bar = display.AddTask("snapshots", maxValue: Math.Max(1, contracts));
                    return ask(() => bar.Increment(1));
                })
            : ask(() => { });
}
