using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>
/// Collects what the steps of one run do and writes it in batches, so that hundreds of steps cost one transaction. A
/// step that starts and ends between two flushes is written once. Thread-safe; <see cref="FlushAsync"/> is to be called
/// by one owner, every few seconds and at the end.
/// </summary>
public sealed class StepJournal(RunStore runs, string runId, Pool scope, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StepRow> _running = [];
    private Dictionary<string, StepRow> _pending = [];

    /// <summary>Steps waiting to be written.</summary>
    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>A stage begins.</summary>
    /// <param name="module">For example <c>stock.market.daily</c>.</param>
    /// <param name="key">Day or symbol; null when the module has one step a stage.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="domain">Bucket or data domain; null where there is none.</param>
    /// <returns>The step's id, for <see cref="Finish(string, RowsWritten)"/> and <see cref="Fail"/>.</returns>
    public string Start(string module, string? key, StepStage stage, string? domain = null)
    {
        var id = StepRow.Id(module, key, stage);
        var step = new StepRow(
            id,
            scope,
            domain,
            module,
            stage,
            StepStatus.Running,
            null,
            null,
            null,
            null,
            time.GetUtcNow(),
            null
        );
        lock (_lock)
        {
            _running[id] = step;
            _pending[id] = step;
        }

        return id;
    }

    /// <summary>A stage ended well, with the rows that came in, went on and were dropped.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="inputRows">Rows that came.</param>
    /// <param name="outputRows">Rows that went on: what came, without what was dropped, with what was kept.</param>
    /// <param name="drops">Rows that did not go on, and why.</param>
    /// <param name="keptRows">Rows of the lake that go on beside them.</param>
    public void Finish(
        string stepId,
        long inputRows,
        long outputRows,
        DropCounts drops = default,
        long? keptRows = null
    ) =>
        Close(
            stepId,
            step =>
                step with
                {
                    Status = StepStatus.Success,
                    InputRows = inputRows,
                    OutputRows = outputRows,
                    DroppedRows = drops.Total,
                    Drops = drops,
                    KeptRows = keptRows,
                }
        );

    /// <summary>An upsert ended well: its output are the rows that are new or changed.</summary>
    public void Finish(string stepId, RowsWritten written) =>
        Close(
            stepId,
            step =>
                step with
                {
                    Status = StepStatus.Success,
                    InputRows = written.Inserted + written.Updated + written.Unchanged,
                    OutputRows = written.Inserted + written.Updated,
                    DroppedRows = 0,
                    Written = written,
                }
        );

    /// <summary>A stage ended well that no rows pass: it has no counts.</summary>
    public void Finish(string stepId) => Close(stepId, step => step with { Status = StepStatus.Success });

    /// <summary>A stage failed.</summary>
    public void Fail(string stepId, string message) =>
        Close(stepId, step => step with { Status = StepStatus.Failed, ErrorMessage = message });

    /// <summary>A stage that will not run, written without having started.</summary>
    public void Skip(string module, string? key, StepStage stage, string? reason = null, string? domain = null)
    {
        var id = Start(module, key, stage, domain);
        Close(id, step => step with { Status = StepStatus.Skipped, ErrorMessage = reason });
    }

    /// <summary>
    /// Writes what waits, and the run's heartbeat even when nothing does. What cannot be written waits for the next
    /// time.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, StepRow> batch;
        lock (_lock)
        {
            batch = _pending;
            _pending = [];
        }

        try
        {
            await runs.WriteStepsAsync(runId, [.. batch.Values], cancellationToken);
        }
        catch
        {
            lock (_lock)
            {
                foreach (var (id, step) in batch)
                {
                    // What happened since is newer.
                    _pending.TryAdd(id, step);
                }
            }

            throw;
        }
    }

    private void Close(string stepId, Func<StepRow, StepRow> close)
    {
        lock (_lock)
        {
            if (!_running.Remove(stepId, out var step))
            {
                throw new InvalidOperationException($"The step {stepId} is not running");
            }

            _pending[stepId] = close(step) with { FinishedAt = time.GetUtcNow() };
        }
    }
}
