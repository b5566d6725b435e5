using Tidemark.Core.Definitions;
using Tidemark.Core.Yaml;

namespace Tidemark.Operations.Tables;

/// <summary>What <c>retention:</c> in <c>tidemark.yaml</c> says: how many days a table keeps. Immutable.</summary>
/// <param name="Days">By table (<c>layer.table</c>); one that is not named is kept for ever.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record RetentionOptions(IReadOnlyDictionary<string, int> Days, YamlOrigin Origin);

/// <summary>Looks whether each table that <c>retention:</c> names is one: a misspelt name keeps its table for ever, and nobody would notice.</summary>
public sealed class RetentionList(RetentionOptions options, KnownTables tables, OffList off)
{
    /// <exception cref="InvalidDefinitionException">Code <c>CONFIG_INVALID</c>: every name that is none, and the nearest one.</exception>
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
                options.Origin,
                $"'retention' names {name}, which is no table of the lake and none that is declared{NearestName.Hint(name, known)}"
            );
        }

        problems.ThrowIfAny(YamlProblems.ConfigInvalid, "the workspace");
    }
}
