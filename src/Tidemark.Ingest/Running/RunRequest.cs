using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;

namespace Tidemark.Ingest.Running;

/// <summary>What to run.</summary>
/// <param name="Scope">The pool that the run locks and records its row for.</param>
/// <param name="Mode">Why it runs.</param>
/// <param name="Source">Who asked: <c>manual</c>, <c>schedule</c>, <c>startup</c> or <c>auto</c>.</param>
/// <param name="Plan">The wanted units.</param>
/// <param name="Jobs">Units fetched at the same time; null for the workspace's own number.</param>
/// <param name="ShrinkReason">Why units may lose rows that are in the lake; null when they may not.</param>
public sealed record RunRequest(
    Pool Scope,
    RunMode Mode,
    string Source,
    PlanRequest Plan,
    int? Jobs = null,
    string? ShrinkReason = null
)
{
    /// <summary>The lane whose lease it takes.</summary>
    public Lane Lane { get; init; } = Lanes.Of(Scope);

    /// <summary>The fingerprint of the definitions in force; null when unknown.</summary>
    public string? Definitions { get; init; }

    /// <summary>Why just now, where there is more to say than the source; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>From then on it begins with no unit more; null for no such moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why it may not begin, where that is known before it is planned; null where nothing is.</summary>
    public RunBlock? Block { get; init; }

    /// <summary>Names who canceled it by its lane, once somebody did; gives null where its process was stopped.</summary>
    public Func<string?> CanceledBy { get; init; } = static () => null;

    /// <summary>Closed while its lane is paused: it begins with no unit then, and waits.</summary>
    public PauseGate Pause { get; init; } = new();

    /// <summary>Datasets left out of the run because their definitions have faults.</summary>
    public IReadOnlyList<UnreadableDataset> LeftOut { get; init; } = [];
}
