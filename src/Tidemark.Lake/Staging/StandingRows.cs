using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The rows that units have before a commit gives them others, as far as they can be read. A file that is gone, or
/// whose bytes are not what the log says, counts as empty: its rows cannot be compared, and the staged rows take its
/// place. A file that the store cannot give may be whole, so it ends the staging.
/// </summary>
internal sealed class StandingRows(IObjectStore store, TableSnapshot snapshot)
{
    private readonly Dictionary<string, AddAction> _unreadable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);

    public TableSnapshot Snapshot => snapshot;

    /// <summary>Files that hold rows of the units, and perhaps of others, and cannot be read.</summary>
    public IReadOnlyCollection<AddAction> Unreadable =>
        [.. _unreadable.Values.Where(f => UnitSlice.Of(f).Count > 0 && !_others.Contains(f.Path))];

    /// <summary>The files that no unit wrote beside a unit's own in a partition, as far as they can be read.</summary>
    public IEnumerable<AddAction> OthersBeside(StagedUnit unit, TablePartition partition) =>
        snapshot.OthersBeside(unit.Unit, partition).Where(f => !_unreadable.ContainsKey(f.Path));

    /// <summary>The slices of a unit's rows that can be read, and those that cannot.</summary>
    public (IReadOnlyList<UnitSlice> Readable, IReadOnlyList<UnitSlice> Unread) SlicesOf(string unit)
    {
        var slices = snapshot.SlicesOf(unit);
        return _unreadable.Count == 0
            ? (slices, [])
            : (
                [.. slices.Where(s => !_unreadable.ContainsKey(s.File.Path))],
                [.. slices.Where(s => _unreadable.ContainsKey(s.File.Path))]
            );
    }

    /// <summary>
    /// The slices of other units that may have rows in a unit's scope: those that can be read, and those that cannot
    /// and leave with the unit's commit, because it decides over all that was in them.
    /// </summary>
    public (IReadOnlyList<UnitSlice> Readable, IReadOnlyList<UnitSlice> Unread) OthersWithin(StagedUnit unit)
    {
        UnitSlice[] slices = [.. unit.Scope?.OthersIn(snapshot) ?? []];
        return (
            [.. slices.Where(s => !_unreadable.ContainsKey(s.File.Path))],
            [.. slices.Where(s => _unreadable.ContainsKey(s.File.Path) && !_others.Contains(s.File.Path))]
        );
    }

    /// <summary>Reads the units' rows; begins again when a file goes or is damaged meanwhile.</summary>
    public async Task<T> ReadAsync<T>(
        IReadOnlyList<StagedUnit> units,
        Func<T> read,
        CancellationToken cancellationToken
    )
    {
        AddAction[] files =
        [
            .. units.SelectMany(u => snapshot.FilesOf(u.Unit).Concat(AllOthersBeside(u))).DistinctBy(f => f.Path),
        ];
        files = [.. files, .. OthersWithin(units, files)];
        await LookAsync(files, cancellationToken);
        while (true)
        {
            var sound = files.Where(f => !_unreadable.ContainsKey(f.Path));
            try
            {
                using var held = await store.MakeReadableAsync(
                    [.. sound.Select(f => DataFiles.ObjectOf(snapshot.Table, f))],
                    cancellationToken
                );
                return read();
            }
            catch (Exception e)
                when (e is DuckDbException
                    || e is Core.Errors.TidemarkException { Code: "OBJECT_MISSING" or "OBJECT_DAMAGED" }
                )
            {
                if (!await LookAsync(files, cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// The files of other units in the units' scopes. Those that no unit decides over as a whole are never dropped.
    /// </summary>
    private AddAction[] OthersWithin(IReadOnlyList<StagedUnit> units, AddAction[] own)
    {
        var known = own.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, AddAction>(StringComparer.Ordinal);
        foreach (var unit in units.Where(u => u.Scope is not null))
        {
            foreach (var slice in unit.Scope!.OthersIn(snapshot).Where(s => !known.Contains(s.File.Path)))
            {
                found[slice.File.Path] = slice.File;
                if (!unit.Scope.HasAllOf(slice.File))
                {
                    _others.Add(slice.File.Path);
                }
            }
        }

        return [.. found.Values];
    }

    private IEnumerable<AddAction> AllOthersBeside(StagedUnit unit) =>
        unit.Partitions.SelectMany(p => snapshot.OthersBeside(unit.Unit, p));

    /// <summary>Checks the files again; true when one more of them cannot be read.</summary>
    private async Task<bool> LookAsync(AddAction[] files, CancellationToken cancellationToken)
    {
        var known = _unreadable.Count;
        var sound = files.Where(f => !_unreadable.ContainsKey(f.Path));
        foreach (var damaged in await FileCheck.ReadAsync(store, snapshot.Table, sound, cancellationToken))
        {
            if (damaged.Refusal is { } refusal)
            {
                throw damaged.ToException(refusal);
            }

            _unreadable[damaged.File.Path] = damaged.File;
        }

        return _unreadable.Count > known;
    }
}
