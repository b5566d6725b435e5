using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;

namespace Tidemark.Operations.Definitions;

/// <summary><c>datasets show ID</c>: all that is declared of a dataset, also of one that is off.</summary>
public sealed class DescribeDataset(DatasetRegistry datasets)
{
    /// <exception cref="TidemarkException">
    /// <c>DATASET_UNKNOWN</c>: there is none of that name. <c>DEFINITION_INVALID</c>: its file has faults.
    /// </exception>
    public DatasetDescription Run(DatasetRequest request)
    {
        var off = datasets.Off.FirstOrDefault(each => each.Id == request.Dataset);
        var dataset = off ?? datasets.Get(request.Dataset);
        var file = datasets.Files.First(each => each.Id == dataset.Id);
        return new DatasetDescription(
            dataset.Id,
            off is null ? ListDatasets.StateOf(dataset) : DatasetState.Off,
            off is null ? ListDatasets.BecauseOf(dataset) : ListDatasets.NamedByOff,
            dataset.Title,
            dataset.TitleZh,
            dataset.Vendor,
            dataset.Api,
            dataset.Module,
            dataset.Bucket.Name(),
            dataset.Batch,
            dataset.Flag,
            dataset.Needs?.ToString(),
            dataset.History?.ToIso(),
            $"ods.{dataset.Table}",
            dataset.IsKeptByMonth ? "month" : "dt",
            ListDatasets.WordOf(dataset.Grain),
            ListDatasets.WordOf(dataset.Expected),
            ListDatasets.PerOf(dataset),
            Part(dataset.Part),
            new DatasetAxis(
                dataset.BySymbol?.Part?.Symbols?.Dataset,
                dataset.BySymbol?.Part?.Column,
                dataset.BySymbol?.Parameters ?? new Dictionary<string, string>()
            ),
            dataset.Calendar,
            new DatasetAvailable(
                dataset.AvailableAt.ToString("HH:mm", CultureInfo.InvariantCulture),
                (int)dataset.Grace.TotalMinutes,
                dataset.AvailableDaysLater
            ),
            new DatasetCall(dataset.Parameters, dataset.FanOut, dataset.RowCap, dataset.RowsADay)
            {
                Limit = dataset.Limit?.ToString(),
            },
            dataset.DateColumn,
            dataset.PeriodColumn,
            dataset.EmptyIsOrdinary,
            dataset.Accumulates,
            Proof(dataset.UnitProof),
            new DatasetDrift(
                ListDatasets.WordOf(dataset.Drift.OnNewColumn),
                ListDatasets.WordOf(dataset.Drift.OnMissing),
                ListDatasets.WordOf(dataset.Drift.OnRetyped)
            ),
            [
                .. dataset.Rules.Select(rule => new DatasetRule(
                    rule.Column,
                    rule.Min,
                    rule.Above,
                    rule.Max,
                    rule.NotAbove,
                    rule.NullsMax,
                    ListDatasets.WordOf(rule.OnBreak)
                )),
            ],
            dataset.Key,
            [
                .. dataset.Columns.Select(column => new DatasetColumn(
                    column.Name,
                    ListDatasets.WordOf(column.Kind),
                    column.Unit,
                    column.Nullable,
                    column.Optional,
                    column.Since?.ToIso(),
                    column.Field,
                    column.Alias,
                    column.Description,
                    column.DescriptionZh
                )),
            ],
            ListDatasets.OriginOf(file),
            file.Path
        );
    }

    private static DatasetUnitProof Proof(UnitProof? proof) =>
        new(
            proof?.Volume,
            proof?.Amount,
            proof?.Low,
            proof?.High,
            proof?.Scale,
            proof is null ? null : ListDatasets.WordOf(proof.OnOther)
        );

    private static DatasetPart Part(PartSource? part) =>
        new(
            part?.Column,
            part?.Values ?? [],
            part?.Symbols?.Dataset,
            part?.Symbols?.Symbol,
            part?.Symbols?.Listed,
            part?.Symbols?.Delisted,
            part?.Symbols?.Where,
            part?.Sample
        );
}
