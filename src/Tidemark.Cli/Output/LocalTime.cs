using System.Globalization;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes moments for people: in the zone of the machine, which is always named. JSON documents use UTC.
/// </summary>
internal sealed class LocalTime(TimeZoneInfo zone)
{
    /// <summary>The name of the zone, for the head of a column.</summary>
    public string Zone => zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime ? "UTC" : zone.Id;

    /// <summary>
    /// To the minute with its offset: <c>2026-11-28 20:00 +08:00</c>, or <c>2026-11-28 12:00 UTC</c>.
    /// </summary>
    public string Minute(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        return local.ToString(
            local.Offset == TimeSpan.Zero ? "yyyy-MM-dd HH:mm 'UTC'" : "yyyy-MM-dd HH:mm zzz",
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>
    /// The moments at which the clocks show a time, the earlier first: one mostly, none where they skip it, two where
    /// they go back.
    /// </summary>
    public IReadOnlyList<DateTimeOffset> MomentsOf(DateTime local) =>
        zone.IsInvalidTime(local) ? []
        : zone.IsAmbiguousTime(local)
            ? [.. zone.GetAmbiguousTimeOffsets(local).OrderDescending().Select(o => new DateTimeOffset(local, o))]
        : [new DateTimeOffset(local, zone.GetUtcOffset(local))];

    /// <summary>To the second, for a column whose head has <see cref="Zone"/>.</summary>
    public string Second(DateTimeOffset moment) =>
        TimeZoneInfo.ConvertTime(moment, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
