using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Modules;

namespace Tidemark.Operations.Modules;

/// <summary>Domains and modules as users name them.</summary>
internal static class SourceNames
{
    /// <summary>The datasets that a name means: of a domain or of a module.</summary>
    /// <exception cref="TidemarkException"><c>SOURCE_UNKNOWN</c>, with the nearest name.</exception>
    public static IReadOnlyList<DatasetDecision> Find(ModulePlan decided, string name)
    {
        DatasetDecision[] found =
        [
            .. decided.Decisions.Where(d =>
                d.Dataset.Module == name || d.Dataset.Id == name || d.Dataset.Bucket.Name() == name
            ),
        ];
        return found.Length > 0 ? found : throw Unknown(decided, name);
    }

    /// <summary>The module that a name means, also by one of its datasets; null where it is a domain.</summary>
    public static string? ModuleOf(IReadOnlyList<DatasetDecision> found, string name) =>
        Buckets.Find(name) is null ? found[0].Dataset.Module : null;

    /// <summary>The domain of that name.</summary>
    /// <exception cref="TidemarkException"><c>SOURCE_UNKNOWN</c>, with the nearest name.</exception>
    public static string Domain(string name) =>
        Buckets.Find(name) is { } bucket
            ? bucket.Name()
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "SOURCE_UNKNOWN",
                $"There is no domain '{name}'{NearestName.HintAtEnd(name, [.. Buckets.Names])}"
            );

    private static TidemarkException Unknown(ModulePlan decided, string name)
    {
        string[] known = [.. Buckets.Names, .. decided.Modules.Select(m => m.Module)];
        var hint = NearestName.Find(name, known) is { } near
            ? $"; did you mean '{near}'?"
            : ". `tidemark sources` lists them.";
        return new TidemarkException(
            ErrorKind.BadRequest,
            "SOURCE_UNKNOWN",
            $"There is no domain or module '{name}'{hint}"
        );
    }
}
