using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Runs;

/// <summary>Lays the decision on modules over runs. Stateless; thread-safe.</summary>
public sealed class RunModules(
    ModulePlans modules,
    DatasetRegistry datasets,
    WorkspacePlan plan,
    PreflightCheck preflight,
    TimeProvider clock
)
{
    /// <summary>How long a vendor's refusal is believed before a run asks once more by itself.</summary>
    public static readonly TimeSpan RefusalCountsFor = TimeSpan.FromDays(7);

    /// <summary>The decision for what is about to run: what was refused a week ago is asked for once more.</summary>
    /// <param name="named">The datasets that a person names; none for those of the plan.</param>
    /// <param name="stop">Stops the asking.</param>
    public async Task<ModulePlan> ForRunAsync(IReadOnlyList<string> named, CancellationToken stop)
    {
        var decided = await modules.ReadAsync(stop);
        var old = decided
            .NotEntitled.Where(d =>
                clock.GetUtcNow() - d.Refusal!.At is var age && (age >= RefusalCountsFor || age < TimeSpan.Zero)
            )
            .Select(d => new ProbeRequest(d.Dataset, plan.LastDay(d.Dataset)))
            .ToArray();
        if (named.Count > 0 || old.Length == 0)
        {
            return decided;
        }

        await preflight.RunAsync(old, again: true, stop);
        return await modules.ReadAsync(stop);
    }

    /// <summary>A run of what the decision leaves in; blocked where that is nothing.</summary>
    public PoolRun Restrict(PoolRun run, ModulePlan decided, IReadOnlyList<string> named) =>
        run with
        {
            Plan = async stop => decided.Restrict(await run.Plan(stop), named),
            Block = BlockOf(decided, named),
        };

    /// <summary>
    /// What is to be told once of a run, a sentence each: what flags and the account leave out, and what is fetched in
    /// spite of a flag because it is named.
    /// </summary>
    public IReadOnlyList<string> NotesOf(ModulePlan decided, IReadOnlyList<string> named) =>
        ModuleNotes.Of(decided, Named(named));

    private RunBlock? BlockOf(ModulePlan decided, IReadOnlyList<string> named)
    {
        if (named.Count == 0)
        {
            return decided.Planned.Count > 0
                ? null
                : new RunBlock(
                    BlockedStage.Readiness,
                    ReadinessIssue.NothingSelected,
                    ModuleNotes.NothingSelected(decided)
                );
        }

        return decided.Forbidden(Named(named)) is [var first, ..]
            ? new RunBlock(BlockedStage.Readiness, ModuleNotes.FlagRequiredCode, ModuleNotes.Forbidden(first))
            : null;
    }

    private DatasetDefinition[] Named(IReadOnlyList<string> named) =>
        [.. named.Select(datasets.Get).DistinctBy(d => d.Id)];
}
