using Tidemark.Core.Datasets;
using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;

namespace Tidemark.Ingest.Registry;

/// <summary>
/// All declared datasets. Immutable; a new dataset is a new file in <c>definitions/datasets</c> and no code.
/// </summary>
public sealed class DatasetRegistry
{
    /// <summary>Datasets among the definitions: a file each, called by its id.</summary>
    public static DefinitionKind Kind { get; } = new("datasets", [".yaml", ".yml"]);

    private readonly Dictionary<string, DatasetDefinition> _byId;
    private readonly Dictionary<string, DatasetDefinition> _byTable;

    private DatasetRegistry(IReadOnlyList<DatasetDefinition> datasets, IReadOnlyList<DatasetDefinition> off)
    {
        All = datasets;
        Off = off;
        _byId = datasets.ToDictionary(dataset => dataset.Id);
        _byTable = datasets.ToDictionary(dataset => dataset.Table);
    }

    /// <summary>Those that are on, ordered by id.</summary>
    public IReadOnlyList<DatasetDefinition> All { get; }

    /// <summary>
    /// Those that the workspace has switched off, ordered by id: what they brought before can still be read.
    /// </summary>
    public IReadOnlyList<DatasetDefinition> Off { get; }

    /// <summary>Reads every <c>*.yaml</c> file of one folder; nothing is off.</summary>
    /// <param name="directory">For example <c>definitions/datasets</c>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every
    /// file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no dataset in it.</exception>
    public static DatasetRegistry Load(string directory, IReadOnlySet<string> calendars) =>
        Load(DefinitionFiles.Read(directory, own: null, Kind), calendars, OffList.None);

    /// <summary>Reads the files in force.</summary>
    /// <param name="files">Of the kind <see cref="Kind"/>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <param name="off">What the workspace does without. The faults of a dataset that is off by its id are nobody's
    /// concern.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every
    /// file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no dataset.</exception>
    public static DatasetRegistry Load(DefinitionFiles files, IReadOnlySet<string> calendars, OffList off)
    {
        var problems = new YamlProblems();
        var on = new List<(string File, DatasetDefinition Dataset)>();
        var without = new List<DatasetDefinition>();

        // The shipped ones first: where an own one takes a name of theirs, it is the own file that has the fault.
        foreach (var file in files.All.OrderBy(file => file.Origin))
        {
            if (!file.Name.EndsWith(".yaml", StringComparison.Ordinal))
            {
                // Left unread it would be a dataset that silently does not exist.
                problems.Add(new YamlOrigin(file.Path, 0), "rename it to end in .yaml");
                continue;
            }

            var isOff = off.Names(file.Id);
            var found = isOff ? new YamlProblems() : problems;
            var before = found.Items.Count;
            var dataset = DatasetFile.Read(file.Path, DefinitionText.Read(file.Path), calendars, found);
            if (!isOff && !off.Names(dataset))
            {
                on.Add((file.Path, dataset));
            }
            else if (found.Items.Count == before)
            {
                without.Add(dataset);
            }
        }

        RejectSharedNames(on, problems);
        CheckLists(on, without, problems);
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the dataset definitions");
        return files.All.Count > 0
            ? new DatasetRegistry(
                Grouped([
                    .. on.Select(each => SymbolLists.WithDefaults(each.Dataset, Everything(on, without)))
                        .OrderBy(each => each.Id, StringComparer.Ordinal),
                ]),
                [.. without.OrderBy(each => each.Id, StringComparer.Ordinal)]
            )
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"The folder of dataset definitions {files.Where} holds no *.yaml file. Check 'definitions' in tidemark.yaml."
            );
    }

    /// <summary>The dataset with an id, or null.</summary>
    public DatasetDefinition? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The dataset that fills a lake table, or null.</summary>
    public DatasetDefinition? FindByTable(string table) => _byTable.GetValueOrDefault(table);

    /// <summary>
    /// The dataset that a user names: by id (<c>tushare.daily</c>), or by the part after the dot when that is enough to
    /// tell.
    /// </summary>
    /// <exception cref="TidemarkException">Code <c>DATASET_UNKNOWN</c>, with the nearest name.</exception>
    public DatasetDefinition Get(string name)
    {
        if (Find(name) is { } dataset)
        {
            return dataset;
        }

        var matches = All.Where(each => IsCalled(each, name)).ToList();
        if (matches.Count == 1)
        {
            return matches[0];
        }

        if (matches.Count == 0 && Off.FirstOrDefault(each => each.Id == name || IsCalled(each, name)) is { } off)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DATASET_OFF",
                $"{off.Id} is switched off in this workspace: take it, its module {off.Module} or its table from 'off' in tidemark.yaml."
            );
        }

        var problem =
            matches.Count > 1
                ? $"'{name}' could be {string.Join(" or ", matches.Select(match => match.Id))}; write the whole id"
                : $"there is no dataset '{name}'{Hint(name)}";
        throw new TidemarkException(ErrorKind.Configuration, "DATASET_UNKNOWN", problem);
    }

    private string Hint(string name)
    {
        var nearest =
            NearestName.Find(name, _byId.Keys) ?? NearestName.Find(name, All.Select(each => each.Id.Split('.')[^1]));
        return nearest is null ? NearestName.Hint(name, _byId.Keys) : $"; did you mean '{nearest}'?";
    }

    private static bool IsCalled(DatasetDefinition dataset, string name) =>
        dataset.Id.EndsWith('.' + name, StringComparison.Ordinal);

    private static IEnumerable<DatasetDefinition> Everything(
        IEnumerable<(string File, DatasetDefinition Dataset)> on,
        IEnumerable<DatasetDefinition> off
    ) => on.Select(each => each.Dataset).Concat(off);

    // A list that is off is read all the same, as far as the lake has it.
    private static void CheckLists(
        IReadOnlyList<(string File, DatasetDefinition Dataset)> on,
        IReadOnlyList<DatasetDefinition> off,
        YamlProblems problems
    )
    {
        foreach (var (file, dataset) in on)
        {
            foreach (var problem in SymbolLists.Problems(dataset, [.. Everything(on, off)]))
            {
                problems.Add(new YamlOrigin(file, 0), problem);
            }
        }
    }

    /// <summary>Each with whether its module has others.</summary>
    private static DatasetDefinition[] Grouped(IReadOnlyList<DatasetDefinition> datasets)
    {
        var sizes = datasets.CountBy(each => each.Module).ToDictionary(StringComparer.Ordinal);
        return [.. datasets.Select(each => each with { SharesModule = sizes[each.Module] > 1 })];
    }

    private static void RejectSharedNames(
        List<(string File, DatasetDefinition Dataset)> datasets,
        YamlProblems problems
    )
    {
        Reject("dataset", each => each.Id);
        Reject("table", each => each.Table);

        void Reject(string key, Func<DatasetDefinition, string> name)
        {
            foreach (
                var group in datasets.Where(each => name(each.Dataset).Length > 0).GroupBy(each => name(each.Dataset))
            )
            {
                var (first, other) = group.First();
                foreach (var (file, _) in group.Skip(1))
                {
                    problems.Add(
                        new YamlOrigin(file, 0),
                        $"{key} '{group.Key}' is taken by {first}; give it another, or do without that one by `off: [{other.Id}]` in tidemark.yaml"
                    );
                }
            }
        }
    }
}
