using Tidemark.Completeness.Results;
using Tidemark.Control.Findings;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Modules;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Status;

/// <summary>The state of data that makes a status fail, so that a script can stop.</summary>
public enum StatusBar
{
    /// <summary>No state does.</summary>
    None,

    /// <summary>Something is missing, or was never fetched.</summary>
    Missing,

    /// <summary>Something is missing, was never fetched, or is there in part only.</summary>
    Partial,
}

/// <summary>Asks for the tidemark; null means all.</summary>
/// <param name="Pool"><c>source_pool</c> or <c>target_pool</c>.</param>
/// <param name="Bucket">For example <c>stock</c>.</param>
/// <param name="Check">For example <c>stock.daily_bars</c>.</param>
/// <param name="Entity">One symbol, reported with its days.</param>
/// <param name="Days">The last N open days of each check.</param>
/// <param name="From">The first day; it may be before the plan's.</param>
/// <param name="To">The last day; it may be after the plan's, as far as data is due.</param>
/// <param name="WithGaps">Whether to name symbols and days that are missing or partial.</param>
/// <param name="FailOn">The state of data that counts as not reached.</param>
public sealed record StatusRequest(
    string? Pool = null,
    string? Bucket = null,
    string? Check = null,
    string? Entity = null,
    int? Days = null,
    DateOnly? From = null,
    DateOnly? To = null,
    bool WithGaps = false,
    StatusBar FailOn = StatusBar.None
);

/// <summary>The units of a dataset that were fetched and are not whole.</summary>
/// <param name="Open">Units that runs try again.</param>
/// <param name="GivenUp">Units that only <c>refetch</c> tries again.</param>
/// <param name="NextAt">When a scheduled run tries the first open unit; null when there is none.</param>
public sealed record DatasetUnits(string Dataset, int Open, int GivenUp, DateTimeOffset? NextAt)
{
    /// <summary>
    /// Units on days that the plan does not want: only a backfill tries them again. Null when there are none.
    /// </summary>
    public UnitsOutside? Outside { get; init; }
}

/// <summary>Units outside the plan that are not whole.</summary>
/// <param name="From">The day of the first.</param>
/// <param name="To">The day of the last.</param>
public sealed record UnitsOutside(int Count, DateOnly From, DateOnly To);

/// <summary>
/// A dataset that no check requires: it is reported by its units, as a run plans them.
/// </summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Bucket">Its asset bucket.</param>
/// <param name="Wanted">The number of units that the plan wants.</param>
/// <param name="There">Wanted units that are in the lake and whole.</param>
/// <param name="Missing">
/// Wanted units that a run fetches: they are not there, lack days that are due, or are not whole.
/// </param>
/// <param name="GivenUp">Wanted units that only <c>refetch</c> tries again.</param>
/// <param name="Newest">The latest period with a unit that is there; null when there is none.</param>
public sealed record UncheckedUnits(
    string Dataset,
    Bucket Bucket,
    int Wanted,
    int There,
    int Missing,
    int GivenUp,
    UnitPeriod? Newest
)
{
    /// <summary>Why the units cannot be determined, and what to do; null when they can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether wanted units are not there.</summary>
    public bool IsShort => Missing + GivenUp > 0 || Problem is not null;
}

/// <summary>The tidemark.</summary>
/// <param name="Report">What is complete and what is not.</param>
/// <param name="IsReached">
/// False when something fell short of <see cref="StatusRequest.FailOn"/>, or could not be evaluated.
/// </param>
/// <param name="Note">Why there is nothing to report, or null.</param>
public sealed record StatusResponse(StatusReport Report, bool IsReached, string? Note = null)
{
    /// <summary>The versions of the checks' tables that were compared, each with its files that are gone or damaged.</summary>
    internal IReadOnlyList<TableSnapshot> Read { get; init; } = [];

    /// <summary>The findings; only the last days are searched for codes that no list has.</summary>
    public IReadOnlyList<StoredFinding> Findings { get; init; } = [];

    /// <summary>The faults of symbols and codes; null where they cannot be found out.</summary>
    public SymbolFaults? Symbols { get; init; }

    /// <summary>Which modules daily runs leave out, and who said so; null where nobody has asked.</summary>
    public ModulePlan? Modules { get; init; }

    /// <summary>Datasets that no check requires; empty when the request is about a part of the checks.</summary>
    public IReadOnlyList<UncheckedUnits> Unchecked { get; init; } = [];

    /// <summary>What it left out of the lake.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    public Verdict Verdict => LeftOut.Lower(IsReached ? Verdict.Done : Verdict.Incomplete);

    /// <summary>
    /// The datasets that the report's checks require and that have units which are not whole, by dataset.
    /// </summary>
    public IReadOnlyList<DatasetUnits> Units { get; init; } = [];
}
