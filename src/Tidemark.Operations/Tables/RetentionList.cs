using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>What <c>retention:</c> in <c>tidemark.yaml</c> says: how many days a table keeps. Immutable.</summary>
/// <param name="Days">By table (<c>layer.table</c>); one that is not named is kept for ever.</param>
/// <param name="Origins">Where each of them stands.</param>
/// <param name="Workspace">The folder whose <c>tidemark.yaml</c> it is.</param>
public sealed record RetentionOptions(
    IReadOnlyDictionary<string, int> Days,
    IReadOnlyDictionary<string, YamlOrigin> Origins,
    string Workspace
);

/// <summary>
/// Looks whether each table that <c>retention:</c> names is one: a misspelt name keeps its table for ever, and nobody
/// would notice.
/// </summary>
public sealed class RetentionList(RetentionOptions options, KnownTables tables, DataLake lake, OffList off)
{
    /// <exception cref="InvalidDefinitionException">
    /// Code <c>CONFIG_INVALID</c>: every name that is none, and the nearest one.
    /// </exception>
    /// <exception cref="TidemarkException">
    /// Code <c>TABLE_IS_LINK</c>: a name is another one's, whose days would be dropped.
    /// </exception>
    public async Task EnsureKnownAsync(CancellationToken cancellationToken)
    {
        if (options.Days.Count == 0)
        {
            return;
        }

        var known = await tables.NamesAsync(cancellationToken);
        var problems = new YamlProblems();
        foreach (var name in options.Days.Keys.Where(name => !known.Contains(name) && !off.Names(name)))
        {
            problems.Add(
                options.Origins[name],
                $"'retention' names {name}, which is no table of the lake and none that is declared{NearestName.Hint(name, known)}"
            );
        }

        foreach (var name in options.Days.Keys.Where(known.Contains))
        {
            await lake.EnsureNoLinkAsync(TableId.Parse(name), cancellationToken);
        }

        problems.ThrowIfAny(YamlProblems.ConfigInvalid, $"the workspace {options.Workspace}");
    }
}
