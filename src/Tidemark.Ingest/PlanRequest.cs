using Tidemark.Core.Datasets;

namespace Tidemark.Ingest;

/// <summary>Which days of which datasets are wanted.</summary>
/// <param name="Datasets">The enabled datasets in scope.</param>
/// <param name="From">First day, included; null for the default window before the as-of day.</param>
/// <param name="To">Last day, included; null for "as far as there is data".</param>
/// <param name="AsOf">Treated as the latest finished day; null for what the clock says.</param>
/// <param name="RefreshSnapshots">Whether to fetch lists again although older ones are in the lake.</param>
public sealed record PlanRequest(
    IReadOnlyList<DatasetDefinition> Datasets,
    DateOnly? From,
    DateOnly? To,
    DateOnly? AsOf = null,
    bool RefreshSnapshots = true
)
{
    /// <summary>
    /// The length of the default window in trading days. These days are also fetched before older history.
    /// </summary>
    public const int RecentTradingDays = 30;

    /// <summary>
    /// The only symbols to plan for datasets by symbol, as users typed them; null for all on their lists.
    /// </summary>
    public IReadOnlyCollection<string>? Symbols { get; init; }

    /// <summary>
    /// Whether nothing but <see cref="Symbols"/> is wanted: datasets of whole days are then fetched by symbol, where
    /// they may be and it takes no more calls.
    /// </summary>
    public bool IsForSymbols { get; init; }

    /// <summary>Datasets that are fetched in whole days all the same: by symbol they bring other rows.</summary>
    public IReadOnlySet<string> ByDayAlone { get; init; } = new HashSet<string>();

    /// <summary>
    /// Whether to plan only each dataset's recent days (<see cref="RecentTradingDays"/>), whatever <see cref="From"/>
    /// says.
    /// </summary>
    public bool RecentOnly { get; init; }

    /// <summary>
    /// Whether the publication that was the newest on <see cref="From"/> is wanted, too: what was known on that day,
    /// as of a plan that begins with it. A user who names a range wants its own periods.
    /// </summary>
    public bool WantsKnownBefore { get; init; }

    /// <summary>Whether units wait for their next attempt. They don't in a run that a person types.</summary>
    public bool KeepsDistance { get; init; }

    /// <summary>
    /// Whether to fetch units again that are whole or given up: those in the lake and, where a first or last day is
    /// named, also the missing ones of that range.
    /// </summary>
    public bool Again { get; init; }

    /// <summary>
    /// Whether a user names the days. Then units are planned, too, that retention has dropped, or that lie before the
    /// first day that was learned of the vendor.
    /// </summary>
    public bool NamesDays { get; init; }

    /// <summary>
    /// The datasets of lists that lack a code of newer rows. They are fetched again, under today's day.
    /// </summary>
    public IReadOnlySet<string> Behind { get; init; } = new HashSet<string>();

    /// <summary>The only units to plan: those that somebody was shown before. Null for all.</summary>
    public IReadOnlySet<UnitId>? Only { get; init; }

    /// <summary>
    /// Units that another pool of the same operation has committed: asking again would bring the same rows.
    /// </summary>
    public IReadOnlySet<UnitId> JustTried { get; init; } = new HashSet<UnitId>();
}
