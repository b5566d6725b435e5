using System.Text.Json.Serialization;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Preflight;

/// <summary>A dataset to probe.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Day">A day of the dataset that is due at the vendor.</param>
/// <param name="Part">A part that the vendor has; null where the dataset has no parts, or names one itself.</param>
public sealed record ProbeRequest(DatasetDefinition Dataset, DateOnly Day, string? Part = null);

/// <summary>The result of a dataset's last probe; kept in <c>data_source_test_state_v1</c>.</summary>
/// <param name="Scope">Always <c>module</c>.</param>
/// <param name="DomainId">The bucket.</param>
/// <param name="ModuleId">For example <c>stock.market.daily</c>.</param>
/// <param name="Api">The vendor call that was probed.</param>
/// <param name="Status"><c>pass</c>, <c>fail</c> or <c>untested</c>.</param>
/// <param name="TestedAt">When.</param>
/// <param name="Kind">The class of the refusal (see ErrorKind); null when it passed.</param>
/// <param name="Message">The refusal; null when it passed.</param>
public sealed record ProbeRecord(
    string Scope,
    string DomainId,
    string ModuleId,
    string Api,
    string Status,
    DateTimeOffset? TestedAt,
    string? Kind,
    string? Message
)
{
    /// <summary>The refusal's stable code; null when it passed, and in records of older versions.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The dataset; a module may have several. Null in records of older versions.</summary>
    public string? DatasetId { get; init; }

    /// <summary>
    /// When a probe of this dataset last passed, and the vendor has not refused it since; null when it never did, and in
    /// records of older versions that failed.
    /// </summary>
    public DateTimeOffset? PassedAt
    {
        get => field ?? (Status == Pass ? TestedAt : null);
        init;
    }

    /// <summary>Whether the vendor says that the account may not use it.</summary>
    [JsonIgnore]
    public bool IsRefusal => this is { Status: Fail, Kind: nameof(ErrorKind.Permission), TestedAt: not null };

    /// <summary>Whether a token or the source configuration has changed since.</summary>
    public bool Stale { get; init; }

    /// <summary>Whether what it says is old by now: more than a day, or something has changed since.</summary>
    public bool IsStale(DateTimeOffset now) =>
        Stale || TestedAt is not { } at || now - at < TimeSpan.Zero || now - at > PreflightCheck.FreshFor;

    public const string Pass = "pass";
    public const string Fail = "fail";
    public const string Untested = "untested";
}

/// <summary>All records, as stored.</summary>
/// <param name="Records">One per dataset.</param>
/// <param name="UpdatedAt">When the newest record was added.</param>
/// <param name="Bases">By dataset: the definition and the account that were probed (<see cref="ProbeBasis"/>); null in
/// states of older versions.</param>
public sealed record ProbeState(
    IReadOnlyList<ProbeRecord> Records,
    DateTimeOffset UpdatedAt,
    IReadOnlyDictionary<string, string>? Bases = null
)
{
    /// <summary>The last probe of a dataset, where it was made with this basis; null otherwise.</summary>
    public ProbeRecord? Find(string dataset, string basis) =>
        Bases?.GetValueOrDefault(dataset) == basis ? Records.FirstOrDefault(r => r.DatasetId == dataset) : null;
}

/// <summary>Something that keeps a dataset from running.</summary>
/// <param name="Level"><c>error</c> blocks the run, <c>warning</c> leaves the dataset out of it.</param>
/// <param name="Code">For example <c>MODULE_TEST_FAILED</c>.</param>
public sealed record ReadinessIssue(string Level, string Code, string Message, string? DomainId, string? ModuleId)
{
    public const string Error = "error";
    public const string Warning = "warning";

    /// <summary>Nothing is left that could run.</summary>
    public const string NothingSelected = "NO_SYNC_MODULE_SELECTED";

    /// <summary>The dataset; a module may have several.</summary>
    public string? DatasetId { get; init; }

    /// <summary>
    /// A probe that failed: in the way of everything where nothing else may run, or the account is refused; else in the
    /// way of its dataset alone.
    /// </summary>
    internal static ReadinessIssue Failed(ProbeRecord probe, DatasetDefinition dataset, bool canRun) =>
        new(
            canRun && probe.Kind is not nameof(ErrorKind.Unauthorized) ? Warning : Error,
            "MODULE_TEST_FAILED",
            $"{dataset.Switch}: {probe.ErrorCode}: {probe.Message}"
                + (probe.Kind == nameof(ErrorKind.Permission) ? $" {DoWithout(dataset.Switch)}" : ""),
            dataset.Bucket.Name(),
            dataset.Module
        )
        {
            DatasetId = dataset.Id,
        };

    /// <summary>Advice for an account that may not use a dataset.</summary>
    /// <param name="name">The name that switches off this dataset and no other.</param>
    internal static string DoWithout(string name) => $"To do without it: `off: [{name}]` in tidemark.yaml.";
}

/// <summary>Whether a run may begin.</summary>
public sealed record PreflightReport(IReadOnlyList<ProbeRecord> Probes, IReadOnlyList<ReadinessIssue> Issues)
{
    /// <summary>
    /// The reasons for which nothing can run, each once: a vendor that cannot be reached is one reason, however many of
    /// its apis were probed.
    /// </summary>
    public string Reasons()
    {
        var apis = Probes.ToDictionary(p => KeyOf(p.DatasetId, p.ModuleId), p => p.Api, StringComparer.Ordinal);
        return string.Join(
            " | ",
            Issues
                .Where(i => i.Level == ReadinessIssue.Error)
                .GroupBy(i =>
                    i.Message.Replace($"{NameOf(i)}:", "", StringComparison.Ordinal)
                        .Replace($"'{apis[KeyOf(i.DatasetId, i.ModuleId!)]}'", "", StringComparison.Ordinal)
                )
                .Take(8)
                .Select((same, n) => $"{n + 1}. {same.First().Message}{Likewise([.. same.Skip(1)])}")
        );
    }

    private string Likewise(ReadinessIssue[] others) =>
        others.Length == 0 ? "" : $" Likewise {string.Join(", ", others.Select(NameOf))}.";

    private static string KeyOf(string? dataset, string module) => dataset ?? module;

    // The module's name, where only one of the issues has it.
    private string NameOf(ReadinessIssue issue) =>
        Probes.Count(p => p.ModuleId == issue.ModuleId) > 1 ? KeyOf(issue.DatasetId, issue.ModuleId!) : issue.ModuleId!;

    public bool Ready => Issues.All(i => i.Level != ReadinessIssue.Error);

    /// <summary>Whether there is no token, or the account is refused: then nothing can be fetched.</summary>
    public bool IsRefused =>
        Probes.Any(p => p.Status == ProbeRecord.Untested || p.Kind == nameof(ErrorKind.Unauthorized));
}
