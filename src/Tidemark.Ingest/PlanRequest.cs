using Tidemark.Core.Datasets;

namespace Tidemark.Ingest;

/// <summary>Which days of which datasets are wanted.</summary>
/// <param name="Datasets">Those that are enabled and in scope.</param>
/// <param name="From">First day, included; null for the default window before the as-of day.</param>
/// <param name="To">Last day, included; null for "as far as there is data".</param>
/// <param name="AsOf">Pretends that this is the latest finished day; null for what the clock says.</param>
/// <param name="RefreshSnapshots">Whether lists are fetched again although older ones are there.</param>
public sealed record PlanRequest(
    IReadOnlyList<DatasetDefinition> Datasets,
    DateOnly? From,
    DateOnly? To,
    DateOnly? AsOf = null,
    bool RefreshSnapshots = true
)
{
    /// <summary>
    /// The window when a workspace names no first day, and the days that are fetched before older history.
    /// </summary>
    public const int RecentTradingDays = 30;

    /// <summary>Of datasets by symbol only these, as users typed them; null for all that their lists have.</summary>
    public IReadOnlyCollection<string>? Symbols { get; init; }

    /// <summary>
    /// Each dataset's recent days alone (<see cref="RecentTradingDays"/>), whatever <see cref="From"/>
    /// says.
    /// </summary>
    public bool RecentOnly { get; init; }

    /// <summary>Whether units wait for their next attempt. A run that a person types does not.</summary>
    public bool KeepsDistance { get; init; }

    /// <summary>
    /// Units are fetched again although they are whole, and although they are given up: those in the lake, and with a
    /// first or last day also those of the range that are not.
    /// </summary>
    public bool Again { get; init; }

    /// <summary>Whether units are wanted that retention has dropped: by who names their days.</summary>
    public bool WantsRetired { get; init; }

    /// <summary>
    /// Lists, by dataset, that are older than a code of the rows that stand: they are fetched again, under the day of
    /// today.
    /// </summary>
    public IReadOnlySet<string> Behind { get; init; } = new HashSet<string>();

    /// <summary>
    /// What another pool of the same operation has committed: asking for it once more would bring the same.
    /// </summary>
    public IReadOnlySet<UnitId> JustTried { get; init; } = new HashSet<UnitId>();
}
