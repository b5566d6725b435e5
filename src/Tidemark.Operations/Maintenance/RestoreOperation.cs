using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Maintenance;

/// <summary>Restore a table to a version or a moment.</summary>
/// <param name="Table"><c>layer.name</c>, or the name alone.</param>
/// <param name="Version">The version; null where a moment is given.</param>
/// <param name="AsOf">The version of that moment; null where a version is given.</param>
public sealed record RestoreRequest(string Table, long? Version, DateTimeOffset? AsOf);

/// <summary>
/// <c>restore</c>: commits an earlier version's content as a new version, then refreshes the catalog.
/// </summary>
public sealed class RestoreOperation(DataLake lake, CatalogFile catalog, OperationTelemetry? telemetry = null)
{
    /// <exception cref="TidemarkException">
    /// Code <c>VERSION_INVALID</c>; there is no such table or version, or it cannot be restored.
    /// </exception>
    public Task<RestoreResult> RunAsync(RestoreRequest request, CancellationToken stop) =>
        telemetry.SeeAsync("restore", () => RestoreAsync(request, stop));

    private async Task<RestoreResult> RestoreAsync(RestoreRequest request, CancellationToken stop)
    {
        if (request.Version is null == request.AsOf is null)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_INVALID",
                "Give either --version V or --as-of TIME. See `tidemark history TABLE`."
            );
        }

        var table = await lake.FindAsync(request.Table, stop);
        var target = request.Version ?? (await table.SnapshotAsOfAsync(request.AsOf!.Value, stop)).Version;
        var result = await new TableRestore(table).RestoreAsync(target, stop);
        if (result.IsNewVersion)
        {
            await catalog.RefreshAsync(CancellationToken.None);
        }

        return result;
    }
}
