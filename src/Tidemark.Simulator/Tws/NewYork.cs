using System.Globalization;
using System.Text;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>The gateway's days and hours.</summary>
internal static class NewYork
{
    private const string ConnectionZone = "Eastern Standard Time";
    private const int DaysOfHours = 2;

    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    public static DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone);

    public static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(Local(moment).DateTime);

    /// <summary>A local time as a moment; a time that is skipped in spring counts as an hour later.</summary>
    public static DateTimeOffset Moment(DateTime local, TimeZoneInfo zone) => new(local, zone.GetUtcOffset(local));

    /// <summary>The time in the reply to a greeting.</summary>
    public static string ConnectionTime(DateTimeOffset now) => Text(now, $"yyyyMMdd HH:mm:ss '{ConnectionZone}'");

    /// <summary>The time of a bar.</summary>
    public static string BarTime(DateTimeOffset moment) => Text(moment, "yyyyMMdd HH:mm:ss 'US/Eastern'");

    /// <summary>The sessions of today and tomorrow, as contract details spell them.</summary>
    public static string Hours(IOptionMarket market, DateOnly today)
    {
        var text = new StringBuilder();
        for (var day = today; day < today.AddDays(DaysOfHours); day = day.AddDays(1))
        {
            text.Append(text.Length > 0 ? ";" : "");
            if (market.Session(day) is { } session)
            {
                text.Append(Text(session.Open, "yyyyMMdd:HHmm"))
                    .Append('-')
                    .Append(Text(session.Close, "yyyyMMdd:HHmm"));
            }
            else
            {
                text.Append(day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Append(":CLOSED");
            }
        }

        return text.ToString();
    }

    private static string Text(DateTimeOffset moment, string format) =>
        Local(moment).ToString(format, CultureInfo.InvariantCulture);
}
