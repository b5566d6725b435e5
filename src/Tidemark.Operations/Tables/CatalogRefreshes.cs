using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Tables;

/// <summary>Refreshes the catalog after anything that may commit.</summary>
internal static class CatalogRefreshes
{
    /// <summary>
    /// Does the work, then refreshes the catalog once. It also refreshes when the work failed or was stopped half-way,
    /// because its commits are in the lake.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="work">Work that may commit.</param>
    /// <param name="hasCommitted">Whether a result has commits; null to refresh the catalog where it needs it.</param>
    public static async Task<T> AfterAsync<T>(
        this CatalogFile catalog,
        Func<Task<T>> work,
        Func<bool>? hasCommitted = null
    )
    {
        T result;
        try
        {
            result = await work();
        }
        catch
        {
            try
            {
                await RefreshAsync(catalog, hasCommitted);
            }
            catch (Exception e) when (e is TidemarkException or DuckDbException)
            {
                // Report the first failure; the next command that writes refreshes the catalog.
            }

            throw;
        }

        await RefreshAsync(catalog, hasCommitted);
        return result;
    }

    private static Task RefreshAsync(CatalogFile catalog, Func<bool>? hasCommitted) =>
        hasCommitted?.Invoke() switch
        {
            null => catalog.RefreshWhereNeededAsync(CancellationToken.None),
            true => catalog.RefreshAsync(CancellationToken.None),
            false => Task.CompletedTask,
        };
}
