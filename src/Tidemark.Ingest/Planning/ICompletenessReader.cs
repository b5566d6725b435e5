using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>Days of a daily dataset, both included.</summary>
public sealed record DatasetRange(DatasetDefinition Dataset, DateOnly From, DateOnly To);

/// <summary>
/// What the checks say of committed days. Operations implements it and the composition root hands it in, so that ingest
/// does not know how completeness is computed.
/// </summary>
public interface ICompletenessReader
{
    /// <summary>
    /// Judges days by the committed data. A unit is whole for all pools or for none, because it holds the whole market.
    /// </summary>
    /// <param name="ranges">At most one per dataset.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<DayVerdicts> ReadAsync(IReadOnlyCollection<DatasetRange> ranges, CancellationToken cancellationToken);
}
