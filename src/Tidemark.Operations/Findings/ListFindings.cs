using Tidemark.Control.Findings;

namespace Tidemark.Operations.Findings;

/// <summary>Which findings to list.</summary>
/// <param name="Kind">Only of this kind; null for all.</param>
public sealed record FindingsRequest(string? Kind = null);

/// <summary>What stands.</summary>
/// <param name="Findings">By kind and subject.</param>
public sealed record FindingsResponse(IReadOnlyList<StoredFinding> Findings);

/// <summary><c>findings</c>: what disagrees now, as <c>doctor</c> counts it, and since when.</summary>
public sealed class ListFindings(FindingStore store, CalendarFindings calendars, TimeProvider clock)
{
    public async Task<FindingsResponse> RunAsync(FindingsRequest request, CancellationToken cancellationToken)
    {
        await calendars.TryKeepAsync(cancellationToken);
        var stored = await store.ListAsync(cancellationToken);
        var all = calendars.Present() is { } present
            ? stored.Where(f => f.Kind != FindingStore.Calendar).Concat(present.Select(f => Of(f, stored)))
            : stored;
        return new FindingsResponse([
            .. all.Where(f => request.Kind is null || f.Kind == request.Kind)
                .OrderBy(f => f.Kind, StringComparer.Ordinal)
                .ThenBy(f => f.Subject, StringComparer.Ordinal),
        ]);
    }

    // What could not be written is seen for the first time each time.
    private StoredFinding Of(Finding found, IEnumerable<StoredFinding> stored)
    {
        var now = clock.GetUtcNow();
        var known = stored.FirstOrDefault(s => s.Kind == FindingStore.Calendar && s.Subject == found.Subject);
        return new StoredFinding(
            FindingStore.Calendar,
            found.Subject,
            found.Detail,
            known?.FirstSeenAt ?? now,
            known?.LastSeenAt ?? now
        );
    }
}
