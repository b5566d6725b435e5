using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Tables;

/// <summary>
/// The tables of the warehouse that a build has left standing. Builds are no runs, and a table whose folder is gone
/// leaves nothing in the lake that tells of it: what was there is kept in the control database.
/// </summary>
public sealed class BuiltTables(SettingsStore settings)
{
    /// <summary>All that were ever built, or found up to date by a build.</summary>
    /// <exception cref="TidemarkException">The control database does not answer.</exception>
    public async Task<IReadOnlyList<TableId>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await NamesAsync(cancellationToken)).Select(TableId.Parse)];

    /// <summary>
    /// Remembers what a build made or found. A control database that takes nothing makes no build fail: only this is
    /// not known then.
    /// </summary>
    public async Task NoteAsync(BuildResult result, CancellationToken cancellationToken)
    {
        try
        {
            var known = await NamesAsync(cancellationToken);
            var all = result
                .Built.Select(b => b.Table)
                .Concat(result.Skipped.Where(s => s.Partitions > 0).Select(s => s.Table))
                .Union(known, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (all.Length > known.Length)
            {
                await settings.SetAsync(SettingKeys.BuiltTables, all, cancellationToken);
            }
        }
        catch (TidemarkException)
        {
            // Said above.
        }
    }

    private async Task<string[]> NamesAsync(CancellationToken cancellationToken) =>
        await settings.GetAsync<string[]>(SettingKeys.BuiltTables, cancellationToken) ?? [];
}
