using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Files;

/// <summary>One word under <c>off:</c> or <c>on:</c> and where it stands.</summary>
public sealed record Switch(string Word, YamlOrigin Origin);

/// <summary>
/// What of the definitions a workspace does without (<c>off:</c> in <c>tidemark.yaml</c>), and which of the datasets
/// that stand by it has (<c>on:</c>). Immutable.
/// </summary>
public sealed class Switches(IReadOnlyList<Switch> off)
{
    private readonly HashSet<string> _off = off.Select(entry => entry.Word).ToHashSet(StringComparer.Ordinal);

    /// <summary>Everything is as it ships.</summary>
    public static Switches None { get; } = new([]);

    /// <summary>What it does without: ids of modules, datasets, checks, tables.</summary>
    public IReadOnlyList<Switch> Off { get; } = off;

    /// <summary>What it has of the datasets that stand by: ids, modules, tables, vendors, batches, buckets.</summary>
    public IReadOnlyList<Switch> On { get; init; } = [];

    /// <summary>Whether a check or a warehouse table (<c>layer.table</c>) is off.</summary>
    public bool IsOff(string id) => _off.Contains(id);

    /// <summary>Whether a dataset is off: by its id, by its module, or by the table that it fills.</summary>
    public bool IsOff(DatasetDefinition dataset) => IdsOf(dataset).Any(_off.Contains);

    /// <summary>Whether a dataset that stands by is wanted all the same.</summary>
    public bool Wants(DatasetDefinition dataset) =>
        On.Count > 0 && OnWordsOf(dataset).Any(word => On.Any(entry => entry.Word == word));

    /// <summary>
    /// Every word that brings a dataset that stands by into runs. A bucket brings those of the plan's batches: second
    /// sources need a server of the user's, and are of none.
    /// </summary>
    public static IEnumerable<string> OnWordsOf(DatasetDefinition dataset) =>
        [
            .. IdsOf(dataset),
            dataset.Vendor,
            .. dataset.Batch is { } batch ? new[] { batch, dataset.Bucket.Name() } : [],
        ];

    /// <summary>Every word that switches a dataset off.</summary>
    public static IEnumerable<string> IdsOf(DatasetDefinition dataset) =>
        [dataset.Id, dataset.Module, $"ods.{dataset.Table}"];

    /// <summary>A misspelt word switches nothing off or on, and nobody would notice.</summary>
    /// <param name="known">Every id of a module, dataset, check or table.</param>
    /// <param name="onWords">Every word that may stand under <c>on:</c>.</param>
    /// <param name="workspace">The folder whose <c>tidemark.yaml</c> it is.</param>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>CONFIG_INVALID</c>: every id that is none, with its line and the nearest one.
    /// </exception>
    public void EnsureKnown(IReadOnlyCollection<string> known, IReadOnlyCollection<string> onWords, string workspace)
    {
        var problems = new YamlProblems();
        foreach (var entry in On.Where(entry => !onWords.Contains(entry.Word)))
        {
            problems.Add(
                entry.Origin,
                $"'on' names '{entry.Word}', which is no dataset, module, table, vendor, bucket or batch{NearestName.Hint(entry.Word, onWords)}"
            );
        }

        foreach (var entry in Off.Where(entry => !known.Contains(entry.Word)))
        {
            problems.Add(
                entry.Origin,
                $"'off' names '{entry.Word}', which is no module, dataset, check or table{NearestName.Hint(entry.Word, known)}"
            );
        }

        problems.ThrowIfAny(YamlProblems.ConfigInvalid, $"the workspace {workspace}");
    }
}
