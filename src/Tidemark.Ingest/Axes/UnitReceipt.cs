using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// How far a unit was asked for that is in the lake: lists, and units whose period is not over. It stands with the
/// unit's files in the log, so that it goes back with them when a table is restored, and comes with a copy of the lake.
/// An answer that was as the one before writes no row again, but its receipt is the newer one.
/// </summary>
/// <param name="AskedAt">When the run planned it: how far a unit is asked for is decided then, and a run may last past
/// the hour at which more is due. The last moment there is when nothing is known, so that such a one is never called
/// old.</param>
/// <param name="Through">The last day that was asked for; null where nothing says it.</param>
public sealed record UnitReceipt(DateTimeOffset AskedAt, DateOnly? Through)
{
    private const string AskedAtTag = "asked_at";
    private const string ThroughTag = "through";

    /// <summary>As the tags of a unit's files have it.</summary>
    public IReadOnlyDictionary<string, string> ToTags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [AskedAtTag] = AskedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
        if (Through is { } through)
        {
            tags[ThroughTag] = through.ToIso();
        }

        return tags;
    }

    /// <summary>Of the newest list that is there; null when there is none.</summary>
    public static UnitReceipt? OfNewest(DatasetDefinition dataset, TableSnapshot snapshot) =>
        new StandingUnits(dataset, snapshot).All is [.., var newest] ? Of(newest, snapshot) : null;

    /// <summary>
    /// Of a unit. Its files have no such tags that an earlier program wrote: then their age is all that is known.
    /// </summary>
    internal static UnitReceipt Of(UnitId unit, TableSnapshot snapshot)
    {
        UnitReceipt? oldest = null;
        var written = long.MinValue;
        foreach (var slice in snapshot.SlicesOf(unit.ToString()))
        {
            written = Math.Max(written, slice.File.ModificationTime);
            if (Of(slice) is { } receipt && !(oldest?.AskedAt <= receipt.AskedAt))
            {
                oldest = receipt;
            }
        }

        return oldest
            ?? new UnitReceipt(
                written == long.MinValue ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(written),
                null
            );
    }

    private static UnitReceipt? Of(UnitSlice slice) =>
        DateTimeOffset.TryParse(
            slice.Tag(AskedAtTag),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var askedAt
        )
            ? new UnitReceipt(askedAt, TradeDate.TryParseIso(slice.Tag(ThroughTag), out var day) ? day : null)
            : null;
}
