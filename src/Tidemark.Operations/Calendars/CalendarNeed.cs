using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Calendars;

/// <summary>Decides whether the vendor's calendar must be fetched before other datasets can be planned.</summary>
public sealed class CalendarNeed(
    WorkspaceCalendars calendars,
    DatasetRegistry datasets,
    PlanOptions plan,
    TimeProvider clock
)
{
    /// <summary>
    /// The dataset that brings calendars, when a calendar in use is missing or ends within the plan; null when none
    /// does, or when that dataset is off.
    /// </summary>
    public DatasetDefinition? Missing() =>
        datasets.FindByTable(VendorCalendar.Table) is { } brings
        && datasets.Planned.Any(d => d.Id != brings.Id && IsServed(d.Calendar) && !Reaches(d.Calendar))
            ? brings
            : null;

    private static bool IsServed(string exchange) =>
        Exchanges.All.Any(e => e.Code == exchange && e.VendorCode is not null);

    private bool Reaches(string exchange)
    {
        if (!calendars.TryGetValue(exchange, out var calendar))
        {
            return false;
        }

        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), calendar.TimeZone).DateTime);
        return (plan.To < today ? plan.To.Value : today) <= calendar.Last;
    }
}
