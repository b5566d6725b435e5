using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>What a restore did.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="RestoredVersion">The version whose content the table has now.</param>
/// <param name="Version">
/// The table's version after it: a new one, or the standing one when it had that content already.
/// </param>
/// <param name="IsNewVersion">Whether anything was written.</param>
/// <param name="FilesAdded">Files that came back.</param>
/// <param name="FilesRemoved">Files that went.</param>
/// <param name="RowsBefore">Rows before.</param>
/// <param name="Rows">Rows now.</param>
/// <param name="Partitions">Partitions that changed.</param>
public sealed record RestoreResult(
    string Table,
    long RestoredVersion,
    long Version,
    bool IsNewVersion,
    int FilesAdded,
    int FilesRemoved,
    long RowsBefore,
    long Rows,
    int Partitions
);

/// <summary>
/// Gives a table the content of an earlier version, as a new version: later rows go, removed rows come back, and so
/// does the schema. Nothing is copied and nothing is lost, so a restore can itself be undone by a restore. It replaces
/// the content that the table had when the restore began: when others commit rows while it works (or while its process
/// is stopped), it is refused, because nobody has decided about those rows. Compactions in between do not matter.
/// </summary>
public sealed class TableRestore(LakeTable table)
{
    /// <exception cref="TidemarkException">
    /// <c>VERSION_VACUUMED</c>: the store no longer has a file that the version needs; <c>OBJECT_IS_LINK</c>: it is
    /// behind a link; <c>VERSION_UNKNOWN</c>; <c>TABLE_FOREIGN</c>: it is another program's.
    /// </exception>
    /// <exception cref="CommitConflictException">
    /// Rows were committed after the restore began; nothing was restored.
    /// </exception>
    public async Task<RestoreResult> RestoreAsync(long version, CancellationToken cancellationToken)
    {
        var asked = await table.SnapshotAsync(cancellationToken);
        var target = await table.SnapshotAtAsync(version, cancellationToken);
        ProtocolRules.EnsureOurs(target);
        await EnsureFilesAsync(target, cancellationToken);
        var (before, after, change) = await FileChange.CommitAsync(
            table,
            newest => Plan(Undisturbed(asked, newest), target),
            cancellationToken
        );
        if (change is { Added.Count: > 0 })
        {
            await EnsureFilesOrUndoAsync(target, before, change);
        }

        return new RestoreResult(
            table.Id.ToString(),
            version,
            after.Version,
            change is not null,
            change?.Added.Count ?? 0,
            change?.Removed.Count ?? 0,
            before.RowCount,
            after.RowCount,
            change?.Removed.Concat(change.Added).Select(TablePartition.Of).Distinct().Count() ?? 0
        );
    }

    private static TableSnapshot Undisturbed(TableSnapshot asked, TableSnapshot newest) =>
        newest.HasRowsChangedSince(asked)
            ? throw new CommitConflictException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{newest.Table}: rows were committed (version {newest.Version}) after this restore had begun at version {asked.Version}. Nothing was restored. "
                ) + $"See `tidemark history {newest.Table}`, and restore again if they are to go, too."
            )
            : newest;

    /// <summary>The change from one version to another; null when they have the same content.</summary>
    internal static FileChange? Plan(TableSnapshot newest, TableSnapshot target)
    {
        var removed = newest.Files.Values.Where(f => !target.Has(f)).ToArray();
        var added = new List<AddAction>();
        foreach (var file in target.Files.Values)
        {
            if (newest.Standing(file) is not { } standing)
            {
                added.Add(file with { DataChange = true });
            }
            else if (!SameTags(file, standing))
            {
                added.Add(file with { DataChange = false });
            }
        }

        var metadata = FileChange.SameMetadata(newest.Metadata!, target.Metadata!) ? null : target.Metadata;
        return removed.Length == 0 && added.Count == 0 && metadata is null
            ? null
            : new FileChange(
                FileChange.RestoreOperation,
                new Dictionary<string, string> { ["version"] = target.Version.ToString(CultureInfo.InvariantCulture) },
                removed,
                added,
                metadata
            );
    }

    private static bool SameTags(AddAction left, AddAction right) => FileChange.SameTexts(left.Tags, right.Tags);

    private async Task EnsureFilesAsync(TableSnapshot target, CancellationToken cancellationToken)
    {
        var listing = await TableListing.ReadAsync(table, cancellationToken);
        var gone = listing.CountMissing(target.Files.Values);
        if (gone == 0)
        {
            return;
        }

        // The file is not vacuumed, but cannot be read as long as the link is there.
        if (
            target
                .Files.Values.Select(f => FileCheck.Linked(table.Store, table.Id, f))
                .FirstOrDefault(f => f is not null) is
            { } linked
        )
        {
            throw linked.ToException(inner: null);
        }

        throw await WholeVersions.VacuumedAsync(table, target, gone, listing, "restored", cancellationToken);
    }

    /// <summary>
    /// A vacuum at the same moment may have removed a file that was just brought back: then this restores the content
    /// from before.
    /// </summary>
    private async Task EnsureFilesOrUndoAsync(TableSnapshot target, TableSnapshot before, FileChange change)
    {
        var listing = await TableListing.ReadAsync(table, CancellationToken.None);
        if (listing.CountMissing(target.Files.Values) == 0)
        {
            return;
        }

        await FileChange.CommitAsync(table, newest => change.TakenBack(newest, before), CancellationToken.None);
        await EnsureFilesAsync(target, CancellationToken.None);
    }
}
