using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Telemetry;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Maintenance;

/// <summary>How long raw payloads are kept, and the time zone in which days end.</summary>
public sealed record RetentionTerms(TimeSpan RawKeep, TimeZoneInfo TimeZone);

/// <summary>Drop days that the workspace no longer keeps.</summary>
/// <param name="Apply">Whether to drop them, or only to report what would be dropped.</param>
public sealed record RetentionRequest(bool Apply);

/// <summary>What was dropped, or would be.</summary>
/// <param name="Applied">Whether it was dropped.</param>
/// <param name="Tables">Table by table.</param>
/// <param name="Raw">Raw payloads.</param>
public sealed record RetentionResponse(bool Applied, IReadOnlyList<TableRetention> Tables, RawRetention Raw)
{
    /// <summary>Warehouse tables that read dropped days.</summary>
    public IReadOnlyList<RetentionReader> Readers { get; init; } = [];

    /// <summary>Tables with dropped days that the plan wants, so that the next run fetches them again.</summary>
    public IReadOnlyList<WantedAgain> Wanted { get; init; } = [];

    /// <summary>Whether there was nothing to drop.</summary>
    public bool IsNothing => Tables.All(t => t.Partitions == 0) && Raw.Files == 0;
}

/// <summary>A warehouse table that reads a table with dropped days.</summary>
/// <param name="Table">The warehouse table.</param>
/// <param name="Input">The table that it reads.</param>
/// <param name="Keeps">
/// Whether its days stay as they are; otherwise it is made from all days, and the next build leaves the dropped out.
/// </param>
public sealed record RetentionReader(string Table, string Input, bool Keeps);

/// <summary>A table with dropped days that the plan wants.</summary>
/// <param name="PlanFrom">The first day that the plan wants.</param>
/// <param name="Cutoff">Days before it are dropped.</param>
public sealed record WantedAgain(string Table, DateOnly PlanFrom, DateOnly Cutoff);

/// <summary><c>retention</c>: drops what the workspace no longer keeps, then refreshes the catalog.</summary>
public sealed class RetentionOperation(
    DataLake lake,
    CatalogFile catalog,
    RetentionOptions options,
    RetentionTerms terms,
    RetentionList list,
    Func<WorkspacePlan> plan,
    Func<WarehouseProject> warehouse,
    TimeProvider clock,
    OperationTelemetry? telemetry = null
)
{
    /// <exception cref="TidemarkException">
    /// A name under <c>retention</c> is no table; or a table cannot be read or written.
    /// </exception>
    public Task<RetentionResponse> RunAsync(RetentionRequest request, CancellationToken stop) =>
        telemetry.SeeAsync("retention", () => RetainAsync(request, stop));

    private async Task<RetentionResponse> RetainAsync(RetentionRequest request, CancellationToken stop)
    {
        await list.EnsureKnownAsync(stop);
        var tables = new List<TableRetention>();
        var raw = await catalog.AfterAsync(
            () => DropAsync(tables, request.Apply, stop),
            hasCommitted: () => tables.Any(t => t.Version is not null)
        );
        TableRetention[] dropped = [.. tables.Where(t => t.Partitions > 0)];
        return new RetentionResponse(request.Apply, tables, raw)
        {
            Readers = [.. dropped.Length == 0 ? [] : ReadersOf([.. dropped.Select(t => TableId.Parse(t.Table))])],
            Wanted = [.. Wanted(dropped)],
        };
    }

    private async Task<RawRetention> DropAsync(List<TableRetention> tables, bool apply, CancellationToken stop)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), terms.TimeZone);
        var today = DateOnly.FromDateTime(now.DateTime);
        foreach (var (id, days) in options.Days.OrderBy(r => TableId.Parse(r.Key)))
        {
            // A declared table without data has nothing to drop.
            tables.Add(await Retention.DropAsync(lake.Table(TableId.Parse(id)), days, today, apply, stop));
        }

        return await new Retention(lake).DropRawAsync(terms.RawKeep, apply, stop);
    }

    private IEnumerable<RetentionReader> ReadersOf(HashSet<TableId> dropped) =>
        warehouse()
            .Tables.SelectMany(reader =>
                reader
                    .Inputs.Where(i => dropped.Contains(i.Table))
                    .Select(i => new RetentionReader(reader.Id.ToString(), i.Table.ToString(), reader.HasDays))
            );

    // A run fetches every wanted day that is not there, dropped or not.
    private IEnumerable<WantedAgain> Wanted(IEnumerable<TableRetention> dropped)
    {
        DateOnly from;
        try
        {
            from = plan().Window().From;
        }
        catch (TidemarkException)
        {
            return []; // a calendar that has ended: no run fetches anything
        }

        return dropped
            .Where(t => t.Cutoff > from && TableId.Parse(t.Table).Layer == "ods")
            .Select(t => new WantedAgain(t.Table, from, t.Cutoff));
    }
}
