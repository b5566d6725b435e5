using System.Globalization;
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

    /// <summary>What the rows prove of the units of volume and turnover; null where they cannot.</summary>
    public ScaleCount? Scale { get; init; }

    /// <summary>The remarks on rows that are about to be committed.</summary>
    /// <exception cref="TidemarkException">
    /// Kind Schema: the rows break a rule with the policy <see cref="RulePolicy.Block"/>.
    /// </exception>
    public static UnitRemarks Of(DatasetDefinition dataset, UnitId unit, ColumnBatch rows)
    {
        var scale = ScaleCount.Of(dataset, rows);
        if (scale is { IsOther: true } && dataset.UnitProof!.OnOther == RulePolicy.Block)
        {
            throw RowFault.Of(
                unit,
                "UNITS_CHANGED",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scale.OtherRows} of {scale.Traded} rows prove {ScaleText.Of(dataset, scale)}"
                ),
                "correct `unit` of the column in the dataset, or take the rows as they are by `unit_proof.on_other: warn`"
            );
        }

        return new UnitRemarks { Scale = scale };
    }

    /// <summary>The remarks that stand with a unit's rows.</summary>
    public static UnitRemarks Of(UnitSlice slice) => new() { Scale = ScaleCount.TryParse(slice.Tag(ScaleTag)) };

    /// <summary>The remarks as tags of the unit's files.</summary>
    /// <param name="standing">The table; a remark that it has of the unit, and that is none any more, gets an empty
    /// tag: rows that stay as they are keep their other tags.</param>
    /// <param name="unit">The unit.</param>
    internal IReadOnlyDictionary<string, string> ToTags(TableSnapshot standing, UnitId unit)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        Set(ScaleTag, Scale?.ToString());
        return tags;

        void Set(string name, string? text)
        {
            if (text is not null || standing.SlicesOf(unit.ToString()).Any(s => s.Tag(name) is { Length: > 0 }))
            {
                tags[name] = text ?? "";
            }
        }
    }
}
