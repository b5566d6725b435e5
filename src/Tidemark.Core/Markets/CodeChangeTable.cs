using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Markets;

/// <summary>
/// The lake's own table of codes that changed from one list to another of the same day: the later list takes the
/// earlier one's place, and no list is left that has the earlier code. Declared as datasets are, so that it is read,
/// versioned and kept as they are; no vendor is asked for it.
/// </summary>
public static class CodeChangeTable
{
    /// <summary>The table <c>ods.ods_code_change</c>; <c>dt</c> is the day of the lists.</summary>
    public static DatasetDefinition Dataset { get; } =
        new()
        {
            Id = "tidemark.code_change",
            Title = "Codes that changed between two lists of one day",
            Vendor = "tidemark",
            Api = "code_change",
            Table = "ods_code_change",
            Module = "tidemark.code_change",
            Bucket = Bucket.Global,
            Grain = UnitGrain.Snapshot,
            Calendar = Exchanges.Shanghai,
            AvailableAt = TimeOnly.MinValue,
            Grace = TimeSpan.Zero,
            Parameters = new Dictionary<string, string>(),
            FanOut = new Dictionary<string, IReadOnlyList<string>>(),
            RowCap = 1,
            EmptyIsOrdinary = true,
            Key = ["list", "earlier"],
            Columns =
            [
                new ColumnDefinition("list", ColumnKind.Text, Nullable: false, Description: "The list's dataset"),
                new ColumnDefinition("earlier", ColumnKind.Text, Nullable: false, Description: "The code that left"),
                new ColumnDefinition("later", ColumnKind.Text, Nullable: false, Description: "The code in its place"),
                new ColumnDefinition("name", ColumnKind.Text, Description: "The name in both lists"),
                new ColumnDefinition("list_date", ColumnKind.Date, Description: "The listing day in both lists"),
            ],
        };
}
