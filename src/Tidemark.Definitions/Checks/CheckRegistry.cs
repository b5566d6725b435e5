using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Checks;

/// <summary>A check that is not asked.</summary>
/// <param name="Id">Which.</param>
/// <param name="Because">What of the workspace's <c>off:</c> it is due to.</param>
public sealed record CheckOff(string Id, string Because);

/// <summary>All declared checks, by id. Immutable.</summary>
public sealed class CheckRegistry
{
    /// <summary>
    /// Checks among the definitions: a file each. What a file is called is free: its id stands in it.
    /// </summary>
    public static DefinitionKind Kind { get; } = new("checks", [".yaml", ".yml"], ReadId: CheckFile.IdOf);

    private CheckRegistry(
        IReadOnlyList<CheckDefinition> checks,
        IReadOnlyList<CheckOff> off,
        IReadOnlyList<DefinitionFault> leftOut
    )
    {
        All = checks;
        Off = off;
        LeftOut = leftOut;
    }

    /// <summary>Those that are asked, ordered by id.</summary>
    public IReadOnlyList<CheckDefinition> All { get; }

    /// <summary>Those that are not, because they or what they require are switched off; ordered by id.</summary>
    public IReadOnlyList<CheckOff> Off { get; }

    /// <summary>Those whose files have faults, or that need a dataset whose file has; ordered by id.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; }

    /// <summary>Reads every <c>*.yaml</c> file of one folder; nothing is off.</summary>
    /// <param name="directory">For example <c>definitions/checks</c>.</param>
    /// <param name="datasets">The declared datasets.</param>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>DEFINITION_INVALID</c>: every fault of every file.
    /// </exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no check in it.</exception>
    public static CheckRegistry Load(string directory, IReadOnlyCollection<DatasetDefinition> datasets) =>
        Load(DefinitionFiles.Read(directory, own: null, Kind), datasets, [], Switches.None);

    /// <summary>Reads the files in force; all of them have to be right.</summary>
    /// <param name="files">Of the kind <see cref="Kind"/>.</param>
    /// <param name="datasets">The datasets that are on.</param>
    /// <param name="datasetsOff">
    /// Those that are off: a check that requires one cannot be complete, and is not asked.
    /// </param>
    /// <param name="switches">What the workspace does without.</param>
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>DEFINITION_INVALID</c>: every fault of every file.
    /// </exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no check.</exception>
    public static CheckRegistry Load(
        DefinitionFiles files,
        IReadOnlyCollection<DatasetDefinition> datasets,
        IReadOnlyCollection<DatasetDefinition> datasetsOff,
        Switches switches
    )
    {
        var registry = Read(DefinitionSet.Of(files), datasets, datasetsOff, [], switches);
        var problems = new YamlProblems();
        problems.Add(registry.LeftOut.SelectMany(fault => fault.Problems));
        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, "the check definitions");
        return registry;
    }

    /// <summary>The checks of files; those with a fault are left out (<see cref="LeftOut"/>).</summary>
    /// <param name="set">Of the kind <see cref="Kind"/>.</param>
    /// <param name="datasets">The datasets that are on.</param>
    /// <param name="datasetsOff">
    /// Those that are off: a check that requires one cannot be complete, and is not asked.
    /// </param>
    /// <param name="datasetsLeftOut">
    /// Ids of those whose files have faults: a check that names one is left out, too.
    /// </param>
    /// <param name="switches">What the workspace does without.</param>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no check.</exception>
    public static CheckRegistry Read(
        DefinitionSet set,
        IReadOnlyCollection<DatasetDefinition> datasets,
        IReadOnlyCollection<DatasetDefinition> datasetsOff,
        IReadOnlyCollection<string> datasetsLeftOut,
        Switches switches
    )
    {
        if (set.Sources.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no check in {set.Files.Where}. Without checks Tidemark cannot say what is complete; restore the shipped definitions/checks."
            );
        }

        var known = new KnownDatasets(
            datasets.Concat(datasetsOff).ToDictionary(d => d.Id, StringComparer.Ordinal),
            datasetsLeftOut.ToHashSet(StringComparer.Ordinal)
        );
        var checks = new Dictionary<string, CheckDefinition>(StringComparer.Ordinal);
        var without = new List<CheckOff>();
        var faults = new List<DefinitionFault>();
        foreach (var source in set.Sources)
        {
            if (switches.IsOff(source.Id))
            {
                without.Add(new CheckOff(source.Id, "'off' names it"));
                continue;
            }

            var problems = new YamlProblems();
            var check = Read(source, known, problems);
            if (check is not null && !checks.TryAdd(check.Id, check))
            {
                problems.Add(new YamlOrigin(source.Path, 1), $"the check '{check.Id}' is declared in two files");
            }

            if (problems.Any)
            {
                faults.Add(new DefinitionFault("check", source.Id, YamlProblems.DefinitionInvalid, problems.Items));
            }
        }

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
            [.. without.OrderBy(c => c.Id, StringComparer.Ordinal)],
            [.. faults.OrderBy(f => f.Id, StringComparer.Ordinal)]
        );
    }

    private static CheckDefinition? Read(DefinitionSource source, KnownDatasets known, YamlProblems problems)
    {
        if (!source.TryText(problems, out var text))
        {
            return null;
        }

        if (!source.File.Name.EndsWith(".yaml", StringComparison.Ordinal))
        {
            problems.Add(new YamlOrigin(source.Path, 0), "rename it to end in .yaml");
            return null;
        }

        return CheckFile.Read(source.Path, text, known, problems);
    }
}
