using System.Text;
using Tidemark.Core.Answers;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// The canaries of a dataset that have no row, whether they are owed on the day or not. They stand with the unit's
/// files in the log.
/// </summary>
internal static class AbsentCanaries
{
    /// <summary>The tag of the unit's files.</summary>
    public const string Tag = "canaries";

    /// <summary>Those that rows lacked when they were committed.</summary>
    public static IReadOnlyList<string> Of(UnitSlice slice) =>
        slice.Tag(Tag) is { Length: > 0 } text ? AnswerTable.Parse(text).Rows[0] : [];

    /// <summary>Those of the declared ones that no row names, in the order of the file.</summary>
    public static IReadOnlyList<string> Of(DatasetDefinition dataset, ColumnBatch rows)
    {
        if (dataset.Canaries is not { } canaries)
        {
            return [];
        }

        var column = (TextColumn)rows[canaries.Column];
        var absent = new List<string>();
        foreach (var symbol in canaries.Symbols)
        {
            if (!IsNamed(column, Encoding.UTF8.GetBytes(symbol)))
            {
                absent.Add(symbol);
            }
        }

        return absent;
    }

    private static bool IsNamed(TextColumn column, ReadOnlySpan<byte> symbol)
    {
        for (var row = 0; row < column.Count; row++)
        {
            if (column[row].SequenceEqual(symbol))
            {
                return true;
            }
        }

        return false;
    }
}
