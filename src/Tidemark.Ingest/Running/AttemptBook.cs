using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Collects the changes to units' attempts while the runs of an operation are settled. An operation counts as one
/// attempt at a unit, however many of its runs tried it. Not thread-safe.
/// </summary>
internal sealed class AttemptBook(
    IReadOnlyDictionary<string, UnitAttempt> known,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    DateTimeOffset now
)
{
    private readonly Dictionary<string, UnitAttempt> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _over = new(StringComparer.Ordinal);

    /// <summary>Units that are not whole.</summary>
    public IReadOnlyCollection<UnitAttempt> Open => _open.Values;

    /// <summary>Units whose attempts are to be deleted.</summary>
    public IReadOnlyCollection<string> Over => [.. _over.Where(unit => !_open.ContainsKey(unit))];

    /// <summary>The unit was tried and is not whole.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="reason">What is not whole.</param>
    /// <param name="afresh">Whether to discard the earlier attempts.</param>
    public UnitAttempt Keep(PlannedUnit unit, string reason, bool afresh)
    {
        var key = unit.Id.ToString();
        if (_open.TryGetValue(key, out var kept))
        {
            return kept;
        }

        var before = afresh ? null : known.GetValueOrDefault(key);
        var dataset = unit.Dataset;
        return _open[key] = AttemptSchedule.After(before, unit.Id, dataset, calendars[dataset.Calendar], now, reason);
    }

    /// <summary>The unit needs no attempt any more.</summary>
    public void Close(string unit)
    {
        if (known.ContainsKey(unit))
        {
            _over.Add(unit);
        }
    }

    /// <summary>
    /// Closes units that cannot be had any more, such as the list of a past day: the next day's list is another unit.
    /// </summary>
    public void ClosePast(IEnumerable<DatasetDefinition> datasets)
    {
        foreach (var dataset in datasets)
        {
            var axis = UnitAxis.Of(dataset);
            var today = DateOnly.FromDateTime(
                TimeZoneInfo.ConvertTime(now, calendars[dataset.Calendar].TimeZone).DateTime
            );
            foreach (var text in known.Keys)
            {
                if (UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id && !axis.CanBeHad(unit, today))
                {
                    _over.Add(text);
                }
            }
        }
    }
}
