using System.Diagnostics;
using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Running;

/// <summary>
/// The step rows of units: module <c>stock.market.daily</c>, key <c>tushare.daily/2022-06-01</c>, four stages.
/// Thread-safe.
/// </summary>
internal sealed class UnitSteps(StepJournal journal, UnitReports? reports = null)
{
    private static readonly StepStage[] s_stages =
    [
        StepStage.Extract,
        StepStage.Normalize,
        StepStage.Upsert,
        StepStage.Evaluate,
    ];
    private int _count;

    /// <summary>Step rows so far.</summary>
    public int Count => _count;

    /// <summary>The activities of committed units.</summary>
    public IReadOnlyDictionary<string, ActivityContext> Traces =>
        reports?.Traces ?? new Dictionary<string, ActivityContext>();

    public void Start(PlannedUnit unit, StepStage stage)
    {
        Interlocked.Increment(ref _count);
        journal.Start(unit.Dataset.Module, unit.Id.ToString(), stage, unit.Dataset.Bucket.Name());
        reports?.Started(unit, stage);
    }

    /// <summary>Closes a stage as done: input + kept − dropped = output.</summary>
    public void Finish(PlannedUnit unit, StepStage stage, long input, long output, DropCounts drops, int? kept = null)
    {
        journal.Finish(IdOf(unit, stage), input, output, drops, kept);
        reports?.Finished(unit, stage, input, output, drops.Total, version: null);
    }

    /// <summary>Closes the upsert of a unit that is committed.</summary>
    public void Commit(PlannedUnit unit, UnitCounts counts, long? version)
    {
        var written = new RowsWritten(counts.Inserted, counts.Updated, counts.Unchanged, counts.Deleted, version);
        journal.Finish(IdOf(unit, StepStage.Upsert), written);
        reports?.Finished(unit, StepStage.Upsert, counts.Rows, counts.Inserted + counts.Updated, 0, version);
    }

    /// <summary>Reports that the unit is fetched again, because another writer changed it meanwhile.</summary>
    public void Repeat(PlannedUnit unit)
    {
        Interlocked.Add(ref _count, -s_stages.Length); // its steps are written over
        reports?.Repeated(unit);
    }

    /// <summary>Closes a stage without rows as done.</summary>
    public void Finish(PlannedUnit unit, StepStage stage) => journal.Finish(IdOf(unit, stage));

    /// <summary>Closes a stage as failed; the ones after it are skipped.</summary>
    public void Fail(PlannedUnit unit, StepStage stage, string code, string message)
    {
        journal.Fail(IdOf(unit, stage), message);
        WriteSkipped(unit, stage + 1, $"{stage.Name()} failed");
        reports?.Failed(unit, stage, code, message);
    }

    /// <summary>Writes all stages as skipped.</summary>
    public void SkipAll(PlannedUnit unit, string reason) => SkipFrom(unit, StepStage.Extract, reason);

    /// <summary>Writes a stage and those after it as skipped.</summary>
    public void SkipFrom(PlannedUnit unit, StepStage first, string reason)
    {
        WriteSkipped(unit, first, reason);
        reports?.Skipped(unit, first, reason);
    }

    private void WriteSkipped(PlannedUnit unit, StepStage first, string reason)
    {
        foreach (var stage in s_stages)
        {
            if (stage >= first)
            {
                Interlocked.Increment(ref _count);
                journal.Skip(unit.Dataset.Module, unit.Id.ToString(), stage, reason, unit.Dataset.Bucket.Name());
            }
        }
    }

    private static string IdOf(PlannedUnit unit, StepStage stage) =>
        StepRow.Id(unit.Dataset.Module, unit.Id.ToString(), stage);
}
