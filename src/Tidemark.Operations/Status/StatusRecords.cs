using Tidemark.Completeness.Results;
using Tidemark.Control.Findings;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Status;

/// <summary>What makes a status an answer that a script should stop at.</summary>
public enum StatusBar
{
    /// <summary>Whatever it says is fine.</summary>
    None,

    /// <summary>Something is missing, or was never fetched.</summary>
    Missing,

    /// <summary>The same, or something is there in part only.</summary>
    Partial,
}

/// <summary>Asks for the tidemark; null means all.</summary>
/// <param name="Pool"><c>source_pool</c> or <c>target_pool</c>.</param>
/// <param name="Bucket">For example <c>stock</c>.</param>
/// <param name="Check">For example <c>stock.daily_bars</c>.</param>
/// <param name="Entity">One symbol, with its days.</param>
/// <param name="Days">The last so many open days of each check.</param>
/// <param name="From">The first day; it may be before the plan's.</param>
/// <param name="To">The last day; it may be after the plan's, as far as data is due.</param>
/// <param name="WithGaps">Whether to name symbols and days that are missing or partial.</param>
/// <param name="FailOn">When the answer counts as not reached.</param>
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

/// <summary>Units of a dataset that were fetched and are not whole.</summary>
/// <param name="Open">Those that runs try again.</param>
/// <param name="GivenUp">Those that only <c>refetch</c> tries again.</param>
/// <param name="NextAt">When a scheduled run tries the first of the open ones; null when there is none.</param>
public sealed record DatasetUnits(string Dataset, int Open, int GivenUp, DateTimeOffset? NextAt)
{
    /// <summary>
    /// Those on days that the plan does not want: only a backfill tries them again. Null when there are none.
    /// </summary>
    public UnitsOutside? Outside { get; init; }
}

/// <summary>Units outside of the plan that are not whole.</summary>
/// <param name="From">The day of the first.</param>
/// <param name="To">The day of the last.</param>
public sealed record UnitsOutside(int Count, DateOnly From, DateOnly To);

/// <summary>
/// A dataset that no check asks about: what of it is there can be told by its units alone, as a run plans them.
/// </summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Wanted">Units that the plan wants.</param>
/// <param name="There">Those of them that are in the lake, whole.</param>
/// <param name="Missing">
/// Those that a run fetches: they are not there, lack days that are due, or are not whole.
/// </param>
/// <param name="GivenUp">Those that only <c>refetch</c> tries again.</param>
/// <param name="Newest">The latest period of which a unit is there; null when none is.</param>
public sealed record UncheckedUnits(string Dataset, int Wanted, int There, int Missing, int GivenUp, UnitPeriod? Newest)
{
    /// <summary>Why nothing can be said, and what to do; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether something of it is not there.</summary>
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

    /// <summary>What disagrees; codes that no list has are looked for in the last days.</summary>
    public IReadOnlyList<StoredFinding> Findings { get; init; } = [];

    /// <summary>What is wrong with symbols and codes; null where it cannot be told.</summary>
    public SymbolFaults? Symbols { get; init; }

    /// <summary>Datasets that no check asks about; none where a part of the checks was asked for.</summary>
    public IReadOnlyList<UncheckedUnits> Unchecked { get; init; } = [];

    /// <summary>What of the lake was left out.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    public Verdict Verdict => LeftOut.Lower(IsReached ? Verdict.Done : Verdict.Incomplete);

    /// <summary>
    /// Of the datasets that the report's checks require, those with units that are not whole; by dataset.
    /// </summary>
    public IReadOnlyList<DatasetUnits> Units { get; init; } = [];
}
