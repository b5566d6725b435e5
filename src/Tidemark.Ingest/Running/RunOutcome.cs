using System.Diagnostics;
using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Running;

/// <summary>Why a unit is not in the lake.</summary>
/// <param name="Message">Names the unit, whoever found the error: a vendor's client knows nothing of units.</param>
public sealed record UnitError(UnitId Unit, string Code, string Message)
{
    /// <summary>The message without the unit at its beginning: the same for all units with the same trouble.</summary>
    public string Reason =>
        Message.StartsWith(Prefix(Unit), StringComparison.Ordinal) ? Message[Prefix(Unit).Length..] : Message;

    public static UnitError Of(UnitId unit, TidemarkException error) =>
        new(
            unit,
            error.Code,
            error.Message.Contains(unit.ToString(), StringComparison.Ordinal)
                ? error.Message
                : $"{Prefix(unit)}{error.Message}"
        );

    private static string Prefix(UnitId unit) => $"{unit}: ";
}

/// <summary>Where a run stands, for progress bars.</summary>
/// <param name="Planned">Units to do.</param>
/// <param name="Finished">Units that are committed, open, failed or skipped.</param>
/// <param name="Rows">Rows committed so far.</param>
/// <param name="Bytes">Bytes received so far.</param>
/// <param name="Current">The unit that was finished last.</param>
public sealed record RunProgress(int Planned, int Finished, long Rows, long Bytes, UnitId? Current);

/// <summary>What ended a run early.</summary>
public sealed record RunEnding(string ErrorCode, string Message, ErrorKind Kind);

/// <summary>What a run was stopped by before it began.</summary>
public sealed record RunBlock(BlockedStage Stage, string ErrorCode, string Message)
{
    /// <summary>Whether there is no token, or the vendor refuses the one that there is.</summary>
    public bool IsOfAccount { get; init; }
}

/// <summary>A unit that the vendor was asked for and that is not in the lake, and why.</summary>
public sealed record UnitProblem(PlannedUnit Unit, string Reason);

/// <summary>What a run did with its units, one by one: what is needed to say which of them are whole.</summary>
/// <param name="Committed">Those that it committed, and what each changed.</param>
/// <param name="Problems">Those that it asked for in vain.</param>
/// <param name="JustTried">Those that are its own to judge, although another pool of the same operation committed
/// them.</param>
/// <param name="FoundWhole">Those that were to be tried again, and that it found whole.</param>
public sealed record RunWork(
    IReadOnlyList<(PlannedUnit Unit, UnitCounts Counts)> Committed,
    IReadOnlyList<UnitProblem> Problems,
    IReadOnlyList<PlannedUnit> JustTried,
    IReadOnlyList<string> FoundWhole
)
{
    public static RunWork None { get; } = new([], [], [], []);

    /// <summary>
    /// The activities of committed units, by unit, for what is told of them later. Empty when nobody listens.
    /// </summary>
    public IReadOnlyDictionary<string, ActivityContext> Traces { get; init; } =
        new Dictionary<string, ActivityContext>();
}

/// <summary>How a run ended.</summary>
/// <param name="Id">Its row in <c>ingest_runs</c>.</param>
/// <param name="Scope">What it covered.</param>
/// <param name="Status">Success when every wanted unit is whole or given up; partial when some failed, stayed open or
/// are not whole.</param>
/// <param name="AsOf">The latest day that was due.</param>
/// <param name="Planned">Units that were to be fetched when it began.</param>
/// <param name="AlreadyCommitted">Wanted units that were in the lake, whole, when it began.</param>
/// <param name="Committed">Units that it committed.</param>
/// <param name="Open">Units whose vendor had nothing yet.</param>
/// <param name="Failed">Units that failed or could not be tried.</param>
/// <param name="Counts">Keys inserted, updated, unchanged and gone, over all commits.</param>
/// <param name="Steps">Step rows that it left.</param>
/// <param name="Errors">What went wrong, unit by unit.</param>
/// <param name="Block">Why it did not begin; null when it did.</param>
public sealed record RunOutcome(
    string Id,
    Pool Scope,
    RunStatus Status,
    DateOnly? AsOf,
    int Planned,
    int AlreadyCommitted,
    int Committed,
    int Open,
    int Failed,
    UnitCounts Counts,
    int Steps,
    IReadOnlyList<UnitError> Errors,
    RunBlock? Block = null
)
{
    /// <summary>
    /// What ended it early, where that concerns no single unit: credentials, storage, a lease that was taken over. Null
    /// when nothing did.
    /// </summary>
    public RunEnding? EndedBy { get; init; }

    /// <summary>Whether the account was refused, before it began or later: no further run can do better.</summary>
    public bool IsRefused => Block is { IsOfAccount: true } || EndedBy?.Kind == ErrorKind.Unauthorized;

    /// <summary>
    /// Committed days on which the vendor has no row although the dataset should have some: prices of an open day.
    /// </summary>
    public IReadOnlyList<UnitId> EmptyDays { get; init; } = [];

    /// <summary>Planned units that were not reached before it was stopped or ended.</summary>
    public int Left => Block is null ? Planned - Committed - Open - Failed : 0;

    /// <summary>Committed units that are not whole and will be tried again; known once the run is settled.</summary>
    public IReadOnlyList<UnitAttempt> Incomplete { get; init; } = [];

    /// <summary>
    /// Wanted units that are not whole and were not tried, because their next attempt is still to come.
    /// </summary>
    public IReadOnlyList<UnitAttempt> Waiting { get; init; } = [];

    /// <summary>Wanted units that are not whole and that no run tries any more.</summary>
    public IReadOnlyList<UnitAttempt> GivenUp { get; init; } = [];

    /// <summary>Lists that were asked for of past days alone, which cannot be had any more.</summary>
    public IReadOnlyList<string> PastLists { get; init; } = [];

    /// <summary>
    /// Wanted datasets of which nothing was asked for, because their table cannot be read or takes no commit of them.
    /// </summary>
    public IReadOnlyList<UnreadableDataset> Unreadable { get; init; } = [];

    /// <summary>Planned units whose rows were in files of the lake that are gone or damaged.</summary>
    public IReadOnlyList<UnitId> Lost { get; init; } = [];

    /// <summary>What has to be told of the run when it is settled: see <see cref="RunSettlement"/>.</summary>
    public RunWork Work { get; init; } = RunWork.None;

    /// <summary>
    /// What ended it half-way and is no fault of a unit; what it had committed by then is in the counts.
    /// </summary>
    public Exception? Failure { get; init; }

    /// <summary>What was asked for; null when it was blocked.</summary>
    public RunRequest? Request { get; init; }
}
