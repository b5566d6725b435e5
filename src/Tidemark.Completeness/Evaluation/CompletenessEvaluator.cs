using Tidemark.Completeness.Checks;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>What to look at.</summary>
/// <param name="From">The first day of the plan.</param>
/// <param name="To">The latest day that is due: a later one can be neither complete nor missing.</param>
/// <param name="Calendars">By name; those of the checks' datasets must be there and cover the days.</param>
/// <param name="Due">The latest due day of single datasets, by id, where it is before <paramref name="To"/>; a check ends at the earliest of its own.</param>
public sealed record EvaluationWindow(
    DateOnly From,
    DateOnly To,
    IReadOnlyDictionary<string, TradingCalendar> Calendars,
    IReadOnlyDictionary<string, DateOnly>? Due = null
);

/// <summary>
/// Answers every check for every entity and open day of a window, from what is committed: each dataset is read once, whatever number of checks
/// need it. Stateless; thread-safe.
/// </summary>
public sealed class CompletenessEvaluator(DataLake lake)
{
    /// <exception cref="TidemarkException">A calendar is missing or too short, or the predicate of a check is no SQL for its dataset.</exception>
    public async Task<CompletenessEvaluation> EvaluateAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        CancellationToken cancellationToken
    )
    {
        if (window.To < window.From)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "COMPLETENESS_RANGE_EMPTY",
                $"Nothing is due yet: the plan begins on {window.From.ToIso()}, the latest due day is {window.To.ToIso()}."
            );
        }

        var snapshots = await SnapshotsAsync(checks, cancellationToken);
        using var session = await lake.OpenSessionAtAsync(
            [.. snapshots.Values.Where(s => s.Exists)],
            cancellationToken
        );
        var reader = new PresenceReader(session.Connection, snapshots, cancellationToken);
        var results = new List<CheckResult>(checks.Count);
        foreach (var check in checks.OrderBy(c => c.Id, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var evidence = EvidenceOf(check, window, reader);
                results.Add(new CheckResult(check, evidence, CellRules.Evaluate(evidence), Versions(check, snapshots)));
            }
            catch (DuckDbException e)
            {
                throw new TidemarkException(
                    ErrorKind.Configuration,
                    "CHECK_INVALID",
                    $"The check {check.Id} cannot be asked: {e.EngineMessage}. Mend its 'where' in definitions/checks.",
                    e
                );
            }
        }

        return new CompletenessEvaluation(window.From, window.To, results);
    }

    private static CheckEvidence EvidenceOf(CheckDefinition check, EvaluationWindow window, PresenceReader reader)
    {
        var axis = AxisOf(check, window);
        var entities = reader.Entities(check);
        return new CheckEvidence(
            entities,
            axis,
            [.. check.Required.Select(d => reader.Presence(d, check.Entities?.Symbol, where: null, entities, axis))],
            check.Suspensions is { } s ? reader.Presence(s.Dataset, s.Symbol, s.Where, entities, axis) : null,
            check.IsSnapshot
        );
    }

    private static DayAxis AxisOf(CheckDefinition check, EvaluationWindow window)
    {
        if (!window.Calendars.TryGetValue(check.Calendar, out var calendar))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "CALENDAR_UNKNOWN",
                $"The check {check.Id} needs the calendar {check.Calendar}; put definitions/calendars/{check.Calendar}.csv there."
            );
        }

        var to = window.To;
        foreach (var dataset in check.Required)
        {
            if (window.Due is not null && window.Due.TryGetValue(dataset.Id, out var due) && due < to)
            {
                to = due;
            }
        }

        // "Everything" is written as some early day: nothing is planned before the calendar begins, so nothing is judged there.
        return DayAxis.Of(calendar, window.From < calendar.First ? calendar.First : window.From, to);
    }

    private async Task<Dictionary<string, TableSnapshot>> SnapshotsAsync(
        IReadOnlyList<CheckDefinition> checks,
        CancellationToken cancellationToken
    )
    {
        var snapshots = new Dictionary<string, TableSnapshot>(StringComparer.Ordinal);
        foreach (var dataset in checks.SelectMany(c => c.Datasets).DistinctBy(d => d.Id))
        {
            snapshots[dataset.Id] = await lake.Table(TableDefinition.Of(dataset).Id).SnapshotAsync(cancellationToken);
        }

        return snapshots;
    }

    private static Dictionary<string, long> Versions(
        CheckDefinition check,
        Dictionary<string, TableSnapshot> snapshots
    ) =>
        check
            .Datasets.Where(d => snapshots[d.Id].Exists)
            .ToDictionary(d => d.Id, d => snapshots[d.Id].Version, StringComparer.Ordinal);
}
