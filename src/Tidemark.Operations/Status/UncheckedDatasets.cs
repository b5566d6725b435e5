using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Status;

/// <summary>
/// Reports which units are there of datasets that no check requires: by symbol, by period, by announcements, and days
/// that no check judges. It asks the planner what a run would fetch, so that status and run cannot disagree. It leaves
/// out lists, which are judged by the rows that need them. Stateless; thread-safe.
/// </summary>
public sealed class UncheckedDatasets(CheckRegistry checks, WorkspacePlan plan, ExecutionPlanner planner)
{
    /// <param name="request">A request for a part of the cells gets no datasets, because they have no cells.</param>
    /// <param name="modules">What runs fetch.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>By bucket and dataset.</returns>
    public async Task<IReadOnlyList<UncheckedUnits>> ReadAsync(
        StatusRequest request,
        ModulePlan modules,
        CancellationToken cancellationToken
    )
    {
        if (
            request is not { Check: null, Entity: null, Days: null, From: null, To: null }
            || (request.Pool is { } pool && pool != Pool.Universe.ViewName())
        )
        {
            return [];
        }

        var asked = checks.All.SelectMany(c => c.Datasets).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var units = new List<UncheckedUnits>();
        foreach (
            var dataset in modules.Planned.Where(d =>
                !d.IsList && !asked.Contains(d.Id) && (request.Bucket is null || d.Bucket.Name() == request.Bucket)
            )
        )
        {
            units.Add(await ReadAsync(dataset, cancellationToken));
        }

        return [.. units.OrderBy(u => u.Bucket)]; // the sort is stable
    }

    private async Task<UncheckedUnits> ReadAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        try
        {
            var wanted = plan.ForRun(Pool.Universe, [dataset.Id], asOf: null);
            var planned = await planner.PlanAsync(wanted, cancellationToken);
            var missing = planned.Units.Count + planned.Waiting.Count;
            return new UncheckedUnits(
                dataset.Id,
                dataset.Bucket,
                planned.AlreadyCommitted + missing + planned.GivenUp.Count,
                planned.AlreadyCommitted,
                missing,
                planned.GivenUp.Count,
                planned.Newest
            )
            {
                Problem = planned.Unreadable is [var unreadable] ? unreadable.Reason : null,
            };
        }
        catch (TidemarkException e)
        {
            // A table cannot be read, or a calendar has ended: the other datasets are still reported.
            return new UncheckedUnits(dataset.Id, dataset.Bucket, 0, 0, 0, 0, null) { Problem = e.Message };
        }
    }
}
