using System.Diagnostics;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Bench.Runtime;

/// <summary>A year of daily work in the control database: two runs a day, of 80 units with four steps each.</summary>
internal static class HistoryBench
{
    private const int Days = 250;
    private const int Units = 80;

    /// <summary>Writes it; then reads the last runs and the steps of one, in a workspace that is opened anew.</summary>
    public static async Task<(TimeSpan List, TimeSpan Show)> RunAsync(string? control)
    {
        await using var workspace = BenchWorkspace.Make(control, symbols: 1, [BenchWorkspace.List]);
        var runs = workspace.Host.Get<RunStore>();
        var id = "";
        for (var i = 0; i < Days * Pools.All.Count; i++)
        {
            var pool = Pools.All[i % Pools.All.Count];
            id = await runs.StartAsync(new RunStart(pool, RunMode.Daily, BenchWorkspace.Last, "{}"), default);
            var journal = new StepJournal(runs, id, pool, TimeProvider.System);
            for (var unit = 0; unit < Units; unit++)
            {
                foreach (var stage in Enum.GetValues<StepStage>())
                {
                    journal.Start("bench.module", $"bench.dataset{unit:D2}/2025-06-27", stage, "stock");
                    journal.Finish(
                        StepRow.Id("bench.module", $"bench.dataset{unit:D2}/2025-06-27", stage),
                        1,
                        1,
                        default
                    );
                }
            }

            await journal.FlushAsync(default);
            await runs.FinishAsync(id, new RunResult(RunStatus.Success), default);
        }

        await using var again = BenchWorkspace.Open(workspace.Folder, symbols: 1);
        var watch = Stopwatch.StartNew();
        var list = await again.Host.Get<RunHistory>().ListAsync(new RunsRequest(20), default);
        var listed = watch.Elapsed;
        watch.Restart();
        var detail = await again.Host.Get<RunHistory>().ShowAsync(new RunDetailRequest(id), default);
        return list.Count == 20 && detail.Steps.Count == Units * Enum.GetValues<StepStage>().Length
            ? (listed, watch.Elapsed)
            : throw new InvalidOperationException($"{list.Count} runs, {detail.Steps.Count} steps");
    }
}
