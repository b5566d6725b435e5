using System.Globalization;
using Tidemark.Control.Findings;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Extraction;
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
    private const int Rules = 2;

    private static readonly string[] s_kinds = [FindingStore.Units, FindingStore.Drift, FindingStore.Quality];

    private static readonly AnswerShape<IReadOnlyList<StoredFinding>> s_shape = new(
        found => new AnswerTable([
            .. found.Select(f => (string[])[f.Kind, f.Subject, f.Detail, Text(f.FirstSeenAt), Text(f.LastSeenAt)]),
        ]),
        table => [.. table.Rows.Select(r => new StoredFinding(r[0], r[1], r[2], Moment(r[3]), Moment(r[4])))]
    );

    /// <summary>The findings, each since when the oldest and the newest of its rows are there.</summary>
    /// <param name="kind">Only of this kind; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<StoredFinding>> RunAsync(string? kind, CancellationToken cancellationToken)
    {
        if (kind is not null && !s_kinds.Contains(kind))
        {
            return [];
        }

        var declared = datasets.All.ToDictionary(TableDefinition.IdOf);
        var found = new List<StoredFinding>();
        foreach (var table in (await lake.SurveyAsync(cancellationToken)).Tables)
        {
            if (declared.TryGetValue(table.Table, out var dataset))
            {
                found.AddRange(await OfAsync(dataset, table, cancellationToken));
            }
        }

        return found;
    }

    private Task<IReadOnlyList<StoredFinding>> OfAsync(
        DatasetDefinition dataset,
        TableSnapshot table,
        CancellationToken cancellationToken
    ) =>
        kept.OfAsync(
            $"the remarks of {dataset.Id}",
            Basis(dataset, table),
            s_shape,
            () => Task.FromResult(Read(dataset, table)),
            cancellationToken
        );

    /// <summary>Everything on which the findings of a dataset depend.</summary>
    private static string Basis(DatasetDefinition dataset, TableSnapshot table) =>
        string.Join(
            ' ',
            [
                Rules.ToString(CultureInfo.InvariantCulture),
                TableMark.Of(table).ToString(),
                dataset.UnitProof?.ToString() ?? "",
                string.Join(',', dataset.Columns.Select(c => $"{c.Name} {c.Field}")),
                .. RuleBreak.RulesOf(dataset),
            ]
        );

    private static IReadOnlyList<StoredFinding> Read(DatasetDefinition dataset, TableSnapshot table)
    {
        var units = new List<RemarkedUnit>();
        foreach (var unit in table.Units.Order(StringComparer.Ordinal))
        {
            try
            {
                if (table.SlicesOf(unit) is [var slice, ..])
                {
                    units.Add(new RemarkedUnit(unit, slice.File.ModificationTime, UnitRemarks.Of(slice)));
                }
            }
            catch (TidemarkException)
            {
                return []; // a damaged log is named by status and doctor themselves
            }
        }

        var declared = dataset.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        LakeColumn[] adopted = [.. table.Columns.Where(c => c.Adopted is not null && !declared.Contains(c.Name))];
        return [.. RemarkTexts.Of(dataset, units, adopted)];
    }

    private static string Text(DateTimeOffset moment) => moment.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
