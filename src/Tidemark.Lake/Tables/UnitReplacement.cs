using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>What is left of a merged file when some of its units are replaced.</summary>
internal sealed record Remainder(AddAction File, IReadOnlyList<UnitSlice> Kept, IReadOnlyList<UnitSlice> Dropped);

/// <summary>What becomes of the live files when units get other rows. Pure.</summary>
/// <param name="Files">Every file that holds rows of them: no longer live afterwards.</param>
/// <param name="Remainders">Those among them that hold rows of other units too, which have to be written again.</param>
internal sealed record UnitReplacement(IReadOnlyList<AddAction> Files, IReadOnlyList<Remainder> Remainders)
{
    public static UnitReplacement Of(TableSnapshot snapshot, IReadOnlySet<string> units)
    {
        var files = units.SelectMany(snapshot.FilesOf).DistinctBy(f => f.Path).ToArray();
        var remainders = new List<Remainder>();
        foreach (var file in files.Where(f => f.Unit is null))
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
