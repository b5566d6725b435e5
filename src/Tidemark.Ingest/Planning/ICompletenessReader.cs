using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>Days of a daily dataset, both included.</summary>
public sealed record DatasetRange(DatasetDefinition Dataset, DateOnly From, DateOnly To);

/// <summary>
/// What the checks say of committed days. Implemented to the right of ingest and handed in by the composition root, so
/// that nothing here knows how completeness is computed.
/// </summary>
public interface ICompletenessReader
{
    /// <summary>
    /// Judges days by what is committed now. A unit is whole for all pools or for none: it holds the whole market.
    /// </summary>
    /// <param name="ranges">At most one a dataset.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<DayVerdicts> ReadAsync(IReadOnlyCollection<DatasetRange> ranges, CancellationToken cancellationToken);
}
