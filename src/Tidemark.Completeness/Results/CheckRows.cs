using Tidemark.Control.Completeness;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Results;

/// <summary>The results of a check in one pool, stored or evaluated just now.</summary>
internal interface ICheckRows
{
    /// <summary>Entities by day, state and reason; days ascending.</summary>
    Task<IReadOnlyList<DayTotal>> DaysAsync(CancellationToken cancellationToken);

    /// <summary>An entity's ranges, days ascending; none when it is not checked.</summary>
    Task<IReadOnlyList<DayRange>> RangesAsync(string entity, CancellationToken cancellationToken);

    /// <summary>An entity's coverage over the look-back: complete / applicable days.</summary>
    Task<double?> CoverageAsync(string entity, CancellationToken cancellationToken);

    /// <summary>Missing and partial ranges that overlap a range of days, by entity and day.</summary>
    Task<IReadOnlyList<DayRange>> GapsAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken);
}

/// <summary>Results in the control database.</summary>
internal sealed class StoredRows(CompletenessStore store, Pool pool, string check) : ICheckRows
{
    public async Task<IReadOnlyList<DayTotal>> DaysAsync(CancellationToken cancellationToken) =>
        await store.DaysAsync(new CompletenessFilter(Pool: pool, CheckId: check), cancellationToken);

    public async Task<IReadOnlyList<DayRange>> RangesAsync(string entity, CancellationToken cancellationToken) =>
        (await store.RangesAsync(pool, entity, cancellationToken)).FindAll(r => r.CheckId == check);

    public async Task<double?> CoverageAsync(string entity, CancellationToken cancellationToken) =>
        (await store.StatusesAsync(pool, entity, cancellationToken)).Find(s => s.CheckId == check)?.CoverageRatio;

    public async Task<IReadOnlyList<DayRange>> GapsAsync(
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    ) => await store.GapsAsync(pool, check, from, to, cancellationToken);
}

/// <summary>A check in one pool, its results and whether they are up to date.</summary>
/// <param name="Rows">Null where no results are shown: the definition is wrong, and stored ones answer another.</param>
internal sealed record CheckSource(
    Pool Pool,
    CheckDefinition Check,
    ICheckRows? Rows,
    DateTimeOffset? EvaluatedAt,
    StatusFault? Fault
);
