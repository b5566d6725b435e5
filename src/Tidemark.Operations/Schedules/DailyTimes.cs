using System.Globalization;
using Cronos;

namespace Tidemark.Operations.Schedules;

/// <summary>
/// The moments of a time of day in a zone. Where the clocks skip the time, the first moment after the gap counts; where
/// they show it twice, the first. Immutable.
/// </summary>
/// <param name="at">The time of day.</param>
/// <param name="zone">Where clocks show it.</param>
public sealed class DailyTimes(TimeOnly at, TimeZoneInfo zone)
{
    // The clocks of no zone skip more than a day.
    private static readonly TimeSpan s_reach = TimeSpan.FromDays(2);

    private readonly CronExpression _expression = CronExpression.Parse(
        string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * *")
    );

    /// <summary>Where clocks show the time.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>The first moment after another.</summary>
    public DateTimeOffset Next(DateTimeOffset after) =>
        _expression.GetNextOccurrence(after.ToUniversalTime(), zone)?.ToUniversalTime()
        ?? throw new InvalidOperationException($"{at} has no moment after {after:u}");

    /// <summary>The last moment not after another.</summary>
    public DateTimeOffset Last(DateTimeOffset until) => Between(until - s_reach, until)[^1];

    /// <summary>The moments after one and not after another, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset until) =>
        after >= until
            ? []
            :
            [
                .. _expression
                    .GetOccurrences(
                        after.ToUniversalTime(),
                        until.ToUniversalTime(),
                        zone,
                        fromInclusive: false,
                        toInclusive: true
                    )
                    .Select(moment => moment.ToUniversalTime()),
            ];

    /// <summary>The moments of a day, as clocks in the zone count days.</summary>
    public IReadOnlyList<DateTimeOffset> On(DateOnly day)
    {
        var noon = new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(new TimeOnly(12, 0)), zone));
        return
        [
            .. Between(noon - s_reach, noon + s_reach)
                .Where(moment => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime) == day),
        ];
    }
}
