using System.Globalization;
using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Running;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Findings;

/// <summary>A unit in a table.</summary>
/// <param name="Unit">Its text.</param>
/// <param name="Written">When its rows were written, in milliseconds since 1970.</param>
/// <param name="Remarks">What its rows told.</param>
internal sealed record RemarkedUnit(string Unit, long Written, UnitRemarks Remarks);

/// <summary>Puts the remarks on all units of a dataset together, in words. Pure.</summary>
internal static class RemarkTexts
{
    /// <summary>Fewer rows may well be the odd ones of a day.</summary>
    private const int UnprovedMin = 20;

    /// <param name="dataset">Its present declaration: a remark that it answers is none.</param>
    /// <param name="units">All of its units, in order.</param>
    /// <param name="adopted">Columns of its table that nobody has declared.</param>
    public static IEnumerable<StoredFinding> Of(
        DatasetDefinition dataset,
        IReadOnlyList<RemarkedUnit> units,
        IReadOnlyList<LakeColumn> adopted
    ) =>
        ScalesOf(dataset, units)
            .Concat(ColumnsOf(dataset, units))
            .Concat(adopted.Select(column => Adopted(dataset, column)))
            .Concat(TypesOf(dataset, units, adopted))
            .Concat(RulesOf(dataset, units));

    private static IEnumerable<StoredFinding> ScalesOf(DatasetDefinition dataset, IReadOnlyList<RemarkedUnit> units)
    {
        if (dataset.UnitProof is not { } proof)
        {
            yield break;
        }

        // What was counted with another declaration says nothing about this one.
        var present = units
            .Where(u => u.Remarks.Scale is { } scale && Math.Abs((scale.Scale / proof.Scale) - 1) < 1e-4)
            .Select(u => (Unit: u, Scale: u.Remarks.Scale!))
            .ToArray();
        foreach (var other in present.Where(u => u.Scale.IsOther).GroupBy(u => u.Scale.Other))
        {
            var all = other.OrderBy(u => u.Scale.FirstOther).ToArray();
            var first = all[0];
            var since = first.Scale.FirstOther is { } day ? $", the first on {day.ToIso()}" : "";
            yield return Of(
                FindingStore.Units,
                Text($"{dataset.Id} × {other.Key / proof.Scale:G6}"),
                $"{Rows(all.Sum(u => u.Scale.OtherRows))} of {Count(all.Length)} prove "
                    + $"{ScaleText.Of(dataset, first.Scale)}{since} ({first.Unit.Unit}). They are in the lake as they came. "
                    + $"If the vendor has mended it: {Advice(dataset, first.Unit)}; if it stays so, correct `unit` of the column in the dataset.",
                [.. all.Select(u => u.Unit)]
            );
        }

        RemarkedUnit[] unproved =
        [
            .. present.Where(u => !u.Scale.Proves && u.Scale.Traded >= UnprovedMin).Select(u => u.Unit),
        ];
        if (unproved.Length > 0)
        {
            yield return Of(
                FindingStore.Units,
                $"{dataset.Id} unproved",
                $"Most rows of {Count(unproved.Length)} prove no unit of volume and turnover, as where prices are adjusted "
                    + $"({unproved[0].Unit}). If that is right, take `unit_proof` from the dataset.",
                unproved
            );
        }
    }

    private static IEnumerable<StoredFinding> ColumnsOf(DatasetDefinition dataset, IReadOnlyList<RemarkedUnit> units)
    {
        var declared = dataset.Columns.SelectMany(c => c.Fields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, with) in Grouped(units, u => u.Remarks.NewColumns.Where(c => !declared.Contains(c))))
        {
            yield return Of(
                FindingStore.Drift,
                $"{dataset.Id} new {name}",
                $"The answers of {Count(with.Length)} had a column '{name}' that is not declared and was left out ({with[^1].Unit}). "
                    + $"To have it, declare it in an own file of {dataset.Id}, and fetch again: {Advice(dataset, with[0])}.",
                with
            );
        }

        foreach (var (name, without) in Grouped(units, u => u.Remarks.MissingColumns.Where(declared.Contains)))
        {
            yield return Of(
                FindingStore.Drift,
                $"{dataset.Id} missing {name}",
                $"The answers of {Count(without.Length)} lacked the column '{name}', which is null there ({without[^1].Unit}). "
                    + $"If the vendor sends it again: {Advice(dataset, without[0])}; if it stays so, declare `optional: true`.",
                without
            );
        }
    }

    private static StoredFinding Adopted(DatasetDefinition dataset, LakeColumn column)
    {
        var (field, at) = column.Adopted!;
        var type = column.Type == LakeType.Double ? "double" : "text";
        return new StoredFinding(
            FindingStore.Drift,
            $"{dataset.Id} adopted {field}",
            $"The table {TableDefinition.IdOf(dataset)} has got the column {column.Name} ({type}), because answers have a column '{field}' that is not declared. "
                + "Rows that were fetched before have nothing in it. To say what it means, declare it in an own file of "
                + $"{dataset.Id}: `{column.Name}: {{ type: {type}, field: \"{field}\" }}`.",
            at,
            at
        );
    }

    private static IEnumerable<StoredFinding> TypesOf(
        DatasetDefinition dataset,
        IReadOnlyList<RemarkedUnit> units,
        IReadOnlyList<LakeColumn> adopted
    )
    {
        var declared = dataset
            .Columns.Select(c => c.Field)
            .Concat(adopted.Select(c => c.Adopted!.Field))
            .ToHashSet(StringComparer.Ordinal);
        foreach (
            var (name, with) in Grouped(
                units,
                u => u.Remarks.RetypedColumns.Select(c => c.Field).Where(declared.Contains)
            )
        )
        {
            RetypedColumn[] columns = [.. with.Select(u => u.Remarks.RetypedColumns.First(c => c.Field == name))];
            var values = columns.Sum(c => c.Values);
            yield return Of(
                FindingStore.Drift,
                $"{dataset.Id} retyped {name}",
                $"{(values == 1 ? "1 value" : Text($"{values} values"))} of {Count(with.Length)} in the column '{name}' "
                    + $"could not be read as what is declared and are null there, like '{columns[^1].Example}' ({with[^1].Unit}). "
                    + $"If the vendor has mended it: {Advice(dataset, with[0])}; if it stays so, declare a new column with the "
                    + $"type that fits and `field: {name}`, and give this one `optional: true` and a `field` that nobody sends.",
                with
            );
        }
    }

    private static IEnumerable<StoredFinding> RulesOf(DatasetDefinition dataset, IReadOnlyList<RemarkedUnit> units)
    {
        foreach (var rule in RuleBreak.RulesOf(dataset))
        {
            var broken = units
                .SelectMany(u => u.Remarks.Broken.Where(b => b.Rule == rule).Select(b => (Unit: u, Break: b)))
                .ToArray();
            if (broken.Length > 0)
            {
                var (unit, first) = broken[0];
                yield return Of(
                    FindingStore.Quality,
                    $"{dataset.Id}: {rule}",
                    $"{Rows(broken.Sum(b => b.Break.Rows))} of {Count(broken.Length)} break it, the first in "
                        + $"{unit.Unit}: {first.First}. If the vendor has mended it: {Advice(dataset, unit)}.",
                    [.. broken.Select(b => b.Unit)]
                );
            }
        }
    }

    private static IEnumerable<(string Name, RemarkedUnit[] Units)> Grouped(
        IReadOnlyList<RemarkedUnit> units,
        Func<RemarkedUnit, IEnumerable<string>> names
    ) =>
        units
            .SelectMany(u => names(u).Select(name => (Name: name, Unit: u)))
            .GroupBy(pair => pair.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Select(pair => pair.Unit).ToArray()));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Count(int units) => units == 1 ? "1 unit" : Text($"{units} units");

    private static string Rows(int rows) => rows == 1 ? "1 row" : Text($"{rows} rows");

    private static string Advice(DatasetDefinition dataset, RemarkedUnit unit) =>
        UnitId.TryParse(unit.Unit, out var id)
            ? $"`{RefetchAdvice.Of(id, dataset)}`"
            : $"`tidemark refetch {dataset.Id}`";

    private static StoredFinding Of(string kind, string subject, string detail, RemarkedUnit[] units) =>
        new(
            kind,
            subject,
            detail,
            DateTimeOffset.FromUnixTimeMilliseconds(units.Min(u => u.Written)),
            DateTimeOffset.FromUnixTimeMilliseconds(units.Max(u => u.Written))
        );
}
