using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;

namespace Tidemark.Ingest.Registry;

/// <summary>All declared datasets. Immutable; a new dataset is a new file in <c>definitions/datasets</c> and no code.</summary>
public sealed class DatasetRegistry
{
    private readonly Dictionary<string, DatasetDefinition> _byId;
    private readonly Dictionary<string, DatasetDefinition> _byTable;

    private DatasetRegistry(IReadOnlyList<DatasetDefinition> datasets)
    {
        All = datasets;
        _byId = datasets.ToDictionary(dataset => dataset.Id);
        _byTable = datasets.ToDictionary(dataset => dataset.Table);
    }

    /// <summary>Ordered by id.</summary>
    public IReadOnlyList<DatasetDefinition> All { get; }

    /// <summary>Reads every <c>*.yaml</c> file of a folder.</summary>
    /// <param name="directory">For example <c>definitions/datasets</c>.</param>
    /// <param name="calendars">The calendars that a dataset may name.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no dataset in it.</exception>
    public static DatasetRegistry Load(string directory, IReadOnlySet<string> calendars)
    {
        var problems = new YamlProblems();
        var datasets = new List<(string File, DatasetDefinition Dataset)>();
        foreach (var path in FilesOf(directory))
        {
            var file = Path.GetFileName(path);
            if (file.EndsWith(".yaml", StringComparison.Ordinal))
            {
                datasets.Add((file, DatasetFile.Read(file, File.ReadAllText(path), calendars, problems)));
            }
            else if (file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            {
                // Left unread it would be a dataset that silently does not exist.
                problems.Add(new YamlOrigin(file, 0), "rename it to end in .yaml");
            }
        }

        RejectSharedNames(datasets, problems);
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, $"the dataset definitions in {directory}");
        return datasets.Count > 0
            ? new DatasetRegistry([
                .. datasets.Select(each => each.Dataset).OrderBy(each => each.Id, StringComparer.Ordinal),
            ])
            : throw Missing(directory, "holds no *.yaml file");
    }

    /// <summary>The dataset with an id, or null.</summary>
    public DatasetDefinition? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The dataset that fills a lake table, or null.</summary>
    public DatasetDefinition? FindByTable(string table) => _byTable.GetValueOrDefault(table);

    /// <summary>
    /// The dataset that a user names: by id (<c>tushare.daily</c>), or by the part after the dot when that is enough to tell.
    /// </summary>
    /// <exception cref="TidemarkException">Code <c>DATASET_UNKNOWN</c>, with the nearest name.</exception>
    public DatasetDefinition Get(string name)
    {
        if (Find(name) is { } dataset)
        {
            return dataset;
        }

        var matches = All.Where(each => each.Id.EndsWith('.' + name, StringComparison.Ordinal)).ToList();
        if (matches.Count == 1)
        {
            return matches[0];
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

    private static IEnumerable<string> FilesOf(string directory)
    {
        try
        {
            return Directory.GetFiles(directory).Order(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            throw Missing(directory, "is not there");
        }
    }

    private static void RejectSharedNames(
        List<(string File, DatasetDefinition Dataset)> datasets,
        YamlProblems problems
    )
    {
        Reject("dataset", each => each.Id);
        Reject("table", each => each.Table);
        Reject("module", each => each.Module); // probes and step rows are kept by module

        void Reject(string key, Func<DatasetDefinition, string> name)
        {
            foreach (
                var group in datasets.Where(each => name(each.Dataset).Length > 0).GroupBy(each => name(each.Dataset))
            )
            {
                foreach (var (file, _) in group.Skip(1))
                {
                    problems.Add(new YamlOrigin(file, 0), $"{key} '{group.Key}' is taken by {group.First().File}");
                }
            }
        }
    }

    private static TidemarkException Missing(string directory, string problem) =>
        new(
            ErrorKind.Configuration,
            "DEFINITIONS_MISSING",
            $"The folder of dataset definitions {directory} {problem}. Check 'definitions' in tidemark.yaml."
        );
}
