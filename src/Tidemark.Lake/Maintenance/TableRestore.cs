using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Damage;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>What a restore did.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="RestoredVersion">The version whose content the table has now.</param>
/// <param name="Version">The table's version after it: a new one, or the standing one when it had that content already.</param>
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
/// Gives a table the content of an earlier version, as a new version: what came after goes, what went comes back, and so does the schema.
/// Nothing is copied and nothing is lost, so that a restore can itself be restored from. It takes back what was there when it was asked for: when others commit
/// rows while it is at work (or while its process is stopped), it is refused, as nobody has decided about those. Compactions in between do not matter.
/// </summary>
public sealed class TableRestore(LakeTable table)
{
    private const string Operation = "RESTORE";

    /// <exception cref="TidemarkException">
    /// <c>VERSION_VACUUMED</c>: the store no longer has a file that the version needs; <c>OBJECT_IS_LINK</c>: it is behind a link; <c>VERSION_UNKNOWN</c>;
    /// <c>TABLE_FOREIGN</c>: it is another program's.
    /// </exception>
    /// <exception cref="CommitConflictException">Rows were committed after it began; nothing was restored.</exception>
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

    /// <summary>What turns one version into another; null when they have the same content.</summary>
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

        var metadata = SameMetadata(newest.Metadata!, target.Metadata!) ? null : target.Metadata;
        return removed.Length == 0 && added.Count == 0 && metadata is null
            ? null
            : new FileChange(
                Operation,
                new Dictionary<string, string> { ["version"] = target.Version.ToString(CultureInfo.InvariantCulture) },
                removed,
                added,
                metadata
            );
    }

    /// <summary>
    /// What takes a change back on top of what others have committed since then; null when nothing is left of it. A unit to which one of them gave other rows stays
    /// as he left it, on all its days.
    /// </summary>
    internal static FileChange? Undo(TableSnapshot newest, TableSnapshot before, FileChange change)
    {
        var changed = ChangedSince(newest, before, change);
        var live = change.Added.Where(f => newest.Has(f)).ToArray();
        var removed = live.Where(f => !before.Has(f) && !IsOfOthers(f)).ToArray();
        var gone = removed.Select(f => DeltaPath.Decoded(f.Path)).ToHashSet(StringComparer.Ordinal);
        var standing = newest
            .Files.Values.Where(f => !gone.Contains(DeltaPath.Decoded(f.Path)))
            .SelectMany(PlacesOf)
            .ToHashSet();
        AddAction[] added =
        [
            .. change
                .Removed.Where(f => !newest.Has(f))
                .Where(f => !IsOfOthers(f) && !PlacesOf(f).Any(standing.Contains))
                .Select(f => f with { DataChange = true }),
            .. live.Where(f => before.Has(f)).Select(f => before.Standing(f)! with { DataChange = false }),
        ];
        var metadata =
            change.Metadata is { } restored && SameMetadata(newest.Metadata!, restored) ? before.Metadata : null;
        return removed.Length == 0 && added.Length == 0 && metadata is null
            ? null
            : new FileChange(
                Operation,
                new Dictionary<string, string> { ["version"] = before.Version.ToString(CultureInfo.InvariantCulture) },
                removed,
                added,
                metadata
            );

        bool IsOfOthers(AddAction file) => changed.Count > 0 && UnitSlice.Of(file).Any(s => changed.Contains(s.Unit));
    }

    private static IEnumerable<UnitPlace> PlacesOf(AddAction file) =>
        UnitSlice.Of(file).Select(s => new UnitPlace(s.Unit, TablePartition.Of(file)));

    /// <summary>The units of a change that have other rows by now than it gave them.</summary>
    private static HashSet<string> ChangedSince(TableSnapshot newest, TableSnapshot before, FileChange change)
    {
        var (removed, added) = (PathsOf(change.Removed), PathsOf(change.Added));
        var gained = change.Added.SelectMany(UnitSlice.Of).ToLookup(s => s.Unit, StringComparer.Ordinal);
        var units = change.Removed.SelectMany(UnitSlice.Of).Select(s => s.Unit).Concat(gained.Select(g => g.Key));
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var unit in units.Distinct(StringComparer.Ordinal))
        {
            var given = before
                .SlicesOf(unit)
                .Where(s => !removed.Contains(s.File.Path) && !added.Contains(s.File.Path))
                .Concat(gained[unit]);
            if (!Contents(given).SequenceEqual(Contents(newest.SlicesOf(unit)), StringComparer.Ordinal))
            {
                changed.Add(unit);
            }
        }

        return changed;
    }

    private static HashSet<string> PathsOf(IEnumerable<AddAction> files) =>
        files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Contents(IEnumerable<UnitSlice> slices) =>
        slices.Select(s => s.Content).Order(StringComparer.Ordinal);

    private static bool SameTags(AddAction left, AddAction right) => SameTexts(left.Tags, right.Tags);

    private static bool SameMetadata(MetadataAction left, MetadataAction right) =>
        left.SchemaString == right.SchemaString
        && left.Description == right.Description
        && SameTexts(left.Configuration, right.Configuration);

    private static bool SameTexts(
        IReadOnlyDictionary<string, string>? left,
        IReadOnlyDictionary<string, string>? right
    ) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left ?? new Dictionary<string, string>()).All(t =>
            right!.TryGetValue(t.Key, out var other) && other == t.Value
        );

    private async Task EnsureFilesAsync(TableSnapshot target, CancellationToken cancellationToken)
    {
        var listing = await TableListing.ReadAsync(table, cancellationToken);
        var gone = listing.CountMissing(target.Files.Values);
        if (gone == 0)
        {
            return;
        }

        // Not vacuumed, but out of reach as long as the link is there.
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

    /// <summary>A vacuum at the same moment may have taken what was just brought back: then what stood before stands again.</summary>
    private async Task EnsureFilesOrUndoAsync(TableSnapshot target, TableSnapshot before, FileChange change)
    {
        var listing = await TableListing.ReadAsync(table, CancellationToken.None);
        if (listing.CountMissing(target.Files.Values) == 0)
        {
            return;
        }

        await FileChange.CommitAsync(table, newest => Undo(newest, before, change), CancellationToken.None);
        await EnsureFilesAsync(target, CancellationToken.None);
    }
}
