using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Checks;

/// <summary>Every key of a file in <c>definitions/checks</c>.</summary>
public static class CheckKeys
{
    private const string Text = "text";
    private const string DatasetId = "id of a dataset";
    private const string InSection = "required in its section";

    public static KeyTable Table { get; } =
        new([
            new("check", Text, KeyEntry.Required, "The id, like `stock.daily_bars`"),
            new("title", Text, KeyEntry.Required, "What it asks, in a few words"),
            new("pools", $"list of {KeyTable.OneOf(Pools.ByViewName.Keys)}", KeyEntry.Required, "For whom it is asked"),
            new(
                "bucket",
                KeyTable.OneOf(Buckets.Names),
                KeyEntry.Required,
                "The asset bucket, under which `status` has it"
            ),
            new(
                "entities.dataset",
                DatasetId,
                InSection,
                "The list of the instruments that must have data; a check has `entities` or `entity`"
            ),
            new(
                "entities.symbol",
                "a text column",
                InSection,
                "Their symbol; every required dataset has a column of that name"
            ),
            new("entities.listed", "a date column", "since ever", "The first day on which data is expected"),
            new("entities.delisted", "a date column", "for ever", "The first day on which it is not any more"),
            new("entities.where", "DuckDB predicate", "all rows", "Which rows of the list count"),
            new(
                "entities.name",
                "a text column",
                KeyEntry.Nothing,
                "With `listed` it tells two instruments of one symbol apart"
            ),
            new(
                "entity",
                Text,
                KeyEntry.Nothing,
                "The name of the only thing that is asked about, in the place of `entities`"
            ),
            new("entity_type", Text, "`instrument` with `entities`, else `global`", "What the entities are"),
            new(
                "required",
                "list of ids of datasets",
                KeyEntry.Required,
                "What an entity must have rows in; all of one calendar and one grain"
            ),
            new(
                "values",
                "ids of datasets to lists of columns",
                KeyEntry.Nothing,
                "Columns that must not be null, or a row counts as none"
            ),
            new("suspensions.dataset", DatasetId, InSection, "Its rows excuse an entity's day; only with `entities`"),
            new("suspensions.symbol", "a text column", "called as `entities.symbol`", "Its column with the symbol"),
            new("suspensions.where", "DuckDB predicate", "all rows", "Which rows excuse"),
            new(
                "suspensions.unless",
                DatasetId,
                KeyEntry.Nothing,
                "A row in it says that the entity traded all the same"
            ),
        ]);
}
