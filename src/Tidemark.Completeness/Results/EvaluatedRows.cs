using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;

namespace Tidemark.Completeness.Results;

/// <summary>Results that were evaluated just now.</summary>
internal sealed class EvaluatedRows(Pool pool, CheckResult result) : ICheckRows
{
    public Task<IReadOnlyList<DayTotal>> DaysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DayTotal>>([
            .. result
                .DayCells()
                .Select(c => new DayTotal(
                    pool,
                    result.Check.Bucket.Name(),
                    result.Check.Id,
                    c.Day,
                    c.Cell.Status,
                    c.Cell.Reason,
                    c.Entities
                )),
        ]);

    public Task<IReadOnlyList<DayRange>> RangesAsync(string entity, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DayRange>>(IndexOf(entity) is { } i ? StatusRows.DayRanges(result, i) : []);

    public Task<double?> CoverageAsync(string entity, CancellationToken cancellationToken) =>
        Task.FromResult(
            IndexOf(entity) is { } i
                ? StatusRows.Coverage(result, i, CompletenessMaterializer.DefaultLookbackDays)
                : null
        );

    public Task<IReadOnlyList<DayRange>> GapsAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DayRange>>([
            .. StatusRows
                .DayRanges(result)
                .Where(r => r.Status is CellStatus.Missing or CellStatus.Partial && r.From <= to && r.To >= from),
        ]);

    private int? IndexOf(string entity)
    {
        for (var i = 0; i < result.Entities.Count; i++)
        {
            if (result.Entities[i] == entity)
            {
                return i;
            }
        }

        return null;
    }
}
