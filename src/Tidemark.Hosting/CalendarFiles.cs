using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;

namespace Tidemark.Hosting;

/// <summary>The trading calendars of <c>definitions/calendars/*.csv</c>.</summary>
public static class CalendarFiles
{
    /// <exception cref="TidemarkException">The folder is missing, or a calendar in it is malformed.</exception>
    public static IReadOnlyDictionary<string, TradingCalendar> Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "DEFINITIONS_MISSING",
                $"There is no folder {folder}. Remove 'definitions' from tidemark.yaml to use those shipped with Tidemark."
            );
        }

        return Directory
            .GetFiles(folder, "*.csv")
            .Order(StringComparer.Ordinal)
            .Select(file => TradingCalendar.Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file), file))
            .ToDictionary(c => c.Exchange, StringComparer.Ordinal);
    }
}
