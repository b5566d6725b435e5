using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Core.Markets;

/// <summary>
/// The lake's own table of the values that macro figures have had: vendors replace a figure when it is revised and do
/// not tell what it was, so each value is kept with the moment at which the lake had it first. Rows are added and never
/// changed.
/// </summary>
public static class MacroVintageTable
{
    /// <summary>The table <c>ods.ods_macro_vintage</c>; <c>dt</c> is the day of <c>seen_at</c> in Shanghai.</summary>
    public static DatasetDefinition Dataset { get; } =
        OwnTable.Declare(
            "macro_vintage",
            "Values that macro figures have had, and since when",
            Bucket.Macro,
            ["dataset", "field", "period", "seen_at"],
            [
                new ColumnDefinition("dataset", ColumnKind.Text, Nullable: false, Description: "The figure's dataset"),
                new ColumnDefinition("field", ColumnKind.Text, Nullable: false, Description: "Its column"),
                new ColumnDefinition(
                    "period",
                    ColumnKind.Date,
                    Nullable: false,
                    Description: "The last day of what it is about"
                ),
                new ColumnDefinition("value", ColumnKind.Double, Nullable: false, Description: "As the vendor sent it"),
                new ColumnDefinition("unit", ColumnKind.Text, Description: "The unit that the dataset declares"),
                new ColumnDefinition(
                    "seen_at",
                    ColumnKind.Timestamp,
                    Nullable: false,
                    Description: "When the lake was found to have the value"
                ),
            ]
        );

    /// <summary>
    /// Whether the figures of a dataset are kept here: macro figures of periods and days, one row a period, which is
    /// its key. Lists that come whole keep their own past, a day's list beside the other.
    /// </summary>
    public static bool Keeps(DatasetDefinition dataset) =>
        dataset.Bucket == Bucket.Macro
        && dataset.Grain is UnitGrain.Period or UnitGrain.Events
        && dataset.Key is [var key]
        && key == (dataset.DateColumn ?? dataset.PeriodColumn)
        && dataset.Columns.Any(c => c.Kind == ColumnKind.Double);
}
