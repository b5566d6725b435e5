using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Files;

/// <summary>One id under <c>off:</c> and where it stands.</summary>
public sealed record OffEntry(string Id, YamlOrigin Origin);

/// <summary>
/// What of the definitions a workspace does without (<c>off:</c> in <c>tidemark.yaml</c>): ids of modules, datasets,
/// checks, tables. Immutable.
/// </summary>
public sealed class OffList(IReadOnlyList<OffEntry> entries)
{
    private readonly HashSet<string> _ids = entries.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Everything is on.</summary>
    public static OffList None { get; } = new([]);

    public IReadOnlyList<OffEntry> Entries { get; } = entries;

    /// <summary>Whether a check or a warehouse table (<c>layer.table</c>) is off.</summary>
    public bool Names(string id) => _ids.Contains(id);

    /// <summary>Whether a dataset is off: by its id, by its module, or by the table that it fills.</summary>
    public bool Names(DatasetDefinition dataset) => IdsOf(dataset).Any(_ids.Contains);

    /// <summary>Every word that switches a dataset off.</summary>
    public static IEnumerable<string> IdsOf(DatasetDefinition dataset) =>
        [dataset.Id, dataset.Module, $"ods.{dataset.Table}"];

    /// <summary>A misspelt id switches nothing off, and nobody would notice.</summary>
    /// <param name="known">Every id of a module, dataset, check or table.</param>
    /// <param name="workspace">The folder whose <c>tidemark.yaml</c> it is.</param>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>CONFIG_INVALID</c>: every id that is none, with its line and the nearest one.
    /// </exception>
    public void EnsureKnown(IReadOnlyCollection<string> known, string workspace)
    {
        var problems = new YamlProblems();
        foreach (var entry in Entries.Where(entry => !known.Contains(entry.Id)))
        {
            problems.Add(
                entry.Origin,
                $"'off' names '{entry.Id}', which is no module, dataset, check or table{NearestName.Hint(entry.Id, known)}"
            );
        }

        problems.ThrowIfAny(YamlProblems.ConfigInvalid, $"the workspace {workspace}");
    }
}
