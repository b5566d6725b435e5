using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>Every key of a file in <c>definitions/datasets</c>.</summary>
public static class DatasetKeys
{
    private const string Text = "text";
    private const string Column = "a column";
    private const string ListColumn = "a column of the list";

    public static KeyTable Table { get; } =
        new([
            new(
                "dataset",
                Text,
                KeyEntry.Required,
                "The id: vendor and call, like `tushare.daily`. The file is called so"
            ),
            new("title", Text, KeyEntry.Required, "What it is, in a few words"),
            new("title_zh", Text, KeyEntry.Nothing, "The same in Chinese"),
            new(
                "batch",
                KeyTable.OneOf(Batches.All),
                KeyEntry.Nothing,
                "Its batch of the plan; `on` in `tidemark.yaml` takes all of a batch"
            ),
            new(
                "flag",
                KeyTable.OneOf(FlagNames.OfDatasets),
                KeyEntry.Nothing,
                "The flag of the rollout that must be on, beside its batch's, before a run that names no dataset plans it (`tidemark flags`)"
            ),
            new(
                "points",
                "whole number, or `purchased`",
                KeyEntry.Nothing,
                "The points that the account needs, 0 where none are documented; or that it is bought by itself"
            ),
            new(
                "history",
                "day like `2007-01-04`",
                KeyEntry.Nothing,
                "The first day that the vendor has: earlier ones are not asked for. Without it nobody knows, and a run learns it from 20 open days that were given up without a row and 20 with rows behind them; `backfill` asks for the days that it names"
            ),
            new(
                "standby",
                KeyTable.OneOf(["true", "false"]),
                "false",
                "Whether a run plans it only when `on` in `tidemark.yaml` or `--datasets` names it"
            ),
            new(
                "retired",
                "`true`, or the day since when",
                "false",
                "That the vendor has given it up: it is listed and never planned, and a run that names it says so"
            ),
            new(
                "module",
                Text,
                KeyEntry.Required,
                "What it is switched on and off by, alone or with others: `stock.market.daily`"
            ),
            new("bucket", KeyTable.OneOf(Buckets.Names), KeyEntry.Required, "The asset bucket"),
            new("api", Text, KeyEntry.Required, "The vendor's name of the call"),
            new(
                "table",
                Text,
                KeyEntry.Required,
                "The table that it fills: `ods_` and small letters, digits, `_`. No two datasets share one"
            ),
            new(
                "partition",
                KeyTable.OneOf(["dt", "month"]),
                "dt",
                "A folder a day, or a month: better where a day has few rows"
            ),
            new(
                "grain",
                KeyTable.WordsOf<UnitGrain>(),
                KeyEntry.Required,
                "What one unit covers, and with it how it is asked for"
            ),
            new(
                "expected",
                KeyTable.WordsOf<ExpectedRows>(),
                "by `grain`: trading_day and symbol instrument_day (a trading_day with `empty_is_ordinary` event), snapshot snapshot, period period, events event",
                "What a unit owes: a row of each listed instrument on each open day; rows on each open day; rows of the period once it is over; the present list; an answer and nothing more; the present state while the market trades"
            ),
            new(
                "per",
                KeyTable.OneOf(["month", "quarter", "year"]),
                "required with grain symbol, period and events",
                "How long a unit is; not for other grains"
            ),
            new(
                "part.symbols_of",
                "id of a dataset with grain snapshot",
                "required with grain symbol",
                "The list whose symbols are the parts"
            ),
            new(
                "part.values",
                "list of texts",
                KeyEntry.Nothing,
                "The parts, where they are always the same; grains snapshot, period, events"
            ),
            new(
                "part.column",
                Column,
                "with symbols the first of the key",
                "The text column that must name the part in every row"
            ),
            new("part.symbol", ListColumn, "called as `part.column`", "Which of its columns has the symbol"),
            new("part.listed", ListColumn, "`list_date` where it has it", "The first day with data"),
            new("part.delisted", ListColumn, "`delist_date` where it has it", "The first day without data"),
            new("part.where", "DuckDB predicate", KeyEntry.Nothing, "Which rows of the list count"),
            new("part.sample", Text, KeyEntry.Nothing, "A symbol to ask with as long as there is no list"),
            new(
                "axes.symbol.params",
                "names to texts",
                "required with `axes.symbol`",
                "How the same rows are asked for by symbol and days, with `{part}`, `{from}` and `{to}`; grain trading_day"
            ),
            new(
                "axes.symbol.part.symbols_of",
                "id of a dataset with grain snapshot",
                "required with `axes.symbol`",
                "The list whose symbols can be asked for by themselves"
            ),
            new("axes.symbol.part.column", Column, "the first of the key", "As `part.column`"),
            new("axes.symbol.part.symbol", ListColumn, "called as `axes.symbol.part.column`", "As `part.symbol`"),
            new("axes.symbol.part.listed", ListColumn, "`list_date` where it has it", "As `part.listed`"),
            new("axes.symbol.part.delisted", ListColumn, "`delist_date` where it has it", "As `part.delisted`"),
            new("axes.symbol.part.where", "DuckDB predicate", KeyEntry.Nothing, "As `part.where`"),
            new(
                "calendar",
                "an exchange",
                KeyEntry.Required,
                "Whose open days are expected: a file of `definitions/calendars`, or an exchange of the vendor's calendar"
            ),
            new(
                "days",
                KeyTable.OneOf(["every", "last_of_week"]),
                "every",
                "Which open days have rows; grain trading_day. Bars of weeks stand under the last day of theirs"
            ),
            new(
                "accumulates",
                KeyTable.OneOf(["true", "false"]),
                "false",
                "Whether an answer has the newest rows alone: rows of the day that it lacks, by the key, stay; grain snapshot"
            ),
            new(
                "available.at",
                "time like `\"16:30\"`, quoted",
                KeyEntry.Required,
                "The exchange's time at which the vendor has a day"
            ),
            new("available.grace", "duration like `2h`", "2h", "How long after that an empty answer becomes evidence"),
            new(
                "available.days_later",
                $"whole number, 0 to {DatasetFile.DaysLaterMax}",
                "0",
                "Days after the day itself, or after the period's end"
            ),
            new(
                "request.params",
                "names to texts",
                KeyEntry.Nothing,
                "Parameters of every call; what differs between units stands in braces, a symbol as `{part}` (600519.SH), `{part:code}` (600519) or `{part:prefixed}` (sh600519)"
            ),
            new(
                "request.fan_out",
                "names to lists of texts",
                KeyEntry.Nothing,
                "Parameters with several values: a call for each, together one unit"
            ),
            new(
                "request.row_cap",
                "whole number, 1 or more",
                KeyEntry.Required,
                "The most rows that the vendor returns at once"
            ),
            new(
                "request.limit",
                "calls and window like `100/min`",
                KeyEntry.Nothing,
                "What the vendor lets any account call of this api, where it is less than of others; `vendors.NAME.rate_limits` goes before it where it names the api, or allows more than any account has by default"
            ),
            new(
                "request.rows",
                "whole number, 1 or more",
                KeyEntry.Nothing,
                "How many rows a call brings, about: `plan` counts with it as long as the lake has none"
            ),
            new(
                "request.rows_a_day",
                "whole number, 1 or more",
                KeyEntry.Nothing,
                "The most rows of a day of one call: longer stretches are asked for in pieces"
            ),
            new(
                "request.all_days",
                KeyTable.OneOf(["true", "false"]),
                "false",
                "Whether an answer has every day that there is, so that those of other days than asked for are left out; grains symbol and events"
            ),
            new(
                "date_column",
                Column,
                "required, but for snapshots, and period with `period_column`",
                "The date column that proves the day; rows are kept under it"
            ),
            new(
                "period_column",
                Column,
                KeyEntry.Nothing,
                "The text column that proves the period; grain period alone"
            ),
            new(
                "empty_is_ordinary",
                KeyTable.OneOf(["true", "false"]),
                "false",
                "Whether an answer without any row (of a list: with less than half the rows of the one before) is nothing to ask again for"
            ),
            new(
                "unit_proof.volume",
                Column,
                "required with `unit_proof`",
                $"The volume, in {Words(CountedUnits.Volumes)}. Turnover over volume must be a price of the row, which proves their units; not for indices and adjusted prices"
            ),
            new(
                "unit_proof.amount",
                Column,
                "required with `unit_proof`",
                $"The turnover, in {Words(CountedUnits.Amounts)}"
            ),
            new("unit_proof.low", Column, "required with `unit_proof`", "The lowest price, in CNY"),
            new("unit_proof.high", Column, "required with `unit_proof`", "The highest price, in CNY; may be the same"),
            new(
                "unit_proof.on_other",
                KeyTable.WordsOf<RulePolicy>(),
                "warn",
                "What becomes of a unit whose rows prove other units than declared: a finding, or it fails"
            ),
            new(
                "drift.on_new_column",
                KeyTable.WordsOf<NewColumnPolicy>(),
                "warn",
                "What becomes of a unit whose answer has columns that are not declared: they are left out and a finding, or it fails, or the table gets them and a finding tells it (not of `tushare`)"
            ),
            new(
                "drift.on_missing",
                KeyTable.WordsOf<RulePolicy>(),
                "block",
                "What becomes of a unit whose answer lacks declared columns: those that may be null are, and a finding; or it fails"
            ),
            new(
                "drift.on_retyped",
                KeyTable.WordsOf<RulePolicy>(),
                "block",
                "What becomes of a unit with values that are not of their column's type: in columns that may be null they are, and a finding; or it fails"
            ),
            new(
                "canaries.symbols",
                "list of texts",
                "required with `canaries`",
                "Symbols that the vendor is known to have every day: a day that lacks one is not whole. It counts where no check judges every instrument of the day; grain trading_day"
            ),
            new(
                "canaries.symbols_of",
                "id of a dataset with grain snapshot",
                "required with `canaries`",
                "The list that says from when to when each of them has data. One that it lacks is not asked for"
            ),
            new(
                "canaries.trades",
                "id of a dataset with `canaries`",
                KeyEntry.Nothing,
                "Where halts take rows away, a dataset that they take them from as well: a canary that its day lacks, too, was halted"
            ),
            new(
                "tags.symbol",
                "a text column",
                "required with `tags`",
                "Whom a row speaks of. `tags` makes the rows of a list choosable as targets ([how](../targets.md)); grain snapshot"
            ),
            new("tags.from", "a date column", KeyEntry.Nothing, "The day from which a row holds; null = always"),
            new("tags.to", "a date column", KeyEntry.Nothing, "The first day on which it does not any more"),
            new("tags.last", "a date column", KeyEntry.Nothing, "The last day on which it does, instead of `tags.to`"),
            new("tags.where", "DuckDB predicate", KeyEntry.Nothing, "Which rows count"),
            new(
                "tags.kind",
                KeyTable.OneOf(Buckets.Names),
                KeyEntry.Nothing,
                "That it is a list of instruments, and of which kind: they have the tags `kind:` and `exchange:` then"
            ),
            new(
                "tags.by",
                "prefixes to lists of columns",
                "required without `tags.kind`",
                "By `industry: [industry]` a row with the value 银行 gives its symbol the tag `industry:银行`; further columns are other names of the same, such as codes"
            ),
            new(
                "row_count.min",
                "whole number, 1 or more",
                KeyEntry.Nothing,
                "The least number of rows of a unit; grains trading_day and snapshot"
            ),
            new(
                "row_count.fall",
                "number, 0 to 1",
                "0.5 where `row_count` is absent, else any",
                "The share of the usual rows that a unit may lack. Usual is the median of the 20 days with rows before it, from 5 on; of a list, what the one before has"
            ),
            new(
                "row_count.on_break",
                KeyTable.WordsOf<RulePolicy>(),
                "warn; block for a list where `row_count` is absent",
                "What becomes of a unit with fewer: it is committed and not whole, where no check judges its day, or it fails"
            ),
            new("rules", "columns to keys", KeyEntry.Nothing, "What the values of a column must be, if they are there"),
            new("rules.*.min", "number", KeyEntry.Nothing, "The least value"),
            new("rules.*.above", "number", KeyEntry.Nothing, "Every value is greater than this"),
            new("rules.*.max", "number", KeyEntry.Nothing, "The greatest value"),
            new("rules.*.not_above", Column, KeyEntry.Nothing, "A column whose value in the same row is not less"),
            new(
                "rules.*.nulls",
                "number, 0 to 1",
                KeyEntry.Nothing,
                "The share of a unit's rows that may lack the value"
            ),
            new(
                "rules.*.on_break",
                KeyTable.WordsOf<RulePolicy>(),
                "warn",
                "What becomes of a unit that breaks it: it is committed and a finding, or it fails"
            ),
            new(
                "key",
                "list of columns, or `none`",
                KeyEntry.Required,
                "What identifies a row; at least one is not nullable. `none`: nothing does, equal rows are legal and all kept"
            ),
            new(
                "columns",
                "names to keys",
                KeyEntry.Required,
                "At least one: small letters, digits, `_`, and never `dt`"
            ),
            new("columns.*.type", KeyTable.WordsOf<ColumnKind>(), KeyEntry.Required, "What it holds"),
            new("columns.*.unit", Text, KeyEntry.Nothing, "What its numbers count: `CNY`, `hand`, `%`"),
            new(
                "columns.*.nullable",
                KeyTable.OneOf(["true", "false"]),
                "true, in the key false",
                "Whether a row may lack it"
            ),
            new(
                "columns.*.optional",
                KeyTable.OneOf(["true", "false"]),
                "false",
                "Whether an answer may lack it; then it is null, so it is not in the key"
            ),
            new(
                "columns.*.since",
                "day",
                KeyEntry.Nothing,
                "The first day for which an answer must have it; for days before it may lack it, and it is null then"
            ),
            new(
                "columns.*.field",
                Text,
                "the column's name",
                "What the vendor calls it; no two columns share one, but for a `timestamp` and the `date` that is its day. `{part}`: it is not sent, it is the part that was asked for"
            ),
            new(
                "columns.*.alias",
                Text,
                KeyEntry.Nothing,
                "Another name under which some answers have it, if they lack `field`. All default columns of the call are asked for then, none by its name"
            ),
            new("columns.*.about", Text, KeyEntry.Nothing, "What it is, in one line"),
            new("columns.*.zh", Text, KeyEntry.Nothing, "The same in Chinese"),
        ]);

    private static string Words(IReadOnlyDictionary<string, double> units) =>
        string.Join(", ", units.Keys.Select(unit => $"`{unit}`"));
}
