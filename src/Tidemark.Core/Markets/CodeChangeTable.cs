using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Markets;

/// <summary>
/// The lake's own table of codes that changed from one list to another of the same day: the later list takes the
/// earlier one's place, and no list is left that has the earlier code.
/// </summary>
public static class CodeChangeTable
{
    /// <summary>The table <c>ods.ods_code_change</c>; <c>dt</c> is the day of the lists.</summary>
    public static DatasetDefinition Dataset { get; } =
        OwnTable.Declare(
            "code_change",
            "Codes that changed between two lists of one day",
            Bucket.Global,
            ["list", "earlier"],
            [
                new ColumnDefinition("list", ColumnKind.Text, Nullable: false, Description: "The list's dataset"),
                new ColumnDefinition("earlier", ColumnKind.Text, Nullable: false, Description: "The code that left"),
                new ColumnDefinition("later", ColumnKind.Text, Nullable: false, Description: "The code in its place"),
                new ColumnDefinition("name", ColumnKind.Text, Description: "The name in both lists"),
                new ColumnDefinition("list_date", ColumnKind.Date, Description: "The listing day in both lists"),
            ]
        );
}
