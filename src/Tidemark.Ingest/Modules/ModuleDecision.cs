using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Modules;

/// <summary>Who said whether a dataset is configured.</summary>
public enum ConfiguredBy
{
    /// <summary>Nobody: its definition does not stand by.</summary>
    Definition,

    /// <summary>Its definition stands by, and nobody asked for it.</summary>
    Standby,

    /// <summary><c>on</c> in <c>tidemark.yaml</c>.</summary>
    FileOn,

    /// <summary><c>off</c> in <c>tidemark.yaml</c>.</summary>
    FileOff,

    /// <summary>The source configuration names its module.</summary>
    SourceModule,

    /// <summary>The source configuration does without its domain.</summary>
    SourceDomain,

    /// <summary>The source configuration takes its domain from another vendor.</summary>
    SourceProvider,

    /// <summary>Its vendor has given it up.</summary>
    Retired,
}

/// <summary>That the account may not use a dataset.</summary>
/// <param name="At">When the vendor said so.</param>
/// <param name="Message">In its words.</param>
public sealed record AccessRefusal(DateTimeOffset At, string Message);

/// <summary>Whether daily runs fetch a dataset, and who said no.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="IsConfigured">Whether the workspace wants it.</param>
/// <param name="By">Who said that.</param>
/// <param name="ClosedBy">The first flag of the rollout that says no; null where it is allowed.</param>
/// <param name="Refusal">That the account may not use it; null where nobody said so.</param>
public sealed record DatasetDecision(
    DatasetDefinition Dataset,
    bool IsConfigured,
    ConfiguredBy By,
    string? ClosedBy,
    AccessRefusal? Refusal
)
{
    /// <summary>The flags that have a say in it.</summary>
    public IReadOnlyList<string> Flags { get; } = [.. FlagNames.Governing(Dataset.Batch, Dataset.Flag)];

    /// <summary>Whether every flag says yes.</summary>
    public bool IsAllowed => ClosedBy is null;

    /// <summary>Configured ∩ allowed.</summary>
    public bool IsEnabled => IsConfigured && IsAllowed;

    /// <summary>Whether <see cref="ClosedBy"/> is on, but has no recent successful probe behind it.</summary>
    public bool IsUnproved { get; init; }
}

/// <summary>The decision on a module: what its datasets have in common.</summary>
/// <param name="Module">Its id.</param>
/// <param name="Domain">Its bucket.</param>
/// <param name="Datasets">One or several, by id.</param>
public sealed record ModuleDecision(string Module, Bucket Domain, IReadOnlyList<DatasetDecision> Datasets)
{
    /// <summary>Whether the workspace wants any of its datasets.</summary>
    public bool IsConfigured => Datasets.Any(d => d.IsConfigured);

    /// <summary>Who said so: of the datasets that are wanted, where there are any.</summary>
    public ConfiguredBy By => (Datasets.FirstOrDefault(d => d.IsConfigured) ?? Datasets[0]).By;

    /// <summary>Whether the flags allow any of its datasets.</summary>
    public bool IsAllowed => Datasets.Any(d => d.IsAllowed);

    /// <summary>Whether daily runs fetch any of its datasets.</summary>
    public bool IsEnabled => Datasets.Any(d => d.IsEnabled);

    /// <summary>The flag that says no; null where it is allowed.</summary>
    public string? ClosedBy => IsAllowed ? null : Datasets[0].ClosedBy;

    /// <summary>The flags that have a say in it.</summary>
    public IReadOnlyList<string> Flags => [.. Datasets.SelectMany(d => d.Flags).Distinct()];

    /// <summary>That the account may use none of what is enabled; null where it may, or nobody knows.</summary>
    public AccessRefusal? Refusal =>
        Datasets.Where(d => d.IsEnabled).ToArray() is { Length: > 0 } enabled && enabled.All(d => d.Refusal is not null)
            ? enabled[0].Refusal
            : null;
}
