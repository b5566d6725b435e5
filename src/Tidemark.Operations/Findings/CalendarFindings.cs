using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Operations.Calendars;

namespace Tidemark.Operations.Findings;

/// <summary>
/// Makes findings of the days on which a calendar file and the vendor's calendar disagree, from the calendars as they
/// are now.
/// </summary>
public sealed class CalendarFindings(WorkspaceCalendars calendars, FindingStore store)
{
    /// <summary>The present disagreements; null where the vendor's calendar cannot be read.</summary>
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

    /// <summary>Replaces the stored disagreements with the present ones.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (Present() is { } found)
        {
            await store.ReplaceAsync(FindingStore.Calendar, found, cancellationToken);
        }
    }

    /// <summary>Like <see cref="KeepAsync"/>, but ignores a control database that cannot be written.</summary>
    public async Task TryKeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync(cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Transient)
        {
            // The findings are shown all the same; the next process that can write stores them.
        }
    }
}
