using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Cli.Output;

/// <summary>A unit that failed, in JSON.</summary>
internal sealed record ErrorJson(string Unit, string Code, string Message);

/// <summary>A unit that is not whole, in JSON.</summary>
internal sealed record UnitJson(
    string Unit,
    long Attempts,
    DateTimeOffset LastAt,
    DateTimeOffset? NextAt,
    string Reason
)
{
    public static IReadOnlyList<UnitJson> Of(IReadOnlyList<UnitAttempt> units) =>
        [.. units.Select(u => new UnitJson(u.Unit, u.Attempts, u.LastAt, u.NextAt, u.Reason))];
}

/// <summary>A run in JSON: the documented members and the details that explain them.</summary>
internal sealed record RunJson(
    string Id,
    string Scope,
    string Status,
    string? AsOf,
    long Rows,
    long Inserted,
    long Updated,
    long Unchanged,
    long Removed,
    long UnreadRows,
    int UnreadFiles,
    int Steps,
    int Planned,
    int Skipped,
    int Done,
    int Open,
    int Failed,
    int Left,
    IReadOnlyList<UnitJson> Incomplete,
    IReadOnlyList<UnitJson> Waiting,
    IReadOnlyList<UnitJson> GivenUp,
    IReadOnlyList<ErrorJson> Errors,
    string? BlockedStage,
    string? ErrorCode
)
{
    public static RunJson Of(RunOutcome run) =>
        new(
            run.Id,
            run.Scope.Name(),
            run.Status.Name(),
            run.AsOf?.ToIso(),
            run.Counts.Rows,
            run.Counts.Inserted,
            run.Counts.Updated,
            run.Counts.Unchanged,
            run.Counts.Deleted,
            run.Counts.UnreadRows,
            run.Counts.UnreadFiles,
            run.Steps,
            run.Planned,
            run.AlreadyCommitted,
            run.Committed,
            run.Open,
            run.Failed,
            run.Left,
            UnitJson.Of(run.Incomplete),
            UnitJson.Of(run.Waiting),
            UnitJson.Of(run.GivenUp),
            run.Block is { } block
                ? [new ErrorJson("", block.ErrorCode, block.Message)]
                : [.. Ending(run), .. run.Errors.Select(e => new ErrorJson(e.Unit.ToString(), e.Code, e.Message))],
            run.Block?.Stage.Name(),
            run.Block?.ErrorCode ?? run.EndedBy?.ErrorCode
        );

    // Where a unit's error ended the run, the unit lists it already.
    private static IEnumerable<ErrorJson> Ending(RunOutcome run)
    {
        if (run.EndedBy is { } end && !run.Errors.Any(e => e.Code == end.ErrorCode))
        {
            yield return new ErrorJson("", end.ErrorCode, end.Message);
        }
    }
}
