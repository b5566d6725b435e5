using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// When a unit that is not whole is tried again: after 15 minutes, 1 hour, 4 hours, when the next day is due, then
/// weekly, 8 times; then it is given up. A try before its time leaves the schedule as it is. Pure.
/// </summary>
internal static class AttemptSchedule
{
    public const int WeeklyAttempts = 8;
    private const int DaysAWeek = 7;

    private static readonly TimeSpan[] s_sameDay =
    [
        TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(4),
    ];

    /// <summary>The attempt to store for a unit that was tried at <paramref name="now"/> and is not whole.</summary>
    /// <param name="before">The attempt stored before; null at the first one.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="dataset">When its days are due.</param>
    /// <param name="calendar">The dataset's, for its time zone.</param>
    /// <param name="now">When it was tried.</param>
    /// <param name="reason">What is not whole.</param>
    public static UnitAttempt After(
        UnitAttempt? before,
        UnitId unit,
        DatasetDefinition dataset,
        TradingCalendar calendar,
        DateTimeOffset now,
        string reason
    )
    {
        if (before is not null && (before.IsGivenUp || now < before.NextAt))
        {
            return before with { Attempts = before.Attempts + 1, LastAt = now, Reason = reason };
        }

        var step = (before?.Step ?? 0) + 1;
        return new UnitAttempt(
            unit.ToString(),
            (before?.Attempts ?? 0) + 1,
            step,
            now,
            Next(step, dataset, calendar, now),
            reason
        );
    }

    private static DateTimeOffset? Next(
        long step,
        DatasetDefinition dataset,
        TradingCalendar calendar,
        DateTimeOffset now
    )
    {
        if (step <= s_sameDay.Length)
        {
            return now + s_sameDay[step - 1];
        }

        var weekly = step - s_sameDay.Length - 1;
        if (weekly > WeeklyAttempts)
        {
            return null;
        }

        // At the time of day at which the dataset is due, so that a run that starts a few seconds earlier than last
        // week's still tries the unit.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, calendar.TimeZone).DateTime);
        if (weekly > 0)
        {
            return calendar.DueAt(today.AddDays(DaysAWeek), dataset.AvailableAt);
        }

        var due = calendar.DueAt(today, dataset.AvailableAt);
        return due > now ? due : calendar.DueAt(today.AddDays(1), dataset.AvailableAt);
    }
}
