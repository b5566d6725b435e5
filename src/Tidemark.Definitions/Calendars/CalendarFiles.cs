using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;

namespace Tidemark.Definitions.Calendars;

/// <summary>The trading calendars of <c>definitions/calendars/*.csv</c>. Immutable.</summary>
/// <param name="ByExchange">Those that can be used.</param>
/// <param name="LeftOut">Those whose files have faults.</param>
public sealed record CalendarFiles(
    IReadOnlyDictionary<string, TradingCalendar> ByExchange,
    IReadOnlyList<DefinitionFault> LeftOut
)
{
    /// <summary>Calendars among the definitions: a file each, called by its exchange.</summary>
    public static DefinitionKind Kind { get; } = new("calendars", [".csv"]);

    /// <summary>The calendars of files; those with a fault are left out.</summary>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is no calendar.</exception>
    public static CalendarFiles Read(DefinitionSet set)
    {
        if (set.Sources.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no calendar in {set.Files.Where}. Put the shipped definitions/calendars back."
            );
        }

        var files = new LikedCalendars(set.Sources);
        var calendars = new Dictionary<string, TradingCalendar>(StringComparer.Ordinal);
        var faults = new List<DefinitionFault>();
        foreach (var source in set.Sources)
        {
            var (calendar, problems) = files.Of(source);
            if (calendar is not null)
            {
                calendars[source.Id] = calendar;
            }
            else
            {
                faults.Add(new DefinitionFault("calendar", source.Id, CalendarFile.ErrorCode, problems));
            }
        }

        return new CalendarFiles(calendars, faults);
    }
}
