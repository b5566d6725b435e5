using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;

namespace Tidemark.Ingest.Modules;

/// <summary>What the decision on modules is made from.</summary>
/// <param name="Datasets">Everything that is declared.</param>
/// <param name="Switches"><c>on</c> and <c>off</c> of <c>tidemark.yaml</c>.</param>
/// <param name="Sources">What a person has decided about sources.</param>
/// <param name="Flags">The flags of the rollout.</param>
public sealed record ModuleInput(DatasetRegistry Datasets, Switches Switches, SourceConfig Sources, RolloutFlags Flags)
{
    /// <summary>Datasets that the present account may not use, by id.</summary>
    public IReadOnlyDictionary<string, AccessRefusal> Refused { get; init; } = new Dictionary<string, AccessRefusal>();

    /// <summary>
    /// Datasets whose last probe has passed within <see cref="RolloutFlags.ProbeCountsFor"/>, by id.
    /// </summary>
    public IReadOnlySet<string> Proved { get; init; } = new HashSet<string>();
}

/// <summary>
/// Which modules daily runs fetch: <c>enabled = configured ∩ allowed</c>, with who said no. One answer for runs, plans,
/// status and commands. Pure and immutable.
/// </summary>
/// <remarks>
/// Configured, the first that fits: <c>off</c> in <c>tidemark.yaml</c> (no) · given up by its vendor (no) · the domain
/// off in the source configuration (no) · the module named there (as it says) · another vendor chosen for the domain
/// (no, unless <c>on</c> names it) · <c>on</c> in <c>tidemark.yaml</c> (yes) · the definition stands by (no) · yes.
/// Allowed: every flag that has a say is on, and what needs a permission of its own is proved.
/// </remarks>
public sealed record ModulePlan
{
    private readonly Dictionary<string, DatasetDecision> _byDataset;

    private ModulePlan(IReadOnlyList<DatasetDecision> decisions, ModuleInput input)
    {
        Input = input;
        Decisions = decisions;
        _byDataset = decisions.ToDictionary(d => d.Dataset.Id, StringComparer.Ordinal);
        Modules =
        [
            .. decisions
                .GroupBy(d => d.Dataset.Module, StringComparer.Ordinal)
                .Select(of => new ModuleDecision(of.Key, of.First().Dataset.Bucket, [.. of]))
                .OrderBy(of => of.Domain)
                .ThenBy(of => of.Module, StringComparer.Ordinal),
        ];
        var enabled = decisions.Where(d => d.IsEnabled).ToArray();
        Enabled = [.. enabled.Select(d => d.Dataset)];
        // Where the account may use nothing at all, a run is to find that out anew, and to say so.
        var usable = enabled.Where(d => d.Refusal is null).ToArray();
        Planned = [.. (usable.Length > 0 ? usable : enabled).Select(d => d.Dataset)];
        NotEntitled = usable.Length > 0 ? [.. enabled.Where(d => d.Refusal is not null)] : [];
        LeftOut = [.. decisions.Where(d => d is { IsConfigured: true, IsAllowed: false })];
    }

    /// <summary>What it was made from.</summary>
    public ModuleInput Input { get; }

    /// <summary>By dataset id: of all that are declared and can be read.</summary>
    public IReadOnlyList<DatasetDecision> Decisions { get; }

    /// <summary>By domain and module.</summary>
    public IReadOnlyList<ModuleDecision> Modules { get; }

    /// <summary>Configured ∩ allowed, by id.</summary>
    public IReadOnlyList<DatasetDefinition> Enabled { get; }

    /// <summary>
    /// What runs that name no dataset fetch, by id: what is enabled, without what the account may not use.
    /// </summary>
    public IReadOnlyList<DatasetDefinition> Planned { get; }

    /// <summary>What is configured and a flag leaves out.</summary>
    public IReadOnlyList<DatasetDecision> LeftOut { get; }

    /// <summary>What is enabled and the account may not use.</summary>
    public IReadOnlyList<DatasetDecision> NotEntitled { get; }

    /// <summary>Settings that could not be read, so that defaults count instead; a sentence each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public static ModulePlan Of(ModuleInput input) =>
        new(
            [
                .. input
                    .Datasets.All.Select(d => Decide(d, isOff: false, input))
                    .Concat(input.Datasets.Off.Select(d => Decide(d, isOff: true, input)))
                    .OrderBy(d => d.Dataset.Id, StringComparer.Ordinal)
                    .DistinctBy(d => d.Dataset.Id),
            ],
            input
        );

    /// <summary>The decision on a dataset; null of one that is not declared.</summary>
    public DatasetDecision? Find(string dataset) => _byDataset.GetValueOrDefault(dataset);

    /// <summary>
    /// Datasets whose absence is nobody's concern, for status. What only stands by is none of them: what a person has
    /// fetched of it by name is judged.
    /// </summary>
    public IReadOnlyDictionary<string, CellReason> Excluded
    {
        get
        {
            var excluded = NotEntitled.ToDictionary(
                d => d.Dataset.Id,
                _ => CellReason.NotEntitled,
                StringComparer.Ordinal
            );
            foreach (var decision in Decisions.Where(IsOutside))
            {
                excluded.Add(decision.Dataset.Id, CellReason.OutsidePlan);
            }

            return excluded;
        }
    }

    /// <summary>
    /// The wanted units of a run that names these datasets, or none. Names go before flags and source configuration.
    /// </summary>
    public PlanRequest Restrict(PlanRequest request, IReadOnlyList<string> names) =>
        names.Count > 0 || request.Datasets.Count == 0 ? request : request with { Datasets = Planned };

    /// <summary>What a person names although a flag or the account says no.</summary>
    public IReadOnlyList<DatasetDecision> Overridden(IEnumerable<DatasetDefinition> named) =>
        [.. named.Select(d => Find(d.Id)).OfType<DatasetDecision>().Where(d => !d.IsAllowed && !IsSpecial(d))];

    /// <summary>What a person names in vain: a permission that is sold by itself is never taken for granted.</summary>
    public IReadOnlyList<DatasetDecision> Forbidden(IEnumerable<DatasetDefinition> named) =>
        [.. named.Select(d => Find(d.Id)).OfType<DatasetDecision>().Where(d => !d.IsAllowed && IsSpecial(d))];

    private static bool IsSpecial(DatasetDecision decision) => decision.Dataset.Flag == FlagNames.StkPremarket;

    private static bool IsOutside(DatasetDecision decision) =>
        decision is { IsConfigured: true, IsAllowed: false }
        || decision.By is ConfiguredBy.SourceDomain or ConfiguredBy.SourceProvider
        || decision is { By: ConfiguredBy.SourceModule, IsConfigured: false };

    private static DatasetDecision Decide(DatasetDefinition dataset, bool isOff, ModuleInput input)
    {
        var (isConfigured, by) = Configured(dataset, isOff, input);
        var needsProof = dataset.Flag == FlagNames.StkPremarket && !input.Proved.Contains(dataset.Id);
        var closed = FlagNames.Governing(dataset.Batch, dataset.Flag).FirstOrDefault(flag => !input.Flags.IsOn(flag));
        return new DatasetDecision(
            dataset,
            isConfigured,
            by,
            closed ?? (needsProof ? dataset.Flag : null),
            input.Refused.GetValueOrDefault(dataset.Id)
        )
        {
            IsUnproved = closed is null && needsProof,
        };
    }

    private static (bool IsConfigured, ConfiguredBy By) Configured(
        DatasetDefinition dataset,
        bool isOff,
        ModuleInput input
    )
    {
        var domain = input.Sources.Domain(dataset.Bucket.Name());
        var isNamed = input.Switches.Wants(dataset);
        return isOff ? (false, ConfiguredBy.FileOff)
            : dataset.Retired is not null ? (false, ConfiguredBy.Retired)
            : domain.Enabled is false ? (false, ConfiguredBy.SourceDomain)
            : domain.IsEnabled(dataset.Module) is { } says ? (says, ConfiguredBy.SourceModule)
            : domain.Provider is { } provider && provider != dataset.Vendor && !isNamed
                ? (false, ConfiguredBy.SourceProvider)
            : isNamed ? (true, ConfiguredBy.FileOn)
            : dataset.IsStandby ? (false, ConfiguredBy.Standby)
            : (true, ConfiguredBy.Definition);
    }
}
