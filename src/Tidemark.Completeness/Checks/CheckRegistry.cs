using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Yaml;

namespace Tidemark.Completeness.Checks;

/// <summary>All declared checks, by id. Immutable.</summary>
public sealed class CheckRegistry
{
    private CheckRegistry(IReadOnlyList<CheckDefinition> checks) => All = checks;

    /// <summary>Ordered by id.</summary>
    public IReadOnlyList<CheckDefinition> All { get; }

    /// <summary>Reads every <c>*.yaml</c> file of a folder.</summary>
    /// <param name="directory">For example <c>definitions/checks</c>.</param>
    /// <param name="datasets">The declared datasets.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>DEFINITION_INVALID</c>: every fault of every file.</exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: no folder, or no check in it.</exception>
    public static CheckRegistry Load(string directory, IReadOnlyCollection<DatasetDefinition> datasets)
    {
        var files = Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.yaml").Order(StringComparer.Ordinal).ToArray()
            : [];
        if (files.Length == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no check in {directory}. Without checks nothing can be said to be complete; restore the shipped definitions/checks."
            );
        }

        var problems = new YamlProblems();
        var byId = datasets.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var checks = new Dictionary<string, CheckDefinition>(StringComparer.Ordinal);
        foreach (var path in files)
        {
            var file = Path.GetFileName(path);
            if (CheckFile.Read(file, File.ReadAllText(path), byId, problems) is not { } check)
            {
                continue;
            }

            if (!checks.TryAdd(check.Id, check))
            {
                problems.Add(new YamlOrigin(file, 1), $"the check '{check.Id}' is declared in two files");
            }
        }

        problems.ThrowIfAny(YamlProblems.DefinitionInvalid, $"the check definitions in {directory}");
        return new CheckRegistry([.. checks.Values.OrderBy(c => c.Id, StringComparer.Ordinal)]);
    }
}
