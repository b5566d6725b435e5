using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// When a unit in the lake was asked for, and up to which day: kept for lists, and for units whose period lasts. The
/// receipt is stored with the unit's files in the log, so that a restore or a copy of the lake takes it along. An
/// answer equal to the one before writes no rows, but renews the receipt.
/// </summary>
/// <param name="AskedAt">The moment of the plan, because the plan decides up to which day to ask, and a run may last
/// past the hour at which more is due. When unknown, <see cref="DateTimeOffset.MaxValue"/>, so that the unit never
/// counts as old.</param>
/// <param name="Through">The last day that was asked for; null when unknown.</param>
public sealed record UnitReceipt(DateTimeOffset AskedAt, DateOnly? Through)
{
    private const string AskedAtTag = "asked_at";
    private const string ThroughTag = "through";

    /// <summary>Of a unit of which nothing is known.</summary>
    public static UnitReceipt None { get; } = new(DateTimeOffset.MaxValue, null);

    /// <summary>The receipt as tags of the unit's files.</summary>
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

    /// <summary>The receipt of the newest list in the table; null when there is none.</summary>
    public static UnitReceipt? OfNewest(DatasetDefinition dataset, TableSnapshot snapshot) =>
        new StandingUnits(dataset, snapshot).All is [.., var newest] ? Of(newest, snapshot) : null;

    /// <summary>
    /// The receipt of a unit. Files of earlier versions of the program have no such tags; only their age is known.
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
            ?? (
                written == long.MinValue
                    ? None
                    : new UnitReceipt(DateTimeOffset.FromUnixTimeMilliseconds(written), null)
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
