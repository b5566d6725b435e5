using System.Globalization;
using Tidemark.Core.Answers;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// What the rows of a unit tell of themselves. It stands with the unit's files in the log, so that a restore or a copy
/// of the lake takes it along, and goes with them when the unit is fetched again: findings are read from it.
/// </summary>
public sealed record UnitRemarks
{
    private const string ScaleTag = "scale";
    private const string DriftTag = "drift";
    private const string BrokenTag = "broken";
    private const string NewWord = "new";
    private const string MissingWord = "missing";
    private const string RetypedWord = "retyped";

    /// <summary>What the rows prove of the units of volume and turnover; null where they cannot.</summary>
    public ScaleCount? Scale { get; init; }

    /// <summary>Columns of the answer that nobody declared, by the vendor's names.</summary>
    public IReadOnlyList<string> NewColumns { get; init; } = [];

    /// <summary>Declared columns that the answer lacked, by the vendor's names; their values are null.</summary>
    public IReadOnlyList<string> MissingColumns { get; init; } = [];

    /// <summary>Columns with values that are not of their type; these are null.</summary>
    public IReadOnlyList<RetypedColumn> RetypedColumns { get; init; } = [];

    /// <summary>Rules that rows break.</summary>
    public IReadOnlyList<RuleBreak> Broken { get; init; } = [];

    /// <summary>Canaries of the dataset that no row names, whether they are owed on the day or not.</summary>
    public IReadOnlyList<string> AbsentCanaries { get; init; } = [];

    /// <summary>The remarks on rows that are about to be committed.</summary>
    /// <param name="dataset">Its declaration.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="rows">Its rows, which have passed <see cref="RowChecks"/>.</param>
    /// <param name="drift">How the columns of its answers differed; null where nobody noted it.</param>
    /// <param name="through">The last day that was asked for; null for all of the unit's.</param>
    /// <exception cref="TidemarkException">
    /// Kind Schema: the rows break a rule with the policy <see cref="RulePolicy.Block"/>.
    /// </exception>
    public static UnitRemarks Of(
        DatasetDefinition dataset,
        UnitId unit,
        ColumnBatch rows,
        ColumnDrift? drift = null,
        DateOnly? through = null
    )
    {
        if (drift is { New.Count: > 0 } && dataset.Drift.OnNewColumn == NewColumnPolicy.Block)
        {
            throw RowFault.Of(
                unit,
                "COLUMNS_NEW",
                $"the answer has columns that are not declared: {string.Join(", ", drift.New)}",
                "declare them in the dataset, leave them out by `drift.on_new_column: warn`, or have the table take them over by `adopt`"
            );
        }

        if (RuleBreak.Of(dataset, rows, RulePolicy.Block) is { Count: > 0 } broken)
        {
            throw RowFault.Of(
                unit,
                "RULE_BROKEN",
                string.Join("; ", broken.Select(b => Told(b, rows.RowCount))),
                "correct `rules` in the dataset, or tell the vendor"
            );
        }

        return new UnitRemarks
        {
            Scale = Proved(dataset, unit, rows),
            NewColumns = [.. drift?.New ?? []],
            MissingColumns = Missing(dataset, drift, through ?? unit.LastDay),
            RetypedColumns = RetypedColumn.Of(rows),
            Broken = RuleBreak.Of(dataset, rows, RulePolicy.Warn),
            AbsentCanaries = Axes.AbsentCanaries.Of(dataset, rows),
        };
    }

    /// <summary>The remarks that stand with a unit's rows.</summary>
    public static UnitRemarks Of(UnitSlice slice)
    {
        IReadOnlyList<string>[] drift = [.. Rows(slice, DriftTag, fields: 2)];
        return new UnitRemarks
        {
            Scale = ScaleCount.TryParse(slice.Tag(ScaleTag)),
            NewColumns = [.. drift.Where(row => row[0] == NewWord).Select(row => row[1])],
            MissingColumns = [.. drift.Where(row => row[0] == MissingWord).Select(row => row[1])],
            RetypedColumns =
            [
                .. Rows(slice, DriftTag, fields: 4)
                    .Where(row => row[0] == RetypedWord)
                    .Select(row => new RetypedColumn(row[1], Number(row[2]), row[3])),
            ],
            Broken =
            [
                .. Rows(slice, BrokenTag, fields: 3).Select(row => new RuleBreak(row[0], Number(row[1]), row[2])),
            ],
            AbsentCanaries = Axes.AbsentCanaries.Of(slice),
        };
    }

    /// <summary>The remarks as tags of the unit's files.</summary>
    /// <param name="standing">The table; a remark that it has of the unit, and that is none any more, gets an empty
    /// tag: rows that stay as they are keep their other tags.</param>
    /// <param name="unit">The unit.</param>
    internal IReadOnlyDictionary<string, string> ToTags(TableSnapshot standing, UnitId unit)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        Set(ScaleTag, Scale?.ToString() ?? "");
        Set(
            DriftTag,
            Text([
                .. NewColumns.Select(name => (string[])[NewWord, name]),
                .. MissingColumns.Select(name => (string[])[MissingWord, name]),
                .. RetypedColumns.Select(c => (string[])[RetypedWord, c.Field, Text(c.Values), c.Example]),
            ])
        );
        Set(BrokenTag, Text([.. Broken.Select(b => (string[])[b.Rule, Text(b.Rows), b.First])]));
        Set(
            Axes.AbsentCanaries.Tag,
            Text(
                AbsentCanaries.Count == 0
                    ? []
                    :
                    [
                        [.. AbsentCanaries],
                    ]
            )
        );
        return tags;

        void Set(string name, string text)
        {
            if (text.Length > 0 || standing.SlicesOf(unit.ToString()).Any(s => s.Tag(name) is { Length: > 0 }))
            {
                tags[name] = text;
            }
        }
    }

    private static ScaleCount? Proved(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        var scale = ScaleCount.Of(dataset, rows);
        return scale is { IsOther: true } && dataset.UnitProof!.OnOther == RulePolicy.Block
            ? throw RowFault.Of(
                unit,
                "UNITS_CHANGED",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scale.OtherRows} of {scale.Traded} rows prove {ScaleText.Of(dataset, scale)}"
                ),
                "correct `unit` of the column in the dataset, or take the rows as they are by `unit_proof.on_other: warn`"
            )
            : scale;
    }

    /// <summary>Of the columns that were lacking, those that the declaration does not let be.</summary>
    private static IReadOnlyList<string> Missing(DatasetDefinition dataset, ColumnDrift? drift, DateOnly through) =>
        drift is null or { Absent.Count: 0 }
            ? []
            :
            [
                .. dataset
                    .Columns.Where(c => !c.Optional && !(c.Since > through) && drift.Absent.Contains(c.Field))
                    .Select(c => c.Field),
            ];

    private static string Told(RuleBreak broken, int rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{broken.Rows} of {rows} rows break '{broken.Rule}', the first: {broken.First}"
        );

    private static string Text(IReadOnlyList<string[]> rows) => rows.Count == 0 ? "" : new AnswerTable(rows).ToString();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IEnumerable<IReadOnlyList<string>> Rows(UnitSlice slice, string tag, int fields) =>
        slice.Tag(tag) is { Length: > 0 } text ? AnswerTable.Parse(text).Rows.Where(row => row.Count == fields) : [];
}
