using Tidemark.Core.Datasets;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Operations.Modules;

/// <summary>What is known of a module's connection.</summary>
public static class TestState
{
    public const string Untested = "untested";
    public const string Pass = "pass";
    public const string Fail = "fail";

    /// <summary>It passed more than a day ago, or something has changed since.</summary>
    public const string Stale = "stale";

    /// <summary>It cannot be probed.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The account may not use it.</summary>
    public const string NotEntitled = "not_entitled";
}

/// <summary>A module of the source centre.</summary>
/// <param name="Decision">Whether daily runs fetch it, and who said no.</param>
/// <param name="Test">A word of <see cref="TestState"/>: of its datasets the one that matters most.</param>
/// <param name="TestedAt">When that was; null where it never was.</param>
/// <param name="Message">What the vendor said; null where it passed.</param>
public sealed record SourceModule(ModuleDecision Decision, string Test, DateTimeOffset? TestedAt, string? Message);

/// <summary>A domain of the source centre.</summary>
/// <param name="Domain">The bucket.</param>
/// <param name="IsEnabled">Whether the source configuration has it on, and any of its modules is.</param>
/// <param name="Provider">The vendor that it goes with.</param>
/// <param name="TokenMode"><c>inherit_main</c> or <c>override</c>.</param>
/// <param name="TokenSource"><c>domain_override</c>, <c>main</c>, <c>env_fallback</c> or <c>none</c>.</param>
/// <param name="Modules">By id.</param>
public sealed record SourceDomain(
    Bucket Domain,
    bool IsEnabled,
    string Provider,
    string TokenMode,
    string TokenSource,
    IReadOnlyList<SourceModule> Modules
);

/// <summary>The source centre.</summary>
/// <param name="Domains">In the order of buckets.</param>
/// <param name="Issues">What stands in the way of a run of everything, by what is known now.</param>
/// <param name="Problems">Settings that could not be read.</param>
public sealed record SourcesResponse(
    IReadOnlyList<SourceDomain> Domains,
    IReadOnlyList<ReadinessIssue> Issues,
    IReadOnlyList<string> Problems
)
{
    public bool Ready => Issues.All(i => i.Level != ReadinessIssue.Error);
}

/// <summary>Probe sources now.</summary>
/// <param name="Name">A domain or a module; null for everything that is enabled.</param>
public sealed record TestSourcesRequest(string? Name);

/// <summary>The answers.</summary>
public sealed record TestSourcesResponse(IReadOnlyList<ProbeRecord> Probes)
{
    public Verdict Verdict =>
        Probes.All(p => p.Status == ProbeRecord.Pass) ? Verdict.Done
        : Probes.Any(p => p.Status == ProbeRecord.Pass) ? Verdict.Incomplete
        : Verdict.Blocked;
}
