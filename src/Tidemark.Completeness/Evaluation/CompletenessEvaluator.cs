using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The days to evaluate.</summary>
/// <param name="From">The first day of the plan.</param>
/// <param name="To">The latest day that is due: a later one can be neither complete nor missing.</param>
/// <param name="Calendars">By name; the calendars of the checks' datasets must be there and cover the days.</param>
/// <param name="Due">
/// The latest due day of datasets that are due earlier than <paramref name="To"/>, by id; a check
/// ends at the earliest of its datasets' days.
/// </param>
/// <param name="NewestDue">The latest due day of any dataset, which is after <paramref name="To"/> in a window of the
/// past; null for <paramref name="To"/>.</param>
public sealed record EvaluationWindow(
    DateOnly From,
    DateOnly To,
    IReadOnlyDictionary<string, TradingCalendar> Calendars,
    IReadOnlyDictionary<string, DateOnly>? Due = null,
    DateOnly? NewestDue = null
)
{
    /// <summary>
    /// Datasets that no run plans, by id, each with the reason: what is absent of a check that requires one is not
    /// applicable.
    /// </summary>
    public IReadOnlyDictionary<string, CellReason> Excluded { get; init; } = new Dictionary<string, CellReason>();

    /// <exception cref="TidemarkException"><c>COMPLETENESS_RANGE_EMPTY</c>: it ends before it begins.</exception>
    internal void EnsureNotEmpty()
    {
        if (To < From)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "COMPLETENESS_RANGE_EMPTY",
                $"Nothing is due yet: the plan begins on {From.ToIso()}, the latest due day is {To.ToIso()}."
            );
        }
    }
}

/// <summary>A check that could not be evaluated.</summary>
public sealed record CheckFault(CheckDefinition Check, TidemarkException Error)
{
    /// <summary>
    /// Whether a definition is wrong: the check's own, or a calendar. Only its author can correct it.
    /// </summary>
    public bool IsOfDefinition => Error.Kind == ErrorKind.Configuration;

    /// <summary>
    /// Whether the check itself is wrong. Results stored before that answer another question, so none are shown.
    /// </summary>
    internal bool IsOfCheck => Error.Code == CheckConditions.InvalidCode;
}

/// <summary>
/// Evaluates every check for every entity and open day of a window, from committed data. Each dataset is read once,
/// however many checks need it. Stateless; thread-safe.
/// </summary>
public sealed class CompletenessEvaluator(DataLake lake)
{
    internal DataLake Lake => lake;

    /// <summary>
    /// Evaluates all checks over the whole window. A check that fails is returned as a fault and stops no other check.
    /// </summary>
    /// <exception cref="TidemarkException">The window is empty.</exception>
    public async Task<CompletenessEvaluation> EvaluateAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        CancellationToken cancellationToken
    )
    {
        window.EnsureNotEmpty();
        var readings = await TableReadings.OfAsync(lake, checks, cancellationToken);
        using var reader = await OpenAsync(readings, checks, days: null, cancellationToken);
        var results = new List<CheckResult>(checks.Count);
        var faults = new List<CheckFault>();
        foreach (var check in checks.OrderBy(c => c.Id, StringComparer.Ordinal))
        {
            try
            {
                results.Add(Evaluate(check, CheckAxis.Of(check, window), readings, reader));
            }
            catch (TidemarkException e)
            {
                faults.Add(new CheckFault(check, e));
            }
        }

        return new CompletenessEvaluation(window.From, window.To, results, faults);
    }

    /// <summary>
    /// Opens the tables of some checks. From a remote store it fetches only the files of the given days (of all when
    /// null), and whole lists. Tables with missing files are noted in <paramref name="readings"/> and left out.
    /// </summary>
    internal async Task<PresenceReader> OpenAsync(
        TableReadings readings,
        IReadOnlyList<CheckDefinition> checks,
        IReadOnlySet<DateOnly>? days,
        CancellationToken cancellationToken
    )
    {
        var lists = checks
            .Select(c => c.Entities)
            .OfType<EntitySource>()
            .SelectMany(e => e.Changes is { } changes ? [e.Dataset, changes] : new[] { e.Dataset })
            .Select(TableDefinition.IdOf)
            .ToHashSet();
        var wanted = checks
            .SelectMany(c => c.Datasets)
            .DistinctBy(d => d.Id)
            .Where(d => readings.Snapshots.TryGetValue(d.Id, out var snapshot) && snapshot.Exists)
            .ToArray();
        try
        {
            return new PresenceReader(await SessionAsync(wanted), readings.Snapshots, cancellationToken);
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            foreach (var dataset in wanted)
            {
                try
                {
                    (await SessionAsync([dataset])).Dispose();
                }
                catch (Exception one) when (one is TidemarkException or DuckDbException)
                {
                    readings.Note(dataset, one);
                }
            }

            var sound = wanted.Where(d => !readings.Unreadable.ContainsKey(d.Id)).ToArray();
            return new PresenceReader(await SessionAsync(sound), readings.Snapshots, cancellationToken);
        }

        Task<LakeSession> SessionAsync(IEnumerable<DatasetDefinition> datasets) =>
            lake.OpenSessionAtAsync(
                [.. datasets.Select(d => readings.Snapshots[d.Id]).DistinctBy(s => s.Table)],
                snapshot =>
                    days is null || lists.Contains(snapshot.Table)
                        ? snapshot.Files.Values
                        : snapshot.Files.Values.Where(f =>
                            TablePartition.DaysOf(f) is var of && (of.Count == 0 || of.Any(days.Contains))
                        ),
                cancellationToken
            );
    }

    /// <exception cref="TidemarkException">
    /// A table cannot be read, or the check's predicate is no SQL for its dataset.
    /// </exception>
    internal static CheckResult Evaluate(
        CheckDefinition check,
        CheckAxis days,
        TableReadings readings,
        PresenceReader reader
    )
    {
        if (readings.FaultOf(check) is { } fault)
        {
            throw fault;
        }

        try
        {
            reader.Try(check);
            var entities = reader.Entities(check);
            var suspension = check.Suspensions;
            var evidence = new CheckEvidence(
                entities,
                days.Axis,
                [
                    .. check.Required.Select(d =>
                        check.IsSnapshot
                            ? reader.Lists(d, check.Entities?.Symbol, HasValues(check, d.Id), entities, days)
                            : reader.Presence(d, check.Entities?.Symbol, HasValues(check, d.Id), entities, days.Axis)
                    ),
                ],
                suspension is null
                    ? null
                    : reader.Presence(suspension.Dataset, suspension.Symbol, suspension.Where, entities, days.Axis),
                suspension?.Unless is { } unless
                    ? reader.Presence(unless, suspension.Symbol, where: null, entities, days.Axis)
                    : null,
                check.IsSnapshot ? ListsGoneBefore(check, days, readings) : check.Required.Max(d => d.History)
            )
            {
                Excluded = days.Excluded,
            };
            return new CheckResult(check, evidence, CellRules.Evaluate(evidence), readings.VersionsOf(check));
        }
        catch (DuckDbException e) when (TableReadings.IsUnreadable(e))
        {
            throw TableReadings.Fault(check.Id, e);
        }
        catch (DuckDbException e)
        {
            throw CheckConditions.Invalid(check, e);
        }
    }

    // The vendor's present list can be fetched under the newest due day. Once a list of a later day is there, not even
    // that day's can be had any more.
    private static DateOnly ListsGoneBefore(CheckDefinition check, CheckAxis days, TableReadings readings)
    {
        var newest = check.Required.Min(d => readings.Snapshots[d.Id].Days.LastOrDefault());
        return newest > days.Newest ? newest : days.Newest;
    }

    private static string? HasValues(CheckDefinition check, string dataset) =>
        check.Values.TryGetValue(dataset, out var columns) && columns.Count > 0
            ? string.Join(" AND ", columns.Select(c => $"{DuckDbSql.Identifier(c)} IS NOT NULL"))
            : null;
}
