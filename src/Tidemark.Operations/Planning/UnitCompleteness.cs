using System.Globalization;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Planning;

namespace Tidemark.Operations.Planning;

/// <summary>
/// Tells ingest which committed days lack rows that a check requires, by the tables' present versions, within the plan
/// or not.
/// </summary>
public sealed class UnitCompleteness(OpenCells cells) : ICompletenessReader
{
    public async Task<DayVerdicts> ReadAsync(
        IReadOnlyCollection<DatasetRange> ranges,
        CancellationToken cancellationToken
    )
    {
        if (ranges.Count == 0)
        {
            return DayVerdicts.None;
        }

        var open = await cells.ReadAsync(
            [.. ranges.Select(r => new DatasetDays(r.Dataset.Id, r.From, r.To))],
            cancellationToken
        );
        return new DayVerdicts(
            open.Judged,
            open.Days.ToDictionary(
                d => new UnitId(d.DatasetId, d.Day),
                d => string.Create(CultureInfo.InvariantCulture, $"{d.Missing} of {d.Expected} expected are missing")
            ),
            open.Excuses.ToLookup(e => new UnitId(e.DatasetId, e.Day), e => new UnitId(e.Excused, e.Day))
        );
    }
}
