using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Vendors;

namespace Tidemark.Operations.Planning;

/// <summary>Show what a run would fetch, and fetch nothing.</summary>
/// <param name="Pools">The pools, in the order in which they would run. Without meaning where days are named.</param>
/// <param name="Datasets">By name; empty for all that runs plan.</param>
public sealed record PreviewRequest(IReadOnlyList<Pool> Pools, IReadOnlyList<string> Datasets)
{
    /// <summary>
    /// The first and the last day, as <c>backfill</c> takes them; null for the days that the workspace wants.
    /// </summary>
    public (DateOnly From, DateOnly To)? Days { get; init; }

    /// <summary>The only instruments that are wanted, of named days; empty for all.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Treats this as the latest finished day; null for what the clock says.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>What if the account had so many points? Null: what it has.</summary>
    public int? Points { get; init; }
}

/// <summary>A dataset that the account may not use: nothing of it is planned.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Units">Its wanted units.</param>
/// <param name="Reason">Why it is closed.</param>
public sealed record ClosedDataset(DatasetDefinition Dataset, int Units, string Reason);

/// <summary>The calls that one limit counts.</summary>
/// <param name="Vendor">The vendor.</param>
/// <param name="Api">Its name of the call, or of the group of calls that are counted together.</param>
/// <param name="Calls">How many the plan makes.</param>
/// <param name="Limits">Those that are kept to; empty where none is known.</param>
public sealed record ApiQuota(string Vendor, string Api, long Calls, IReadOnlyList<RateLimit> Limits)
{
    /// <summary>The time until the first of them may be made: earlier ones have used up a limit. Zero = now.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The time that the limits demand; zero where all calls fit into the first window.</summary>
    public TimeSpan AtLeast =>
        Calls == 0 ? TimeSpan.Zero : Limits.Select(limit => limit.TimeFor(Calls)).Append(Wait).Max();
}

/// <summary>What a run would do.</summary>
/// <param name="Token">
/// Names what is shown here: <c>run --plan</c> does exactly this, or refuses because something has changed.
/// </param>
/// <param name="Datasets">What will be fetched, with what it takes.</param>
/// <param name="Closed">What the account may not use.</param>
/// <param name="Quota">The calls by api, and the limits that they keep to.</param>
public sealed record PlanPreview(
    string Token,
    IReadOnlyList<DatasetCost> Datasets,
    IReadOnlyList<ClosedDataset> Closed,
    IReadOnlyList<ApiQuota> Quota
)
{
    /// <summary>What the accounts have by the vendors' word, or why not; null where nobody was asked.</summary>
    public IReadOnlyList<AccountEntitlements>? Accounts { get; init; }

    /// <summary>The vendors' day, by which an account ends.</summary>
    public DateOnly Today { get; init; }

    /// <summary>Wanted units that are there and whole.</summary>
    public int There { get; init; }

    /// <summary>Wanted units that no run tries any more.</summary>
    public int GivenUp { get; init; }

    /// <summary>Datasets by symbol whose units are known once their lists are fetched.</summary>
    public IReadOnlyList<DatasetDefinition> Deferred { get; init; } = [];

    /// <inheritdoc cref="ExecutionPlan.Horizons"/>
    public IReadOnlyList<VendorHorizon> Horizons { get; init; } = [];

    /// <summary>Datasets that cannot be planned, each with the reason.</summary>
    public IReadOnlyList<UnreadableDataset> Unreadable { get; init; } = [];

    /// <summary>The latest due day of any dataset; null when no dataset has one.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>Which modules are left out, and by whom.</summary>
    public required ModulePlan Modules { get; init; }

    /// <summary>The datasets that were named; none for those of the plan.</summary>
    public IReadOnlyList<DatasetDefinition> Named { get; init; } = [];

    /// <summary>All units, in the order of the datasets.</summary>
    public IEnumerable<PlannedUnit> Units => Datasets.SelectMany(of => of.Units);

    public long Calls => Datasets.Sum(of => of.Calls);

    /// <summary>Rows, about; of datasets that nothing is known of none are counted.</summary>
    public long Rows => Datasets.Sum(of => of.Rows ?? 0);

    /// <summary>Bytes in the lake, about.</summary>
    public long Bytes => Datasets.Sum(of => of.Bytes ?? 0);

    /// <summary>The time that the limits demand. Apis are called side by side: the slowest decides.</summary>
    public TimeSpan AtLeast => Quota.Count == 0 ? TimeSpan.Zero : Quota.Max(of => of.AtLeast);

    /// <summary>Whether the rows of each dataset are known, about.</summary>
    public bool IsRowsKnown => Datasets.All(of => of.Rows is not null);

    public Verdict Verdict => Unreadable.Count > 0 ? Verdict.Incomplete : Verdict.Done;
}
