using Tidemark.Core.Calendars;
using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Definitions;

/// <summary>The trading calendars of <c>definitions/calendars/*.csv</c>.</summary>
public static class CalendarFiles
{
    /// <summary>Calendars among the definitions: a file each, called by its exchange.</summary>
    public static DefinitionKind Kind { get; } = new("calendars", [".csv"]);

    /// <exception cref="TidemarkException">There is no calendar, or one is malformed.</exception>
    public static IReadOnlyDictionary<string, TradingCalendar> Load(DefinitionFolders folders)
    {
        var files = folders.Read(Kind);
        return files.All.Count > 0
            ? files.All.ToDictionary(
                file => file.Id,
                file => TradingCalendar.Parse(file.Id, DefinitionText.Read(file.Path), file.Path),
                StringComparer.Ordinal
            )
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no calendar in {files.Where}. Put the shipped definitions/calendars back."
            );
    }
}
