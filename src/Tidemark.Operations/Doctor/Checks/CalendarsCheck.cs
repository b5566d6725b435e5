using Tidemark.Operations.Calendars;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Reports how far calendars reach.</summary>
internal sealed class CalendarsCheck(DescribeCalendars calendars) : IDoctorCheck
{
    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var report = calendars.Describe();
        return Task.FromResult<CheckAnswer?>(new CheckAnswer(CalendarsText.Of(report), report.Warnings.Count > 0));
    }
}
