using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// The vendor's present list, whole or one unit per exchange, filed under the day on which it is fetched. A newer list
/// serves for every earlier day. Past lists cannot be had, whatever range is asked for.
/// </summary>
internal sealed class Snapshot(DatasetDefinition dataset) : UnitAxis(dataset)
{
    public override bool IsPresentOnly => true;

    public override IEnumerable<UnitId> Wanted(AxisScope scope) =>
        Parts
            .Where(part => !scope.Request.Again || IsWantedAgain(part, scope))
            .Select(part => scope.Request.Again ? Present(part, scope) : ListOf(part, scope));

    // What is live has changed since it was last asked for, as long as the day lasts.
    public override DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) =>
        scope.Request is not { RefreshSnapshots: true, Again: false } ? null
        : Dataset.Expected == ExpectedRows.Live && scope.Calendar.IsOpen(scope.Today) ? scope.Now
        : scope.DueAt(scope.Last);

    public override bool KeepsReceipts => true;

    public override UnitId Renewed(UnitId unit, AxisScope scope) => Present(unit.Part, scope);

    public override bool CanBeHad(UnitId unit, DateOnly today) => unit.Day >= today;

    // The rows are as of the day on which they were fetched, and name no day themselves.
    public override void EnsureBelong(UnitId unit, DateOnly through, ColumnBatch rows) =>
        RowBelonging.EnsurePart(Dataset, unit, rows);

    public override long UsualRows(UnitId unit, StandingUnits standing) =>
        standing.Newest(unit.Part, hasRows: true) is { } newest ? standing.RowsOf(newest) : 0;

    /// <summary>
    /// Entries stay on a list for long. A list with less than half the rows of the one before is therefore a fault of
    /// the vendor (one of several calls brought nothing), unless the dataset says that this is ordinary. One that
    /// accumulates begins each day with nothing.
    /// </summary>
    public override void EnsureWhole(UnitId unit, long rows, long usual)
    {
        if (Rule is { OnBreak: RulePolicy.Block } && FewRows.Told(Rule, rows, usual) is not null)
        {
            throw RowFault.Of(
                unit,
                "LIST_SHRINKS",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the vendor sent a list of {rows} rows; {(rows < Rule.Min ? $"{Rule.Min} are the least" : $"the one before has {usual}")}. If it is right: tidemark refetch {Dataset.Id} --allow-shrink REASON"
                ),
                "tell the vendor"
            );
        }
    }

    public override string? Suspicion(UnitId unit, StandingUnits standing) =>
        base.Suspicion(unit, standing)
        ?? (
            Dataset.RowCount is { OnBreak: RulePolicy.Warn } rule
                ? FewRows.Told(rule, standing.RowsOf(unit), standing.RowsBefore(unit))
                : null
        );

    private RowCountRule? Rule =>
        Dataset.RowCount
        ?? (
            Dataset.EmptyIsOrdinary || Dataset.Accumulates
                ? null
                : new RowCountRule(null, RowCountRule.FallByDefault, RulePolicy.Block)
        );

    // The size of a list has its own rule, applied when it is fetched.
    public override bool IsEmptyTold => false;

    private IEnumerable<string?> Parts => Dataset.Part is { } part ? part.Values : Whole;

    // A list is also fetched again for a past one whose file is lost: the past one cannot be had any more, and leaves
    // the table when the present one is committed.
    private static bool IsWantedAgain(string? part, AxisScope scope) =>
        scope.IsWithin(UnitPeriod.OfDay(scope.Today))
        || scope.Standing.Lost.Any(u => u.Part == part && scope.IsWithin(u.Period));

    private UnitId ListOf(string? part, AxisScope scope) =>
        scope.Standing.Newest(part) is { } newest && !(scope.Request.RefreshSnapshots && newest.Day < scope.Last)
            ? newest
            : Present(part, scope);

    private UnitId Present(string? part, AxisScope scope) => new(Dataset.Id, UnitPeriod.OfDay(scope.Today), part);
}
