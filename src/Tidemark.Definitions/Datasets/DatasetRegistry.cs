using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>
/// All declared datasets. Immutable; a new dataset is a new file in <c>definitions/datasets</c> and no code.
/// </summary>
public sealed class DatasetRegistry
{
    /// <summary>Datasets among the definitions: a file each, called by its id.</summary>
    public static DefinitionKind Kind { get; } = new("datasets", [".yaml", ".yml"]);

    private readonly Dictionary<string, DatasetDefinition> _byId;
    private readonly Dictionary<string, DatasetDefinition> _byTable;

    private DatasetRegistry(
        IReadOnlyList<DatasetDefinition> datasets,
        IReadOnlyList<DatasetDefinition> off,
        IReadOnlyList<DefinitionFault> leftOut,
        IReadOnlyList<DefinitionFile> files
    )
    {
        Files = files;
        All = datasets;
        Planned = [.. datasets.Where(dataset => dataset.IsPlanned)];
        Off = off;
        LeftOut = leftOut;
        _byId = datasets.ToDictionary(dataset => dataset.Id);
        _byTable = datasets.ToDictionary(dataset => dataset.Table);
    }

    /// <summary>Those that are on, ordered by id.</summary>
    public IReadOnlyList<DatasetDefinition> All { get; }

    /// <summary>Those of them that a run plans which names none: no one that stands by or is retired.</summary>
    public IReadOnlyList<DatasetDefinition> Planned { get; }

    /// <summary>
    /// Those that the workspace has switched off, ordered by id: what they brought before can still be read.
    /// </summary>
    public IReadOnlyList<DatasetDefinition> Off { get; }

    /// <summary>Those whose files have faults, ordered by id.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; }

    /// <summary>The files in force, by id: also of what is off or left out.</summary>
    public IReadOnlyList<DefinitionFile> Files { get; }

    /// <summary>Reads every <c>*.yaml</c> file of one folder; nothing is off.</summary>
    /// <param name="directory">For example <c>definitions/datasets</c>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every
    /// file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no dataset in it.</exception>
    public static DatasetRegistry Load(string directory, IReadOnlySet<string> calendars) =>
        Load(DefinitionFiles.Read(directory, own: null, Kind), calendars, Switches.None);

    /// <summary>Reads the files in force; all of them have to be right.</summary>
    /// <param name="files">Of the kind <see cref="Kind"/>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <param name="switches">What the workspace does without.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every
    /// file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no dataset.</exception>
    public static DatasetRegistry Load(DefinitionFiles files, IReadOnlySet<string> calendars, Switches switches)
    {
        var registry = Read(DefinitionSet.Of(files), new CalendarNames(calendars), switches);
        var problems = new YamlProblems();
        problems.Add(registry.LeftOut.SelectMany(fault => fault.Problems));
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the dataset definitions");
        return registry;
    }

    /// <summary>The datasets of files; those with a fault are left out (<see cref="LeftOut"/>).</summary>
    /// <param name="set">Of the kind <see cref="Kind"/>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <param name="switches">What the workspace does without. The faults of a dataset that is off by its id are nobody's
    /// concern.</param>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no dataset.</exception>
    public static DatasetRegistry Read(DefinitionSet set, CalendarNames calendars, Switches switches)
    {
        if (set.Sources.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"The folder of dataset definitions {set.Files.Where} holds no *.yaml file. Check 'definitions' in tidemark.yaml."
            );
        }

        var draft = new DatasetDraft(calendars, switches);

        // The shipped ones first: where an own one takes a name of theirs, it is the own file that has the fault.
        foreach (var source in set.Sources.OrderBy(source => source.File.Origin))
        {
            draft.Add(source);
        }

        draft.CheckTogether();
        return new DatasetRegistry(
            Grouped(draft.Sound()),
            draft.Off(),
            draft.Faults(set.Files.Replaced),
            set.Files.All
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
    /// <exception cref="TidemarkException">Code <c>DATASET_UNKNOWN</c>, with the nearest name; or the dataset's file
    /// has faults.</exception>
    public DatasetDefinition Get(string name)
    {
        if (Find(name) is { } dataset)
        {
            return dataset;
        }

        if (LeftOut.FirstOrDefault(each => each.Id == name) is { } fault)
        {
            throw fault.ToException();
        }

        var matches = All.Where(each => IsCalled(each, name)).ToList();
        if (matches.Count == 0 && LeftOut.FirstOrDefault(each => IsCalled(each.Id, name)) is { } meant)
        {
            throw meant.ToException();
        }

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

    /// <summary>The same, for a dataset that is to be fetched.</summary>
    /// <exception cref="TidemarkException">Code <c>DATASET_RETIRED</c>: the vendor has given it up.</exception>
    public DatasetDefinition GetFetched(string name)
    {
        var dataset = Get(name);
        return dataset.Retired is not { } retired
            ? dataset
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "DATASET_RETIRED",
                $"{dataset.Id} is retired{(retired.Since is { } since ? $" since {since.ToIso()}" : "")}: {dataset.Vendor} does not serve '{dataset.Api}' any more, so nothing fetches it. What the lake has of it can be read."
            );
    }

    private string Hint(string name)
    {
        var nearest =
            NearestName.Find(name, _byId.Keys) ?? NearestName.Find(name, All.Select(each => each.Id.Split('.')[^1]));
        return nearest is null ? NearestName.Hint(name, _byId.Keys) : $"; did you mean '{nearest}'?";
    }

    private static bool IsCalled(DatasetDefinition dataset, string name) => IsCalled(dataset.Id, name);

    private static bool IsCalled(string id, string name) => id.EndsWith('.' + name, StringComparison.Ordinal);

    /// <summary>Each with whether its module has others.</summary>
    private static DatasetDefinition[] Grouped(IReadOnlyList<DatasetDefinition> datasets)
    {
        var sizes = datasets.CountBy(each => each.Module).ToDictionary(StringComparer.Ordinal);
        return [.. datasets.Select(each => each with { SharesModule = sizes[each.Module] > 1 })];
    }
}
