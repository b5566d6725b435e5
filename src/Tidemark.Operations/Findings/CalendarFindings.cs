using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Operations.Calendars;

namespace Tidemark.Operations.Findings;

/// <summary>
/// The days on which a calendar file and the vendor's calendar disagree, as findings: always those of the calendars as
/// they are now.
/// </summary>
public sealed class CalendarFindings(WorkspaceCalendars calendars, FindingStore store)
{
    /// <summary>What disagrees now; null where nobody can tell, as the vendor's calendar cannot be read.</summary>
    public IReadOnlyCollection<Finding>? Present() =>
        calendars.Problem is null
            ?
            [
                .. calendars.Book.Disagreements.Select(d => new Finding($"{d.Exchange} {d.Day.ToIso()}", d.Detail)),
                .. calendars.Book.Flaws.Select(f => new Finding(
                    $"{f.Exchange} {f.From.ToIso()} to {f.To.ToIso()}",
                    f.Detail
                )),
            ]
            : null;

    /// <summary>Writes what disagrees now in the place of what did before.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (Present() is { } found)
        {
            await store.ReplaceAsync(FindingStore.Calendar, found, cancellationToken);
        }
    }

    /// <summary>The same where the control database may be one that can only be read.</summary>
    public async Task TryKeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync(cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Transient)
        {
            // Who only reads is told all the same; whoever can write keeps it.
        }
    }
}
