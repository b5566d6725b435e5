using Tidemark.Core.Columns;

namespace Tidemark.Ingest.Extraction;

/// <summary>A column of a unit with values that are not of its type; they are null.</summary>
/// <param name="Field">The vendor's name of it.</param>
/// <param name="Values">How many there are.</param>
/// <param name="Example">One of them, shortened.</param>
public sealed record RetypedColumn(string Field, int Values, string Example)
{
    /// <summary>Those of a unit's rows.</summary>
    internal static IReadOnlyList<RetypedColumn> Of(ColumnBatch rows)
    {
        List<RetypedColumn>? retyped = null;
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            if (rows.Columns[i] is { UnreadableCount: > 0 } column)
            {
                (retyped ??= []).Add(
                    new RetypedColumn(rows.Definitions[i].Field, column.UnreadableCount, column.UnreadableExample!)
                );
            }
        }

        return retyped ?? [];
    }
}
