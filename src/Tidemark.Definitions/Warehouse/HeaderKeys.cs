using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Warehouse;

/// <summary>Every key of the header of a SQL file in <c>definitions/warehouse</c>.</summary>
public static class HeaderKeys
{
    public static KeyTable Table { get; } =
        new([
            new(
                "partition",
                KeyTable.OneOf(["dt", "month", "none"]),
                KeyEntry.Required,
                "`dt`: a folder a day. `month`: a folder a month, built by days all the same ([lake.md](../formats/lake.md#tables-by-month)). `none`: one whole, built when anything that it reads changes"
            ),
            new(
                "key",
                "list of columns",
                KeyEntry.Required,
                "The columns that identify a row within its partition; without `dt`. A key that stands twice or holds a null is not published (`BUILD_KEY`)"
            ),
            new(
                "mode",
                KeyTable.OneOf(["day", "range"]),
                "day",
                "`day`: a query a day, for `${PARTITION_DATE}`. `range`: a query for the days from `${RANGE_FROM}` to `${RANGE_TO}`; it must give the column `dt` (a date, or text that is one). Not for `partition: none`"
            ),
            new(
                "reach",
                "names of tables to `day`, `N trading days`, `valid` or `everything`",
                "see below",
                "How far a day looks into each input"
            ),
            new(
                "calendar",
                "an exchange: `XSHG`, `XNYS`, …",
                "required with `N trading days`",
                "Whose trading days are counted ([calendars](calendar.md))"
            ),
            new("description", "text", KeyEntry.Nothing, "What the table is, in a sentence"),
            new(
                "columns",
                "names to keys",
                KeyEntry.Nothing,
                "What is said of columns; it becomes their comment in the lake"
            ),
            new("columns.*.unit", "text", KeyEntry.Nothing, "`CNY`, `share`, `fraction`, `times`, …"),
            new("columns.*.about", "text", KeyEntry.Nothing, "What it is"),
        ]);
}
