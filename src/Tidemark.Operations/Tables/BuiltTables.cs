using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Tables;

/// <summary>
/// Remembers, in the control database, which warehouse tables builds have made. Builds are no runs, and a table whose
/// folder is gone leaves no trace in the lake.
/// </summary>
public sealed class BuiltTables(SettingsStore settings)
{
    /// <summary>All tables that a build ever made or found up to date.</summary>
    /// <exception cref="TidemarkException">The control database does not answer.</exception>
    public async Task<IReadOnlyList<TableId>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await NamesAsync(cancellationToken)).Select(TableId.Parse)];

    /// <summary>
    /// Remembers the tables that a build made or found up to date. A build does not fail when the control database
    /// cannot be written; then only this is not known.
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
            // The build counts; only the memory of it is lacking.
        }
    }

    private async Task<string[]> NamesAsync(CancellationToken cancellationToken) =>
        await settings.GetAsync<string[]>(SettingKeys.BuiltTables, cancellationToken) ?? [];
}
