using Tidemark.Core.Datasets;
using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;

namespace Tidemark.Completeness.Checks;

/// <summary>A check that is not asked.</summary>
/// <param name="Id">Which.</param>
/// <param name="Because">What of the workspace's <c>off:</c> it is due to.</param>
public sealed record CheckOff(string Id, string Because);

/// <summary>All declared checks, by id. Immutable.</summary>
public sealed class CheckRegistry
{
    /// <summary>Checks among the definitions: a file each. What a file is called is free: its id stands in it.</summary>
    public static DefinitionKind Kind { get; } = new("checks", [".yaml", ".yml"], ReadId: CheckFile.IdOf);

    private CheckRegistry(IReadOnlyList<CheckDefinition> checks, IReadOnlyList<CheckOff> off)
    {
        All = checks;
        Off = off;
    }

    /// <summary>Those that are asked, ordered by id.</summary>
    public IReadOnlyList<CheckDefinition> All { get; }

    /// <summary>Those that are not, because they or what they require are switched off; ordered by id.</summary>
    public IReadOnlyList<CheckOff> Off { get; }

    /// <summary>Reads every <c>*.yaml</c> file of one folder; nothing is off.</summary>
    /// <param name="directory">For example <c>definitions/checks</c>.</param>
    /// <param name="datasets">The declared datasets.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no check in it.</exception>
    public static CheckRegistry Load(string directory, IReadOnlyCollection<DatasetDefinition> datasets) =>
        Load(DefinitionFiles.Read(directory, own: null, Kind), datasets, [], OffList.None);

    /// <summary>Reads the files in force.</summary>
    /// <param name="files">Of the kind <see cref="Kind"/>.</param>
    /// <param name="datasets">The datasets that are on.</param>
    /// <param name="datasetsOff">Those that are off: a check that requires one cannot be complete, and is not asked.</param>
    /// <param name="off">What the workspace does without.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no check.</exception>
    public static CheckRegistry Load(
        DefinitionFiles files,
        IReadOnlyCollection<DatasetDefinition> datasets,
        IReadOnlyCollection<DatasetDefinition> datasetsOff,
        OffList off
    )
    {
        if (files.All.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no check in {files.Where}. Without checks nothing can be said to be complete; restore the shipped definitions/checks."
            );
        }

        var problems = new YamlProblems();
        var byId = datasets.Concat(datasetsOff).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var checks = new Dictionary<string, CheckDefinition>(StringComparer.Ordinal);
        var without = new List<CheckOff>();
        foreach (var file in files.All)
        {
            if (!file.Name.EndsWith(".yaml", StringComparison.Ordinal))
            {
                problems.Add(new YamlOrigin(file.Path, 0), "rename it to end in .yaml");
            }
            else if (off.Names(file.Id))
            {
                without.Add(new CheckOff(file.Id, "'off' names it"));
            }
            else if (
                CheckFile.Read(file.Path, DefinitionText.Read(file.Path), byId, problems) is { } check
                && !checks.TryAdd(check.Id, check)
            )
            {
                problems.Add(new YamlOrigin(file.Path, 1), $"the check '{check.Id}' is declared in two files");
            }
        }

        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the check definitions");
        var gone = datasetsOff.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var check in checks.Values.ToArray())
        {
            if (check.Indispensable.FirstOrDefault(d => gone.Contains(d.Id)) is { } dataset)
            {
                checks.Remove(check.Id);
                without.Add(new CheckOff(check.Id, $"it requires {dataset.Id}, which is off"));
            }
        }

        return new CheckRegistry(
            [.. checks.Values.OrderBy(c => c.Id, StringComparer.Ordinal)],
            [.. without.OrderBy(c => c.Id, StringComparer.Ordinal)]
        );
    }
}
