using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Operations.Definitions;

/// <summary>Compares what a dataset declares with its vendor's page. Pure.</summary>
internal static class PageComparison
{
    public static AnswerCheck Of(DatasetDefinition dataset, VendorPage page)
    {
        var listed = page.Fields.Select(field => field.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var declared = dataset.Columns.SelectMany(column => column.Fields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new AnswerCheck(
            page.File,
            Rows: 0,
            [.. page.Fields.Where(field => !declared.Contains(field.Name)).Select(field => field.Name)],
            [
                .. dataset
                    .Columns.Where(column => !column.IsPart && !column.Optional && !column.Fields.Any(listed.Contains))
                    .Select(column => column.Field),
            ],
            [.. page.Fields.Select(field => Retyped(dataset, field)).OfType<RetypedColumn>()],
            Problem: null
        );
    }

    /// <summary>
    /// A number that is declared as none. What a page calls <c>str</c> may be a number all the same: the vendor's pages
    /// say so of some that it sends as numbers, and it sends some numbers as texts.
    /// </summary>
    private static RetypedColumn? Retyped(DatasetDefinition dataset, PageField field) =>
        field.Type.ToLowerInvariant() is "float" or "int" or "number"
        && dataset.Columns.FirstOrDefault(c => c.Field.Equals(field.Name, StringComparison.OrdinalIgnoreCase))
            is { Kind: not (ColumnKind.Double or ColumnKind.Long) } column
            ? new RetypedColumn(column.Name, ListDatasets.WordOf(column.Kind), $"the page says {field.Type}")
            : null;
}
