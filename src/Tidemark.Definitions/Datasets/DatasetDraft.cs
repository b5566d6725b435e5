using Tidemark.Core.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>Collects the datasets of files, with what is wrong with each: alone, and beside the others.</summary>
internal sealed class DatasetDraft(CalendarNames calendars, Switches switches)
{
    private readonly List<Candidate> _on = [];
    private readonly List<DatasetDefinition> _off = [];

    /// <summary>Reads a file.</summary>
    public void Add(DefinitionSource source)
    {
        var found = new YamlProblems();
        DatasetDefinition? dataset = null;
        if (source.TryText(found, out var text) && !source.File.Name.EndsWith(".yaml", StringComparison.Ordinal))
        {
            // Left unread it would be a dataset that silently does not exist.
            found.Add(new YamlOrigin(source.Path, 0), "rename it to end in .yaml");
        }
        else if (!found.Any)
        {
            dataset = DatasetFile.Read(source.Path, text, calendars, found);
        }

        var isOff = switches.IsOff(source.Id);
        if (!isOff && (found.Any || !switches.IsOff(dataset!)))
        {
            _on.Add(new Candidate(source, dataset, found));
        }
        else if (!found.Any)
        {
            _off.Add(dataset!);
        }
    }

    /// <summary>No name twice, and lists that there are.</summary>
    public void CheckTogether()
    {
        RejectShared("dataset", each => each.Id);
        RejectShared("table", each => each.Table);
        CheckLists();
    }

    /// <summary>Those that can be used, ordered by id.</summary>
    public IReadOnlyList<DatasetDefinition> Sound()
    {
        DatasetDefinition[] all =
        [
            .. _on.Where(c => !c.Problems.Any)
                .Select(c => c.Dataset! with { IsStandby = c.Dataset.IsStandby && !switches.Wants(c.Dataset) }),
        ];
        DatasetDefinition[] lists = [.. all, .. _off];
        return
        [
            .. all.Select(each => SymbolLists.WithDefaults(each, lists))
                .OrderBy(each => each.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Those that are switched off, ordered by id.</summary>
    public IReadOnlyList<DatasetDefinition> Off() => [.. _off.OrderBy(each => each.Id, StringComparer.Ordinal)];

    /// <summary>The others, ordered by id.</summary>
    /// <param name="replaced">
    /// Shipped files whose place own ones have taken: they tell what a file was to define that
    /// does not say so.
    /// </param>
    public IReadOnlyList<DefinitionFault> Faults(IReadOnlyList<DefinitionFile> replaced) =>
        [
            .. _on.Where(c => c.Problems.Any)
                .Select(c => new DefinitionFault(
                    "dataset",
                    c.Source.Id,
                    YamlProblems.DefinitionInvalid,
                    c.Problems.Items
                )
                {
                    Names = NamesOf(c, replaced),
                })
                .OrderBy(fault => fault.Id, StringComparer.Ordinal),
        ];

    private string[] NamesOf(Candidate candidate, IReadOnlyList<DefinitionFile> replaced)
    {
        var said = candidate.Dataset is { Table.Length: > 0 } dataset ? dataset : null;
        if (
            said is null
            && replaced.FirstOrDefault(file => file.Id == candidate.Source.Id) is { } shipped
            && DefinitionSource.Of(shipped) is { Unreadable: null } source
        )
        {
            said = DatasetFile.Read(source.Path, source.Text, calendars, new YamlProblems());
        }

        // Names that a sound dataset has are not its: who asks for them gets that one.
        return said is null || (candidate.IsMisnamed && _on.Any(c => !c.Problems.Any && c.Dataset!.Id == said.Id))
            ? [candidate.Source.Id]
            : [.. Switches.IdsOf(said).Prepend(candidate.Source.Id).Distinct(StringComparer.Ordinal)];
    }

    // A list that is off is read all the same, as far as the lake has it.
    private void CheckLists()
    {
        var faulty = _on.Where(c => c.Problems.Any).Select(c => c.Source.Id).ToHashSet(StringComparer.Ordinal);
        DatasetDefinition[] all = [.. _on.Where(c => c.Dataset is not null).Select(c => c.Dataset!), .. _off];
        foreach (var (source, dataset, problems) in _on.Where(c => c.Dataset is not null))
        {
            problems.Add(SymbolLists.Problems(dataset!, new YamlOrigin(source.Path, 0), all, faulty));
        }
    }

    private void RejectShared(string key, Func<DatasetDefinition, string> name)
    {
        // A file that is not called by its id (a copy that somebody put beside the original) takes no name from one
        // that is. The sort is stable: those shipped stay first.
        var named = _on.Where(c => c.Dataset is not null && name(c.Dataset).Length > 0).OrderBy(c => c.IsMisnamed);
        foreach (var group in named.GroupBy(c => name(c.Dataset!)))
        {
            var first = group.First();
            foreach (var other in group.Skip(1))
            {
                other.Problems.Add(
                    new YamlOrigin(other.Source.Path, 0),
                    $"{key} '{group.Key}' is taken by {first.Source.Path}; give it another, or do without that one by `off: [{first.Dataset!.Id}]` in tidemark.yaml"
                );
            }
        }
    }

    /// <param name="Source">The file.</param>
    /// <param name="Dataset">As far as it can be read; null where it cannot at all.</param>
    /// <param name="Problems">What is wrong with it.</param>
    private sealed record Candidate(DefinitionSource Source, DatasetDefinition? Dataset, YamlProblems Problems)
    {
        /// <summary>Whether its file is called by another id than it declares.</summary>
        public bool IsMisnamed => Dataset is not null && Dataset.Id != Source.Id;
    }
}
