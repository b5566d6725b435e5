using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>What is left of a merged file when some of its units are replaced.</summary>
internal sealed record Remainder(AddAction File, IReadOnlyList<UnitSlice> Kept, IReadOnlyList<UnitSlice> Dropped);

/// <summary>What becomes of the live files when units get other rows. Pure.</summary>
/// <param name="Files">Every file that holds rows of them: no longer live afterwards.</param>
/// <param name="Remainders">Those among them that hold rows of other units too, which have to be written again.</param>
internal sealed record UnitReplacement(IReadOnlyList<AddAction> Files, IReadOnlyList<Remainder> Remainders)
{
    /// <param name="snapshot">The version.</param>
    /// <param name="units">The units that get other rows.</param>
    /// <param name="gone">Files that cannot be read: they leave, and nothing is left of them for the other units that were in them.</param>
    public static UnitReplacement Of(TableSnapshot snapshot, IReadOnlySet<string> units, IReadOnlyList<AddAction> gone)
    {
        AddAction[] unreadable = [.. gone.Select(snapshot.Standing).OfType<AddAction>()];
        var files = units.SelectMany(snapshot.FilesOf).Concat(unreadable).DistinctBy(f => f.Path).ToArray();
        var remainders = new List<Remainder>();
        foreach (var file in files.Where(f => f.Unit is null).ExceptBy(unreadable.Select(u => u.Path), f => f.Path))
        {
            var slices = UnitSlice.Of(file);
            var kept = slices.Where(s => !units.Contains(s.Unit)).ToArray();
            if (kept.Length > 0)
            {
                remainders.Add(new Remainder(file, kept, [.. slices.Where(s => units.Contains(s.Unit))]));
            }
        }

        return new UnitReplacement(files, remainders);
    }
}
