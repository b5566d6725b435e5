using System.Globalization;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>Taking a change back.</summary>
internal sealed partial record FileChange
{
    /// <summary>The operation's name in the history.</summary>
    public const string RestoreOperation = "RESTORE";

    /// <summary>
    /// The change that undoes this one on top of what others have committed since; null when there is nothing left to
    /// undo. A unit to which another writer gave other rows keeps those, on all its days.
    /// </summary>
    public FileChange? TakenBack(TableSnapshot newest, TableSnapshot before)
    {
        var changed = ChangedSince(newest, before);
        var live = Added.Where(f => newest.Has(f)).ToArray();
        var removed = live.Where(f => !before.Has(f) && !IsOfOthers(f)).ToArray();
        var gone = removed.Select(f => DeltaPath.Decoded(f.Path)).ToHashSet(StringComparer.Ordinal);
        var standing = newest
            .Files.Values.Where(f => !gone.Contains(DeltaPath.Decoded(f.Path)))
            .SelectMany(PlacesOf)
            .ToHashSet();
        AddAction[] added =
        [
            .. Removed
                .Where(f => !newest.Has(f))
                .Where(f => !IsOfOthers(f) && !PlacesOf(f).Any(standing.Contains))
                .Select(f => f with { DataChange = true }),
            .. live.Where(f => before.Has(f)).Select(f => before.Standing(f)! with { DataChange = false }),
        ];
        var metadata = Metadata is { } restored && SameMetadata(newest.Metadata!, restored) ? before.Metadata : null;
        return removed.Length == 0 && added.Length == 0 && metadata is null
            ? null
            : new FileChange(
                RestoreOperation,
                new Dictionary<string, string> { ["version"] = before.Version.ToString(CultureInfo.InvariantCulture) },
                removed,
                added,
                metadata
            );

        bool IsOfOthers(AddAction file) => changed.Count > 0 && UnitSlice.Of(file).Any(s => changed.Contains(s.Unit));
    }

    private static IEnumerable<UnitPlace> PlacesOf(AddAction file) =>
        UnitSlice.Of(file).Select(s => new UnitPlace(s.Unit, TablePartition.Of(file)));

    /// <summary>The units of this change whose rows have changed again since.</summary>
    private HashSet<string> ChangedSince(TableSnapshot newest, TableSnapshot before)
    {
        var (removed, added) = (PathsOf(Removed), PathsOf(Added));
        var gained = Added.SelectMany(UnitSlice.Of).ToLookup(s => s.Unit, StringComparer.Ordinal);
        var units = Removed.SelectMany(UnitSlice.Of).Select(s => s.Unit).Concat(gained.Select(g => g.Key));
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

    public static bool SameMetadata(MetadataAction left, MetadataAction right) =>
        left.SchemaString == right.SchemaString
        && left.Description == right.Description
        && SameTexts(left.Configuration, right.Configuration);

    public static bool SameTexts(
        IReadOnlyDictionary<string, string>? left,
        IReadOnlyDictionary<string, string>? right
    ) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left ?? new Dictionary<string, string>()).All(t =>
            right!.TryGetValue(t.Key, out var other) && other == t.Value
        );
}
