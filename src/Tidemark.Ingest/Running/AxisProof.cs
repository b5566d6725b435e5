using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Lake;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Running;

/// <summary>A plan whose axes are proved.</summary>
/// <param name="Plan">The plan; by day where the axis by symbol is not to be trusted.</param>
/// <param name="Refused">By dataset: why its units in the plan are not fetched.</param>
/// <param name="Notes">What came out otherwise than it was planned, a sentence a dataset.</param>
internal sealed record ProvedPlan(
    ExecutionPlan Plan,
    IReadOnlyDictionary<string, TidemarkException> Refused,
    IReadOnlyList<string> Notes
);

/// <summary>
/// Asks for one day of the market and for one symbol of it, before a dataset is fetched by symbol for the first time.
/// Both are asked for now: what the lake has of the day may have been revised since. Stateless; thread-safe.
/// </summary>
public sealed class AxisProof(
    AxisTrust trust,
    ExecutionPlanner planner,
    DataLake lake,
    IVendorDirectory vendors,
    TimeProvider clock
)
{
    /// <summary>The code of units that are not fetched because of a difference.</summary>
    public const string Code = "AXIS_DIFFERS";

    /// <summary>
    /// Proves what a plan has unproved. Where the axes differ, the datasets are planned by day; a plan that somebody
    /// was shown is not made another, so that their units are refused.
    /// </summary>
    internal async Task<ProvedPlan> ApplyAsync(
        ExecutionPlan plan,
        PlanRequest request,
        CancellationToken cancellationToken
    )
    {
        var refused = new Dictionary<string, TidemarkException>(StringComparer.Ordinal);
        var notes = new List<string>();
        foreach (var axis in plan.Unproved)
        {
            try
            {
                if ((await ProveAsync(axis, cancellationToken)).Difference is not { } difference)
                {
                    continue;
                }

                var name = $"{axis.Dataset.Id} by symbol is not trusted: {difference}";
                notes.Add($"{name}. Its whole days are asked for instead.");
                refused[axis.Dataset.Id] = new TidemarkException(
                    ErrorKind.Schema,
                    Code,
                    $"{name}. Make another plan: it asks for whole days."
                );
            }
            catch (TidemarkException e)
            {
                // Whatever it was, the units would meet it, too.
                refused[axis.Dataset.Id] = e;
            }
        }

        if (notes.Count == 0 || request.Only is not null)
        {
            return new ProvedPlan(plan, refused, []);
        }

        var differing = refused.Where(of => of.Value.Code == Code).Select(of => of.Key).ToHashSet();
        var byDay = await planner.PlanAsync(request with { ByDayAlone = differing }, cancellationToken);
        return new ProvedPlan(
            byDay with
            {
                Unreadable = plan.Unreadable,
            },
            refused.Where(of => !differing.Contains(of.Key)).ToDictionary(StringComparer.Ordinal),
            notes
        );
    }

    /// <summary>Compares the axes of a dataset, and keeps what came out.</summary>
    /// <exception cref="TidemarkException">The vendor said no, or the day's rows cannot be right.</exception>
    internal async Task<AxisVerdict> ProveAsync(UnprovedAxis axis, CancellationToken cancellationToken)
    {
        var dataset = axis.Dataset;
        var client = await vendors.ConnectAsync(dataset, cancellationToken);
        var day = await RowsAsync(client, dataset, axis.WholeDay, cancellationToken);
        var column = dataset.BySymbol!.Part!.Column!;
        if (SymbolOf(axis, day, column) is not { } symbol)
        {
            // Nothing is proved, and nothing is kept: another day may have rows.
            return new AxisVerdict(clock.GetUtcNow(), $"the vendor has no row of {axis.Day.ToIso()} to compare it by");
        }

        string? difference;
        try
        {
            var rows = await RowsAsync(client, dataset.BySymbol, axis.Of(symbol), cancellationToken);
            difference = AxisDifference.Of(day, AxisDifference.RowsOf(day, column, symbol), rows);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Schema)
        {
            difference = e.Message;
        }

        var verdict = new AxisVerdict(
            clock.GetUtcNow(),
            difference is null ? null : $"of {symbol} on {axis.Day.ToIso()} {difference}"
        );
        await trust.KeepAsync(client, dataset, verdict, cancellationToken);
        return verdict;
    }

    private async Task<ColumnBatch> RowsAsync(
        IVendorClient client,
        DatasetDefinition dataset,
        UnitId unit,
        CancellationToken cancellationToken
    )
    {
        var clients = new Dictionary<string, IVendorClient>(StringComparer.Ordinal) { [dataset.Id] = client };
        var extractor = new UnitExtractor(clients, lake.Store, keepRaw: false, resumes: false, clock);
        var rows = new ColumnBatch(dataset.ColumnsUntil(unit.LastDay));
        await extractor.ExtractAsync(new PlannedUnit(dataset, unit, EvidenceAt: default), rows, cancellationToken);
        return RowChecks.Normalize(dataset, unit, rows).Rows;
    }

    /// <summary>A wanted symbol that the day has, or else any; null where it has none.</summary>
    private static string? SymbolOf(UnprovedAxis axis, ColumnBatch day, string column) =>
        axis.Symbols.FirstOrDefault(symbol => AxisDifference.RowsOf(day, column, symbol).Count > 0)
        ?? (day.RowCount > 0 ? System.Text.Encoding.UTF8.GetString(((TextColumn)day[column])[0]) : null);
}
