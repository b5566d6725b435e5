using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Maintenance;

/// <summary>Remove data files that no version within the retention needs.</summary>
/// <param name="Tables">By name; all when there are none.</param>
/// <param name="OlderThan">How long old versions stay readable.</param>
/// <param name="Apply">Whether to remove them, or only to report what would be removed.</param>
public sealed record VacuumRequest(IReadOnlyList<string> Tables, TimeSpan OlderThan, bool Apply);

/// <summary>What was removed, or would be.</summary>
/// <param name="Applied">Whether the files were removed.</param>
/// <param name="Cutoff">Versions from this moment on stay readable.</param>
/// <param name="Tables">Table by table.</param>
/// <param name="Others">Tables of other programs, which are left as they are.</param>
/// <param name="LeftOut">What it left out of the lake.</param>
public sealed record VacuumResponse(
    bool Applied,
    DateTimeOffset Cutoff,
    IReadOnlyList<TableVacuum> Tables,
    IReadOnlyList<string> Others,
    LeftOutReport LeftOut
)
{
    public Verdict Verdict => LeftOut.Lower(Verdict.Done);
}

/// <summary>
/// <c>vacuum</c>: vacuums table by table. A table that cannot be read does not stop the others, unless only that table
/// was named.
/// </summary>
public sealed class VacuumOperation(DataLake lake, FindLeftOut leftOut, OperationTelemetry? telemetry = null)
{
    /// <exception cref="TidemarkException">
    /// The retention is too short; a name is no table; or the only named table cannot be read.
    /// </exception>
    public Task<VacuumResponse> RunAsync(VacuumRequest request, CancellationToken stop) =>
        telemetry.SeeAsync("vacuum", () => VacuumAsync(request, stop));

    private async Task<VacuumResponse> VacuumAsync(VacuumRequest request, CancellationToken stop)
    {
        var vacuum = new Vacuum(lake);
        var cutoff = vacuum.Cutoff(request.OlderThan);
        var tables = new List<TableVacuum>();
        var failed = new List<LeftOut>();
        var (own, others) = await lake.FindOwnAsync(request.Tables, stop);
        foreach (var table in own)
        {
            try
            {
                var plan = await vacuum.PlanAsync(table, cutoff, stop);
                tables.Add(request.Apply ? await vacuum.ApplyAsync(plan, stop) : plan);
            }
            catch (TidemarkException e) when (request.Tables.Count != 1 && LakeSurvey.IsOfTheTable(e))
            {
                failed.Add(LeftOut.Of(table.Id, e));
            }
        }

        return new VacuumResponse(
            request.Apply,
            cutoff,
            tables,
            [.. others.Select(t => t.ToString())],
            await leftOut.OfWalkAsync(request.Tables, failed, [], stop)
        );
    }
}
