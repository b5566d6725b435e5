using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Checks;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Results;

/// <summary>Which of a check's results no longer hold.</summary>
/// <param name="IsAll">None of the results can be used.</param>
/// <param name="Days">Days of the window whose cells may differ, or that have none yet.</param>
/// <param name="IsListNew">The list of entities was committed again and may differ.</param>
/// <param name="IsWindowMoved">The results have days that are no longer asked for, or lack some that are.</param>
internal sealed record Staleness(bool IsAll, IReadOnlySet<DateOnly> Days, bool IsListNew, bool IsWindowMoved)
{
    public static Staleness All { get; } = new(true, new HashSet<DateOnly>(), false, false);

    public bool IsNone => !IsAll && Days.Count == 0 && !IsListNew && !IsWindowMoved;
}

/// <summary>Compares the basis of results with the present. Not thread-safe.</summary>
internal sealed class Freshness(
    DataLake lake,
    TableReadings readings,
    IReadOnlyDictionary<string, TradingCalendar> calendars
)
{
    private readonly Dictionary<(string, TableMark), TableChanges> _changes = [];

    /// <param name="targets">The user's symbols for results of the targets; null otherwise.</param>
    public async Task<Staleness> OfAsync(
        CheckDefinition check,
        CheckAxis days,
        CheckBasis? basis,
        IReadOnlySet<string>? targets,
        CancellationToken cancellationToken
    )
    {
        var calendar = CheckAxis.CalendarOf(check, calendars);
        if (
            basis is null
            || days.Axis.Count == 0
            || basis.IsStarted != readings.HasRowsOf(check)
            || CheckFingerprint.Of(check, calendar, basis.From, basis.To, days.Newest, days.Excluded, targets)
                != basis.Fingerprint
        )
        {
            return Staleness.All;
        }

        var changed = new HashSet<DateOnly>();
        var isListNew = false;
        foreach (var dataset in check.Datasets)
        {
            if (basis.Tables.FirstOrDefault(t => t.DatasetId == dataset.Id) is not { } table)
            {
                return Staleness.All;
            }

            var changes = await ChangesAsync(dataset, table, cancellationToken);
            if (dataset.Id == check.Entities?.Dataset.Id || dataset.Id == check.Entities?.Changes?.Id)
            {
                isListNew |= !changes.IsNone;
            }
            else if (changes.IsAll)
            {
                return Staleness.All;
            }
            else
            {
                changed.UnionWith(changes.Days);
            }
        }

        var axis = days.Axis;
        var isWindowMoved = basis.From != axis.Days[0] || basis.To != axis.Days[^1];
        if (check.IsSnapshot && (isWindowMoved || changed.Count > 0))
        {
            // The days of a list depend on each other (a Saturday's list counts for the Friday before it), and a later
            // list decides which of them can still be had.
            return Staleness.All;
        }

        changed.RemoveWhere(day => axis.PositionOf(day.DayNumber) < 0);
        changed.UnionWith(axis.Days.Where(day => day < basis.From || day > basis.To));
        return new Staleness(false, changed, isListNew, isWindowMoved);
    }

    /// <summary>The present basis of results.</summary>
    public CheckBasis Basis(CheckDefinition check, CheckAxis days, EntityList entities, IReadOnlySet<string>? targets)
    {
        var (from, to) = days.Axis.Count == 0 ? default : (days.Axis.Days[0], days.Axis.Days[^1]);
        var calendar = CheckAxis.CalendarOf(check, calendars);
        return new CheckBasis(
            check.Id,
            CheckFingerprint.Of(check, calendar, from, to, days.Newest, days.Excluded, targets) ?? "",
            CheckFingerprint.Of(entities),
            readings.HasRowsOf(check),
            from,
            to,
            [.. check.Datasets.Select(d => Table(d, TableMark.Of(readings.Snapshots[d.Id])))]
        );
    }

    private static BasisTable Table(DatasetDefinition dataset, TableMark mark) =>
        new(dataset.Id, mark.Table, mark.Version, mark.Commit);

    private async Task<TableChanges> ChangesAsync(
        DatasetDefinition dataset,
        BasisTable table,
        CancellationToken cancellationToken
    )
    {
        var mark = new TableMark(table.TableId, table.Version, table.CommitId);
        if (!_changes.TryGetValue((dataset.Id, mark), out var changes))
        {
            var snapshot = readings.Snapshots[dataset.Id];
            changes = await lake.Table(snapshot.Table).ChangesAsync(mark, snapshot, cancellationToken);
            _changes[(dataset.Id, mark)] = changes;
        }

        return changes;
    }
}
