using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>Selects the tables that a request means.</summary>
internal static class TableFilter
{
    /// <summary>
    /// The tables that the words name; all when there are no words. A word that matches nothing is an error.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// A word names no layer and no table, or one whose file has faults.
    /// </exception>
    public static HashSet<TableId> Select(WarehouseProject project, IReadOnlyList<string> words)
    {
        var selected = new HashSet<TableId>();
        foreach (var word in words)
        {
            var matches = project
                .Tables.Where(t => t.Id.Layer == word || t.Id.Name == word || t.Id.ToString() == word)
                .Select(t => t.Id)
                .ToArray();
            if (matches.Length == 0)
            {
                if (project.Off.FirstOrDefault(t => t.Id.Name == word || t.Id.ToString() == word) is { } off)
                {
                    throw new TidemarkException(
                        ErrorKind.BadRequest,
                        "BUILD_TARGET_OFF",
                        $"{off.Id} is not built in this workspace: {off.Because}. Take it from 'off' in tidemark.yaml. Nothing was built."
                    );
                }

                if (project.LeftOut.FirstOrDefault(f => f.Id == word || f.Id.Split('.')[^1] == word) is { } fault)
                {
                    throw fault.ToException();
                }

                var known = project.Tables.Select(t => t.Id.ToString()).Concat(project.Tables.Select(t => t.Id.Layer));
                throw new TidemarkException(
                    ErrorKind.BadRequest,
                    "BUILD_TARGET_UNKNOWN",
                    $"The warehouse has no layer or table '{word}'{NearestName.HintAtEnd(word, known.ToHashSet())} Nothing was built."
                );
            }

            selected.UnionWith(matches);
        }

        return words.Count == 0 ? [.. project.Tables.Select(t => t.Id)] : selected;
    }
}
