namespace Tidemark.Definitions.Datasets;

/// <summary>The calendars that a dataset may name.</summary>
/// <param name="Known">Those that there are, and those that the vendor may bring.</param>
public sealed record CalendarNames(IReadOnlySet<string> Known)
{
    /// <summary>Those whose files have faults: what names one of them cannot be used either.</summary>
    public IReadOnlySet<string> Faulty { get; init; } = new HashSet<string>();
}
