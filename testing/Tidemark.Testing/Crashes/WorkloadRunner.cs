using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;

namespace Tidemark.Testing.Crashes;

/// <summary>
/// Carries out the steps of a <see cref="Workload"/> on a lake whose clock is <paramref name="clock"/>.
/// </summary>
public sealed class WorkloadRunner(DataLake lake, LakeEngine engine, WorkloadClock clock, IIdSource ids)
{
    /// <summary>The name under which it stages and commits.</summary>
    public const string Run = "worker";

    /// <returns>The table's version after the step.</returns>
    public async Task<long> DoAsync(WorkloadStep step, CancellationToken cancellationToken)
    {
        clock.Step = step.Number;
        var table = lake.Table(Workload.Table.Id);
        switch (step.Action)
        {
            case WorkloadAction.Compact:
                await new TableCompactor(lake, engine, clock, ids).CompactAsync(
                    table.Id,
                    new CompactOptions(),
                    progress: null,
                    cancellationToken
                );
                return (await table.SnapshotAsync(cancellationToken)).Version;
            case WorkloadAction.Restore:
                var newest = (await table.SnapshotAsync(cancellationToken)).Version;
                try
                {
                    var target = Math.Max(0, newest - step.Back);
                    return (await new TableRestore(table).RestoreAsync(target, cancellationToken)).Version;
                }
                catch (TidemarkException e) when (e.Code is "VERSION_VACUUMED" or "VERSION_GONE")
                {
                    // After some 4,000 steps the clock is so far ahead that the log is cleaned up, too.
                    return newest;
                }
            case WorkloadAction.Vacuum:
                var vacuum = new Vacuum(lake);
                await vacuum.ApplyAsync(
                    await vacuum.PlanAsync(table, vacuum.Cutoff(Vacuum.Shortest), cancellationToken),
                    cancellationToken
                );
                return (await table.SnapshotAsync(cancellationToken)).Version;
            default:
                using (var staging = lake.Stage(Workload.Table, Run))
                {
                    foreach (var unit in step.Units)
                    {
                        staging.Append(unit.Name, unit.Day, Workload.Rows(step, unit));
                    }

                    var request = new CommitRequest("WORK", ShrinkReason: "steps are random");
                    return (await lake.CommitAsync(staging, request, cancellationToken)).Version;
                }
        }
    }
}
