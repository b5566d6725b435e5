using System.Globalization;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What is left of a merged file when some of its units are replaced.</summary>
internal sealed record Remainder(AddAction File, IReadOnlyList<UnitSlice> Kept, IReadOnlyList<UnitSlice> Dropped)
{
    /// <summary>
    /// Rows of the kept slices that give way to rows of another unit (<see cref="ScopeChange"/>), by their numbers in
    /// the file, in order.
    /// </summary>
    public IReadOnlyList<long> Given { get; init; } = [];

    /// <summary>The kept slices as they are in the file that takes the place of this one.</summary>
    /// <param name="sha256">That file's hash.</param>
    public IReadOnlyList<UnitSlice> Left(string sha256) =>
        Given.Count == 0
            ? Kept
            :
            [
                .. Kept.Select(
                    (slice, i) =>
                        Given.Count(slice.HasRow) is var given and > 0
                            ? slice.Of(slice.Rows - given, string.Create(CultureInfo.InvariantCulture, $"{sha256}#{i}"))
                            : slice
                ),
            ];
}

/// <summary>What happens to the live files when units get other rows. Pure.</summary>
/// <param name="Files">Every file that holds rows of these units; not live afterwards.</param>
/// <param name="Remainders">
/// Files among them that also hold rows of other units; these rows have to be written again.
/// </param>
internal sealed record UnitReplacement(IReadOnlyList<AddAction> Files, IReadOnlyList<Remainder> Remainders)
{
    /// <summary>Number of rows of other units that give way.</summary>
    public long RowsGivenWay { get; init; }

    /// <param name="snapshot">The version.</param>
    /// <param name="units">The units that get other rows.</param>
    /// <param name="kept">The partitions in which the rows of some of these units stay as they are.</param>
    /// <param name="gone">Files that cannot be read: they leave, and their other units lose the rows in them.</param>
    public static UnitReplacement Of(
        TableSnapshot snapshot,
        IReadOnlySet<string> units,
        IReadOnlySet<UnitPlace> kept,
        IReadOnlyList<AddAction> gone
    )
    {
        AddAction[] unreadable = [.. gone.Select(snapshot.Standing).OfType<AddAction>()];
        var own = units.SelectMany(unit =>
            kept.Count == 0
                ? snapshot.FilesOf(unit)
                : snapshot.FilesOf(unit).Where(f => !kept.Contains(new UnitPlace(unit, TablePartition.Of(f))))
        );
        var files = own.Concat(unreadable).DistinctBy(f => f.Path).ToArray();
        var remainders = new List<Remainder>();
        foreach (var file in files.Where(f => f.Unit is null).ExceptBy(unreadable.Select(u => u.Path), f => f.Path))
        {
            var slices = UnitSlice.Of(file);
            var partition = TablePartition.Of(file);
            var staying = slices.Where(s => !IsReplaced(s.Unit, partition)).ToArray();
            if (staying.Length > 0)
            {
                remainders.Add(new Remainder(file, staying, [.. slices.Where(s => IsReplaced(s.Unit, partition))]));
            }
        }

        return new UnitReplacement(files, remainders);

        bool IsReplaced(string unit, TablePartition partition) =>
            units.Contains(unit) && (kept.Count == 0 || !kept.Contains(new UnitPlace(unit, partition)));
    }
}
