using System.Diagnostics;
using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Running;

/// <summary>Why a unit is not in the lake.</summary>
/// <param name="Message">Names the unit, also where a vendor's client found the error, which knows no units.</param>
public sealed record UnitError(UnitId Unit, string Code, string Message)
{
    /// <summary>The message without the unit at its beginning: equal for all units with the same error.</summary>
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

/// <summary>The progress of a run, for progress bars.</summary>
/// <param name="Planned">The number of planned units.</param>
/// <param name="Finished">Units that are committed, open, failed or skipped.</param>
/// <param name="Rows">Rows committed so far.</param>
/// <param name="Bytes">Bytes received so far.</param>
/// <param name="Current">The unit that was finished last.</param>
public sealed record RunProgress(int Planned, int Finished, long Rows, long Bytes, UnitId? Current);

/// <summary>The error that ended a run early.</summary>
public sealed record RunEnding(string ErrorCode, string Message, ErrorKind Kind);

/// <summary>The reason for which a run did not begin.</summary>
public sealed record RunBlock(BlockedStage Stage, string ErrorCode, string Message)
{
    /// <summary>The code of a lane in which another job is at work.</summary>
    public const string BusyCode = LaneLock.Busy;

    /// <summary>Whether it is over by itself soon: another job has the lane.</summary>
    public bool IsOfAnother => ErrorCode == BusyCode;

    /// <summary>Whether there is no token, or the vendor refuses the token.</summary>
    public bool IsOfAccount { get; init; }
}

/// <summary>A unit that was asked for in vain, and why.</summary>
public sealed record UnitProblem(PlannedUnit Unit, string Reason);

/// <summary>A run's units one by one: the settlement needs them to say which are whole.</summary>
/// <param name="Committed">The committed units, each with its changes.</param>
/// <param name="Problems">Units that were asked for in vain.</param>
/// <param name="JustTried">Units that another pool of the same operation committed, but this run judges.</param>
/// <param name="FoundWhole">Units with stored attempts that the run found whole.</param>
public sealed record RunWork(
    IReadOnlyList<(PlannedUnit Unit, UnitCounts Counts)> Committed,
    IReadOnlyList<UnitProblem> Problems,
    IReadOnlyList<PlannedUnit> JustTried,
    IReadOnlyList<string> FoundWhole
)
{
    public static RunWork None { get; } = new([], [], [], []);

    /// <summary>
    /// The activities of committed units, by unit; later activities are attached to them. Empty without a listener.
    /// </summary>
    public IReadOnlyDictionary<string, ActivityContext> Traces { get; init; } =
        new Dictionary<string, ActivityContext>();
}

/// <summary>How a run ended.</summary>
/// <param name="Id">Its row in <c>ingest_runs</c>.</param>
/// <param name="Scope">The pool it covered.</param>
/// <param name="Status">Success when every wanted unit is whole or given up; partial when some failed, stayed open or
/// are not whole.</param>
/// <param name="AsOf">The latest day that was due.</param>
/// <param name="Planned">Units that were to be fetched when it began.</param>
/// <param name="AlreadyCommitted">Wanted units that were in the lake, whole, when it began.</param>
/// <param name="Committed">Units that it committed.</param>
/// <param name="Open">Units for which the vendor had no rows yet.</param>
/// <param name="Failed">Units that failed or could not be tried.</param>
/// <param name="Counts">Keys inserted, updated, unchanged and gone, over all commits.</param>
/// <param name="Steps">The number of step rows that it wrote.</param>
/// <param name="Errors">The errors, unit by unit.</param>
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
    /// The error that ended it early, where that concerns no single unit: credentials, storage, a lease that was taken
    /// over. Null when none did.
    /// </summary>
    public RunEnding? EndedBy { get; init; }

    /// <summary>Whether the account was refused, before the run began or later: another run would fail too.</summary>
    public bool IsRefused => Block is { IsOfAccount: true } || EndedBy?.Kind == ErrorKind.Unauthorized;

    /// <summary>
    /// Committed days without any row where the dataset should have some, such as prices of an open day.
    /// </summary>
    public IReadOnlyList<UnitId> EmptyDays { get; init; } = [];

    /// <summary>Who canceled it, where it was canceled: the lane's request, or <see cref="BySignal"/>.</summary>
    public string? CanceledBy { get; init; }

    /// <summary>Its process was told to end: Ctrl-C, SIGTERM.</summary>
    public const string BySignal = "signal";

    /// <summary>Whether its time was over before its units were.</summary>
    public bool IsOutOfTime { get; init; }

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

    /// <summary>Lists that were requested for past days only; they cannot be had any more.</summary>
    public IReadOnlyList<string> PastLists { get; init; } = [];

    /// <summary>Datasets of which days were wanted that their vendor does not have.</summary>
    public IReadOnlyList<VendorHorizon> Horizons { get; init; } = [];

    /// <summary>
    /// Wanted datasets that were not fetched because their table cannot be read or refuses their commits.
    /// </summary>
    public IReadOnlyList<UnreadableDataset> Unreadable { get; init; } = [];

    /// <summary>What it did otherwise than it was planned, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Planned units whose rows were in files of the lake that are gone or damaged.</summary>
    public IReadOnlyList<UnitId> Lost { get; init; } = [];

    /// <summary>
    /// Checks that could not be evaluated because a definition is wrong; they judge none of its units. Known once the
    /// run is settled.
    /// </summary>
    public IReadOnlyList<LeftOut> ChecksLeftOut { get; init; } = [];

    /// <summary>What <see cref="RunSettlement"/> needs to know of the run.</summary>
    public RunWork Work { get; init; } = RunWork.None;

    /// <summary>
    /// The exception that ended it half-way and is no fault of a unit. The counts include what it had committed by
    /// then.
    /// </summary>
    public Exception? Failure { get; init; }

    /// <summary>The request; null when the run was blocked.</summary>
    public RunRequest? Request { get; init; }
}
