using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>How many days tables keep, by <c>retention:</c> in <c>tidemark.yaml</c>. Immutable.</summary>
/// <param name="Days">By table (<c>layer.table</c>); a table without an entry keeps all days.</param>
/// <param name="Origins">The place of each entry in the file.</param>
/// <param name="Workspace">The folder whose <c>tidemark.yaml</c> it is.</param>
public sealed record RetentionOptions(
    IReadOnlyDictionary<string, int> Days,
    IReadOnlyDictionary<string, YamlOrigin> Origins,
    string Workspace
);

/// <summary>
/// Checks that <c>retention:</c> names only tables that exist: a table with a misspelt name would keep its days for
/// ever without a warning.
/// </summary>
public sealed class RetentionList(RetentionOptions options, KnownTables tables, DataLake lake, Switches switches)
{
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>CONFIG_INVALID</c>: lists every name that is no table, with the nearest name.
    /// </exception>
    /// <exception cref="TidemarkException">
    /// Code <c>TABLE_IS_LINK</c>: a name links to another table, whose days would be dropped.
    /// </exception>
    public async Task EnsureKnownAsync(CancellationToken cancellationToken)
    {
        if (options.Days.Count == 0)
        {
            return;
        }

        var known = await tables.NamesAsync(cancellationToken);
        var problems = new YamlProblems();
        foreach (var name in options.Days.Keys.Where(name => !known.Contains(name) && !switches.IsOff(name)))
        {
            problems.Add(
                options.Origins[name],
                $"'retention' names {name}, which is neither a table of the lake nor declared{NearestName.Hint(name, known)}"
            );
        }

        foreach (var name in options.Days.Keys.Where(known.Contains))
        {
            await lake.EnsureNoLinkAsync(TableId.Parse(name), cancellationToken);
        }

        problems.ThrowIfAny(YamlProblems.ConfigInvalid, $"the workspace {options.Workspace}");
    }
}
