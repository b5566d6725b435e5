using Tidemark.Core;
using Tidemark.Operations.Calendars;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Writes calendars: a line for their ends, then one for each warning and the first disagreements.</summary>
internal static class CalendarsText
{
    private const string Indent = "\n      ";
    private const int DisagreementsShown = 3;

    public static string Of(CalendarsReport report)
    {
        var lines = new List<string>
        {
            string.Join(
                ", ",
                report.Calendars.Select(c =>
                    $"{c.Exchange} until {c.Last.ToIso()} ({c.LastSource.ToString().ToLowerInvariant()})"
                )
            ),
        };
        lines.AddRange(report.Warnings);
        if (report.Disagreements.Count > 0)
        {
            var shown = report.Disagreements.Take(DisagreementsShown).Select(d => d.ToString());
            lines.Add(
                $"file and vendor disagree on {report.Disagreements.Count} days, the file counts: {string.Join("; ", shown)} … `tidemark findings`"
            );
        }

        return string.Join(Indent, lines);
    }
}
