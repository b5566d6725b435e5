using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>How a unit's rows compare with the rows that it had before.</summary>
/// <param name="Inserted">Keys that the unit did not have.</param>
/// <param name="Updated">Keys whose values changed.</param>
/// <param name="Unchanged">Keys whose values are the same.</param>
/// <param name="Deleted">Keys that are gone.</param>
public sealed record UnitCounts(long Inserted, long Updated, long Unchanged, long Deleted)
{
    private const int DaysNamed = 10;

    /// <summary>Rows that the unit has now.</summary>
    public long Rows => Inserted + Updated + Unchanged;

    /// <summary>Rows that the unit had before.</summary>
    public long RowsBefore => Updated + Unchanged + Deleted;

    /// <summary>Columns that had values in the unit's rows and would have none.</summary>
    public IReadOnlyList<string> LostColumns { get; init; } = [];

    /// <summary>Days in whose partitions the unit had rows and would have none.</summary>
    public IReadOnlyList<DateOnly> LostDays { get; init; } = [];

    /// <summary>Files with rows of the unit that could not be read: their rows count as nothing.</summary>
    public int UnreadFiles { get; init; }

    /// <summary>Rows in these files, as the log says.</summary>
    public long UnreadRows { get; init; }

    /// <summary>
    /// Files that no unit wrote (<see cref="TableSnapshot.OthersBeside"/>) whose rows count as the unit's from now on.
    /// </summary>
    public int TakenOverFiles { get; init; }

    /// <summary>Rows of such files whose keys the unit does not bring.</summary>
    public long OthersLost { get; init; }

    /// <summary>Rows of other units that the unit replaces with its own, be they equal or not.</summary>
    public long TakenOverRows { get; init; }

    /// <summary>
    /// Whether the unit would have fewer rows, days or columns than before, or lack rows of files that it takes over.
    /// </summary>
    public bool Shrinks => Rows < RowsBefore || LostColumns.Count > 0 || LostDays.Count > 0 || OthersLost > 0;

    /// <summary>
    /// Whether the unit loses more than a tenth of its rows and gets nothing in their place: the new rows lack these
    /// keys, have no more new keys than that, and no changed values. A unit that grows while it loses rows was
    /// corrected; when a few rows go and as many come, they got another code.
    /// </summary>
    public bool TakesAway => Deleted * 10 > RowsBefore && Inserted <= Deleted && Updated == 0;

    /// <summary>Whether a commit of the unit would change nothing.</summary>
    public bool IsNoChange =>
        Inserted == 0
        && Updated == 0
        && Deleted == 0
        && LostDays.Count == 0
        && UnreadFiles == 0
        && TakenOverFiles == 0
        && TakenOverRows == 0;

    /// <summary>What the unit would lose, for people: <c>3 rows instead of 5, no values in close</c>.</summary>
    public string DescribeLoss()
    {
        var losses = new List<string>(3);
        if (Rows < RowsBefore)
        {
            losses.Add(string.Create(CultureInfo.InvariantCulture, $"{Rows} rows instead of {RowsBefore}"));
        }
        else if (TakesAway || OthersLost > 0)
        {
            losses.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Rows} rows, but not {Deleted} of the {RowsBefore} that stand"
                )
            );
        }

        if (LostDays.Count > 0)
        {
            var more = LostDays.Count > DaysNamed ? $" and {LostDays.Count - DaysNamed} more days" : "";
            losses.Add($"none on {string.Join(", ", LostDays.Take(DaysNamed).Select(d => d.ToIso()))}{more}");
        }

        if (LostColumns.Count > 0)
        {
            losses.Add($"no values in {string.Join(", ", LostColumns)}");
        }

        return string.Join(", ", losses);
    }

    public static UnitCounts operator +(UnitCounts left, UnitCounts right) =>
        new(
            left.Inserted + right.Inserted,
            left.Updated + right.Updated,
            left.Unchanged + right.Unchanged,
            left.Deleted + right.Deleted
        )
        {
            UnreadFiles = left.UnreadFiles + right.UnreadFiles,
            UnreadRows = left.UnreadRows + right.UnreadRows,
            TakenOverFiles = left.TakenOverFiles + right.TakenOverFiles,
            TakenOverRows = left.TakenOverRows + right.TakenOverRows,
            OthersLost = left.OthersLost + right.OthersLost,
        };

    public static UnitCounts None { get; } = new(0, 0, 0, 0);
}
