using System.Text;

namespace Tidemark.Lake.Tables;

/// <summary>The place of a file's rows.</summary>
/// <param name="Partition">The day or month, or the whole table.</param>
/// <param name="Values">
/// The values of the columns that divide a day further, in order; null for a unit without rows.
/// </param>
/// <param name="Days">The days of the rows, in order; empty in a table without days.</param>
internal sealed record FilePlace(TablePartition Partition, IReadOnlyList<string?> Values, IReadOnlyList<DateOnly> Days)
{
    // Characters that Hive and Spark escape in the name of a folder, on any system.
    private const string Escaped = "\"#%'*/:=?\\{}[]^\u007f";

    // The word that readers of Delta and Hive take for no value.
    private const string NoValue = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>The place of a unit without rows, or of rows of one day that nothing divides further.</summary>
    public static FilePlace Of(TablePartitioning partitioning, DateOnly? day) =>
        new(TablePartition.Of(partitioning, day), new string?[partitioning.Within.Count], day is { } of ? [of] : []);

    /// <summary>The folder below the table's, as it is on disk: <c>dt=2022-06-01/underlying=SPY/</c>.</summary>
    public string FolderIn(TablePartitioning partitioning) =>
        Partition.Folder
        + string.Concat(partitioning.Within.Zip(Values, (column, value) => $"{column}={EscapedValue(value)}/"));

    /// <summary>The values of all partition columns, as in the log.</summary>
    public Dictionary<string, string?> ValuesIn(TablePartitioning partitioning)
    {
        var values = new Dictionary<string, string?>(Partition.Values, StringComparer.Ordinal);
        foreach (var (column, value) in partitioning.Within.Zip(Values))
        {
            values[column] = value;
        }

        return values;
    }

    private static string EscapedValue(string? value)
    {
        if (value is null)
        {
            return NoValue;
        }

        if (!value.Any(IsEscaped))
        {
            return value;
        }

        var text = new StringBuilder();
        foreach (var c in value)
        {
            _ = IsEscaped(c) ? text.Append('%').Append(((int)c).ToString("X2", null)) : text.Append(c);
        }

        return text.ToString();
    }

    private static bool IsEscaped(char c) => c < ' ' || Escaped.Contains(c, StringComparison.Ordinal);
}
