using System.Text.Json;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Ingest.Running;

/// <summary>What the control database keeps of a run: its row's columns, and <c>meta_json</c>.</summary>
internal static class RunMeta
{
    /// <summary>This many units are named one by one; the rest is only counted.</summary>
    private const int UnitsNamed = 20;

    private const string NotJudged = "what it fetched was not evaluated: it ended before that";

    /// <summary>The JSON of a run that begins.</summary>
    public static string Of(RunRequest request) => JsonSerializer.Serialize(Asked(request));

    /// <summary>The JSON of a run that has an id and units to do: all that is known of it if its process is killed.</summary>
    public static string Of(RunRequest request, int planned)
    {
        var meta = Asked(request);
        meta["unitsPlanned"] = planned;
        return JsonSerializer.Serialize(meta);
    }

    /// <summary>The JSON of a run that was stopped before its first unit.</summary>
    public static string Canceled(RunRequest request)
    {
        var meta = Asked(request);
        meta["canceledBy"] = request.CanceledBy() ?? RunOutcome.BySignal;
        return JsonSerializer.Serialize(meta);
    }

    /// <summary>The JSON of a run that could not be planned.</summary>
    public static string Of(string source) =>
        JsonSerializer.Serialize(new Dictionary<string, object?> { ["source"] = source });

    /// <summary>
    /// The result of a run whose units are done but not settled; it remains if the run is never settled.
    /// </summary>
    public static RunResult Unsettled(RunRequest request, RunOutcome outcome)
    {
        var status = outcome.Status == RunStatus.Success ? RunStatus.Partial : outcome.Status;
        return Result(request, outcome, status, isSettled: false, outcome.Work.Committed.Count > 0 ? NotJudged : null);
    }

    /// <summary>The result of a settled run.</summary>
    public static RunResult Settled(RunRequest request, RunOutcome outcome) =>
        Result(
            request,
            outcome,
            outcome.Status,
            isSettled: true,
            outcome switch
            {
                { Incomplete: [var first, ..] } => $"{first.Unit}: {first.Reason}",
                { Unreadable: [var first, ..] } => $"{first.Dataset} was not asked for: {first.Reason}",
                _ => null,
            }
        );

    private static RunResult Result(
        RunRequest request,
        RunOutcome outcome,
        RunStatus status,
        bool isSettled,
        string? otherwise
    ) =>
        new(
            status,
            Rows: outcome.Counts.Rows,
            Inserted: outcome.Counts.Inserted,
            Updated: outcome.Counts.Updated,
            Errors: outcome.Failed + (outcome.Failure is null ? 0 : 1),
            ErrorMessage: outcome.EndedBy?.Message
                ?? outcome.Failure?.Message
                ?? (outcome.Errors is [var first, ..] ? first.Message : otherwise),
            MetaJson: JsonSerializer.Serialize(Done(request, outcome, isSettled)),
            AsOf: outcome.AsOf
        );

    private static Dictionary<string, object?> Asked(RunRequest request)
    {
        var meta = new Dictionary<string, object?>
        {
            ["source"] = request.Source,
            ["process"] = LeaseOwner.Here("").Place,
            ["selectedModules"] = request.Plan.Datasets.Select(d => d.Module).Distinct().ToArray(),
            ["from"] = request.Plan.From,
            ["to"] = request.Plan.To,
        };
        if (request.Reason is { } reason)
        {
            meta["reason"] = reason;
        }

        if (request.Definitions is { } fingerprint)
        {
            meta["definitions"] = fingerprint;
        }

        return meta;
    }

    private static Dictionary<string, object?> Done(RunRequest request, RunOutcome outcome, bool isSettled)
    {
        var meta = Asked(request);
        meta["settled"] = isSettled;
        meta["unitsPlanned"] = outcome.Planned;
        meta["unitsThere"] = outcome.AlreadyCommitted;
        meta["unitsCommitted"] = outcome.Committed;
        meta["unitsOpen"] = outcome.Open;
        meta["unitsFailed"] = outcome.Failed;
        meta["unitsLeft"] = outcome.Left;
        meta["unitsIncomplete"] = outcome.Incomplete.Count;
        meta["unitsWaiting"] = outcome.Waiting.Count;
        meta["datasetsLeftOut"] = outcome.Unreadable.Count;
        meta["checksLeftOut"] = outcome.ChecksLeftOut.Count;
        meta["unitsGivenUp"] = outcome.GivenUp.Count;
        meta["unchanged"] = outcome.Counts.Unchanged;
        meta["removed"] = outcome.Counts.Deleted;
        if (outcome.CanceledBy is { } by)
        {
            meta["canceledBy"] = by;
        }

        if (outcome is { IsOutOfTime: true, Left: > 0 })
        {
            meta["outOfTime"] = true;
        }

        if (outcome.EndedBy is { } end)
        {
            meta["errorCode"] = end.ErrorCode;
        }

        Name(meta, "incomplete", outcome.Incomplete);
        Name(meta, "givenUp", outcome.GivenUp);
        return meta;
    }

    private static void Name(Dictionary<string, object?> meta, string key, IReadOnlyList<UnitAttempt> units)
    {
        if (units.Count > 0)
        {
            meta[key] = units
                .Take(UnitsNamed)
                .Select(u => new
                {
                    unit = u.Unit,
                    attempts = u.Attempts,
                    next = u.NextAt,
                    reason = u.Reason,
                })
                .ToArray();
        }
    }
}
