using System.Globalization;
using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Findings;

/// <summary>
/// Makes findings of the remarks that stand with units in the tables: one for a dataset and what is odd about it,
/// however many units show it. A unit that is fetched again takes its part of it away. Stateless; thread-safe.
/// </summary>
public sealed class RemarkFindings(DataLake lake, DatasetRegistry datasets, IKeptAnswers? kept = null)
{
    /// <summary>Grows whenever other findings are made of the same remarks.</summary>
    private const int Rules = 1;

    /// <summary>So few rows may well be the odd ones of a day.</summary>
    private const int UnprovedMin = 20;

    private static readonly string[] s_kinds = [FindingStore.Units];

    private static readonly AnswerShape<IReadOnlyList<StoredFinding>> s_shape = new(
        found => new AnswerTable([
            .. found.Select(f => (string[])[f.Kind, f.Subject, f.Detail, Text(f.FirstSeenAt), Text(f.LastSeenAt)]),
        ]),
        table => [.. table.Rows.Select(r => new StoredFinding(r[0], r[1], r[2], Moment(r[3]), Moment(r[4])))]
    );

    /// <summary>The findings; since when the oldest and the newest of their rows are there.</summary>
    /// <param name="kind">Only of this kind; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<StoredFinding>> RunAsync(string? kind, CancellationToken cancellationToken)
    {
        if (kind is not null && !s_kinds.Contains(kind))
        {
            return [];
        }

        var found = new List<StoredFinding>();
        foreach (var dataset in datasets.All.Where(each => each.UnitProof is not null))
        {
            found.AddRange(await OfAsync(dataset, cancellationToken));
        }

        return found;
    }

    private async Task<IReadOnlyList<StoredFinding>> OfAsync(DatasetDefinition dataset, CancellationToken cancellation)
    {
        try
        {
            var table = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellation);
            return table.Exists
                ? await kept.OfAsync(
                    $"the remarks of {dataset.Id}",
                    $"{Rules} {TableMark.Of(table)} {dataset.UnitProof}",
                    s_shape,
                    () => Task.FromResult<IReadOnlyList<StoredFinding>>([.. ScalesOf(dataset, table)]),
                    cancellation
                )
                : [];
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Storage)
        {
            return []; // a table that cannot be read is named by status and doctor themselves
        }
    }

    private static IEnumerable<StoredFinding> ScalesOf(DatasetDefinition dataset, TableSnapshot table)
    {
        var counts = (
            from unit in table.Units
            where table.SlicesOf(unit).Count > 0
            let slice = table.SlicesOf(unit)[0]
            let scale = UnitRemarks.Of(slice).Scale
            where scale is not null
            select new Remarked(unit, slice.File.ModificationTime, scale)
        ).ToArray();
        // What was counted with another declaration says nothing about this one.
        var present = counts.Where(c => IsNear(c.Scale.Scale, dataset.UnitProof!.Scale)).ToArray();
        foreach (var other in present.Where(c => c.Scale.IsOther).GroupBy(c => c.Scale.Other))
        {
            Remarked[] units = [.. other.OrderBy(c => c.Scale.FirstOther).ThenBy(c => c.Unit, StringComparer.Ordinal)];
            yield return Of(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dataset.Id} × {other.Key / dataset.UnitProof!.Scale:G6}"
                ),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{units.Sum(c => c.Scale.OtherRows)} rows of {Count(units)} prove {ScaleText.Of(dataset, units[0].Scale)}{First(units[0])}. "
                )
                    + $"They are in the lake as they came. If the vendor has mended it: {Advice(dataset, units[0].Unit)}; "
                    + "if it stays so, correct `unit` of the column in the dataset.",
                units
            );
        }

        Remarked[] unproved =
        [
            .. present
                .Where(c => !c.Scale.Proves && c.Scale.Traded >= UnprovedMin)
                .OrderBy(c => c.Unit, StringComparer.Ordinal),
        ];
        if (unproved.Length > 0)
        {
            yield return Of(
                $"{dataset.Id} unproved",
                $"Most rows of {Count(unproved)} prove no unit of volume and turnover, as where prices are adjusted ({unproved[0].Unit}). "
                    + "If that is right, take `unit_proof` from the dataset.",
                unproved
            );
        }
    }

    private static bool IsNear(double left, double right) => Math.Abs((left / right) - 1) < 1e-4;

    private static string Count(Remarked[] units) =>
        units.Length == 1 ? "1 unit" : string.Create(CultureInfo.InvariantCulture, $"{units.Length} units");

    private static string First(Remarked unit) =>
        unit.Scale.FirstOther is { } day ? $", the first on {day.ToIso()} ({unit.Unit})" : $" ({unit.Unit})";

    private static string Advice(DatasetDefinition dataset, string unit) =>
        UnitId.TryParse(unit, out var id) ? $"`{RefetchAdvice.Of(id, dataset)}`" : $"`tidemark refetch {dataset.Id}`";

    private static StoredFinding Of(string subject, string detail, Remarked[] units) =>
        new(
            FindingStore.Units,
            subject,
            detail,
            DateTimeOffset.FromUnixTimeMilliseconds(units.Min(c => c.Written)),
            DateTimeOffset.FromUnixTimeMilliseconds(units.Max(c => c.Written))
        );

    private static string Text(DateTimeOffset moment) => moment.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Remarked(string Unit, long Written, ScaleCount Scale);
}
