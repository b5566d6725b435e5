using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Operations.Tables;

/// <summary>The catalog follows whatever commits.</summary>
internal static class CatalogRefreshes
{
    /// <summary>
    /// Does what may commit, then refreshes the catalog once: also where it failed or was stopped half-way, because
    /// what it had committed by then stands.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="work">What may commit.</param>
    /// <param name="hasCommitted">Whether it did, as it knows; null where the catalog is made anew in any case.</param>
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
                // The first failure is what has to be told; the next command that writes refreshes the catalog.
            }

            throw;
        }

        await RefreshAsync(catalog, hasCommitted);
        return result;
    }

    private static Task RefreshAsync(CatalogFile catalog, Func<bool>? hasCommitted) =>
        hasCommitted?.Invoke() == false ? Task.CompletedTask : catalog.RefreshAsync(CancellationToken.None);
}
