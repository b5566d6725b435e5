using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>What the units of one dataset in a plan will take.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Units">Its planned units.</param>
/// <param name="Calls">Calls to the vendor, a page each.</param>
/// <param name="Rows">Rows that will come, about; null where neither the lake nor the declaration tells.</param>
/// <param name="Bytes">Bytes in the lake, about; null where rows are not known.</param>
public sealed record DatasetCost(
    DatasetDefinition Dataset,
    IReadOnlyList<PlannedUnit> Units,
    long Calls,
    long? Rows,
    long? Bytes
)
{
    /// <summary>
    /// Those of the calls that prove that it can be fetched by symbol; 0 where nothing is to be proved.
    /// </summary>
    public long ProofCalls { get; init; }
}

/// <summary>
/// Estimates what a plan takes: calls from the axis and the vendor's page size, rows from the units that are there, or
/// from the declaration as long as none are. Asks the vendor nothing. Stateless; thread-safe.
/// </summary>
public sealed class PlanCosts(DataLake lake)
{
    /// <summary>The newest units count: a market grows.</summary>
    private const int UnitsLookedAt = 20;

    /// <summary>What a value takes in a Parquet file as long as there is none; measured on daily bars.</summary>
    private const int BytesAValue = 5;

    /// <summary>The calls that prove an axis: those of a whole day, and of one symbol.</summary>
    public async Task<long> CallsOfAsync(UnprovedAxis axis, CancellationToken cancellationToken)
    {
        var day = new PlannedUnit(axis.Dataset, axis.WholeDay, EvidenceAt: default);
        var bySymbol = UnitAxis.Of(axis.Dataset.BySymbol!).Requests(axis.Of(""), axis.Day).Count();
        return (await OfAsync([day], cancellationToken))[0].Calls + bySymbol;
    }

    /// <returns>By dataset, in the order of their first units.</returns>
    public async Task<IReadOnlyList<DatasetCost>> OfAsync(
        IEnumerable<PlannedUnit> units,
        CancellationToken cancellationToken
    )
    {
        var costs = new List<DatasetCost>();
        foreach (var of in units.GroupBy(unit => unit.Dataset.Id))
        {
            PlannedUnit[] planned = [.. of];
            var dataset = planned[0].Dataset;
            var snapshot = await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken);
            costs.Add(CostOf(dataset, planned, snapshot));
        }

        return costs;
    }

    private static DatasetCost CostOf(DatasetDefinition dataset, PlannedUnit[] units, TableSnapshot snapshot)
    {
        var axis = UnitAxis.Of(dataset);
        var usual = UsualRows(new StandingUnits(dataset, snapshot));
        var (calls, rows) = (0L, 0L);
        foreach (var unit in units)
        {
            var requests = axis.Requests(unit.Id, unit.Through).Count();
            var ofRequest = usual is { } ofUnit ? ofUnit / Math.Max(1, requests) : dataset.UsualRows;
            calls += requests * (((ofRequest ?? 0) / dataset.RowCap) + 1);
            rows += requests * (ofRequest ?? 0);
        }

        var isKnown = usual is not null || dataset.UsualRows is not null;
        return new DatasetCost(
            dataset,
            units,
            calls,
            isKnown ? rows : null,
            isKnown ? rows * BytesARow(dataset, snapshot) : null
        );
    }

    /// <summary>The median of the newest units that have rows; null when none has.</summary>
    private static long? UsualRows(StandingUnits standing)
    {
        var newest = new List<long>(UnitsLookedAt);
        for (var i = standing.Rows.Count - 1; i >= 0 && newest.Count < UnitsLookedAt; i--)
        {
            if (standing.Rows[i] > 0)
            {
                newest.Add(standing.Rows[i]);
            }
        }

        newest.Sort();
        return newest.Count == 0 ? null : newest[newest.Count / 2];
    }

    private static long BytesARow(DatasetDefinition dataset, TableSnapshot snapshot) =>
        snapshot.RowCount is > 0 and var rows
            ? Math.Max(1, snapshot.Bytes / rows)
            : dataset.Columns.Count * BytesAValue;
}
