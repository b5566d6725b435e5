using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Checks that the live files of a version are of a kind that can be read. Checked when a version is opened, so that a
/// table with other files is left out by name and no reader finds it out later. Pure.
/// </summary>
internal static class FileRules
{
    /// <exception cref="TidemarkException">
    /// A file lies outside of the table, has deleted rows, or has a partition value that does not fit the column's
    /// type.
    /// </exception>
    public static void EnsureReadable(TableSnapshot snapshot, IEnumerable<AddAction> files)
    {
        var typed = TypedPartitionsOf(snapshot);
        foreach (var file in files)
        {
            _ = DeltaPath.KeyOf(snapshot.Table, file);
            if (file.DeletionVector is not null)
            {
                throw Unsupported(
                    snapshot.Table,
                    $"has deleted rows in the file {file.Path} (a deletion vector), which its protocol (reader version 1) does not know and Tidemark does not read. Use the engine that wrote it."
                );
            }

            foreach (var (column, type) in typed)
            {
                if (
                    file.PartitionValues.TryGetValue(column, out var value)
                    && !string.IsNullOrEmpty(value)
                    && !IsOf(type, value)
                )
                {
                    throw Unsupported(
                        snapshot.Table,
                        $"has the file {file.Path} under {column} = '{value}', which is no {type.DeltaName}. Remove it with the engine that added it."
                    );
                }
            }
        }
    }

    private static (string Column, LakeType Type)[] TypedPartitionsOf(TableSnapshot snapshot) =>
        [
            .. snapshot
                .Columns.Where(c => snapshot.PartitionColumns.Contains(c.Name))
                .Where(c => c.Type == LakeType.Date || c.Type == LakeType.Long)
                .Select(c => (c.Name, c.Type)),
        ];

    private static bool IsOf(LakeType type, string value) =>
        type == LakeType.Date
            ? DateOnly.TryParseExact(value, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static TidemarkException Unsupported(TableId table, string what) =>
        new(ErrorKind.Storage, "TABLE_UNSUPPORTED", $"{table} {what}");
}
