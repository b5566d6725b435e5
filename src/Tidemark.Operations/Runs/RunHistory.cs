using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Operations.Leases;

namespace Tidemark.Operations.Runs;

/// <summary>Show the last runs.</summary>
/// <param name="Last">How many.</param>
public sealed record RunsRequest(int Last);

/// <summary>Show one run with its steps.</summary>
/// <param name="Id">
/// Its id, or the beginning of it; null for the one that runs now, and where none does for the newest.
/// </param>
public sealed record RunDetailRequest(string? Id);

/// <summary>A run in the control database.</summary>
/// <param name="Row">Its row.</param>
/// <param name="IsInterrupted">
/// Whether it is recorded as running although its process is gone; the next run closes it.
/// </param>
public sealed record RecordedRun(RunRow Row, bool IsInterrupted);

/// <summary>A run with its steps, and what became of it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Steps">Its steps, in the order in which they started.</param>
/// <param name="Story">How it ended, and what came after it.</param>
public sealed record RecordedRunDetail(RecordedRun Run, IReadOnlyList<StepRow> Steps, RunStory Story)
{
    /// <summary>Its rows.</summary>
    public RunNumbers Numbers { get; } = RunNumbers.Of(Steps);
}

/// <summary><c>runs</c> and <c>runs show</c>: the runs in the control database.</summary>
public sealed class RunHistory(RunStore store, InterruptedRuns interrupted, RunStories stories)
{
    /// <summary>The last runs, newest first.</summary>
    public async Task<IReadOnlyList<RecordedRun>> ListAsync(RunsRequest request, CancellationToken stop)
    {
        var runs = await store.ListAsync(request.Last, stop);
        var gone = await interrupted.AmongAsync(runs, stop);
        return [.. runs.Select(r => new RecordedRun(r, gone.Contains(r.Id)))];
    }

    /// <exception cref="TidemarkException">Code <c>RUN_UNKNOWN</c>.</exception>
    public async Task<RecordedRunDetail> ShowAsync(RunDetailRequest request, CancellationToken stop)
    {
        var id = request.Id ?? await NewestAsync(stop);
        var detail =
            await store.FindAsync(id, stop)
            ?? throw new TidemarkException(
                ErrorKind.BadRequest,
                "RUN_UNKNOWN",
                $"No run, or more than one, begins with {id}. See `tidemark runs`."
            );
        var gone = await interrupted.AmongAsync([detail.Run], stop);
        var run = new RecordedRun(detail.Run, gone.Contains(detail.Run.Id));
        return new RecordedRunDetail(run, detail.Steps, await stories.OfAsync(run, stop));
    }

    private async Task<string> NewestAsync(CancellationToken stop) =>
        (await store.RunningAsync(stop) ?? (await store.ListAsync(1, stop)).FirstOrDefault())?.Id
        ?? throw new TidemarkException(
            ErrorKind.BadRequest,
            "RUN_UNKNOWN",
            "There is no run yet. `tidemark run` makes the first one."
        );
}
