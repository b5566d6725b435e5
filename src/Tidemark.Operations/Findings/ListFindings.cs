using Tidemark.Control.Findings;
using Tidemark.Core.Errors;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Findings;

/// <summary>Which findings to list.</summary>
/// <param name="Kind">Only of this kind; null for all.</param>
/// <param name="Days">
/// The number of newest calendar days of each dataset that are searched for codes that no list has; null for all.
/// </param>
public sealed record FindingsRequest(string? Kind = null, int? Days = null);

/// <summary>The present findings.</summary>
/// <param name="Findings">By kind and subject.</param>
public sealed record FindingsResponse(IReadOnlyList<StoredFinding> Findings)
{
    /// <summary>
    /// The faults of symbols and codes, which <see cref="Findings"/> lists one by one; null where they were not asked
    /// for or cannot be found out.
    /// </summary>
    public SymbolFaults? Symbols { get; init; }
}

/// <summary><c>findings</c>: the present disagreements, as <c>doctor</c> counts them, and since when.</summary>
public sealed class ListFindings(
    FindingStore store,
    CalendarFindings calendars,
    SymbolFindings symbols,
    RemarkFindings remarks,
    TimeProvider clock
)
{
    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Kinds => FindingStore.Kinds;

    public async Task<FindingsResponse> RunAsync(FindingsRequest request, CancellationToken cancellationToken)
    {
        await calendars.TryKeepAsync(cancellationToken);
        var stored = await store.ListAsync(cancellationToken);
        var all = calendars.Present() is { } present
            ? stored.Where(f => f.Kind != FindingStore.Calendar).Concat(present.Select(f => Of(f, stored)))
            : stored;
        var faults = request.Kind is null or FindingStore.Symbols
            ? await SymbolsAsync(request.Days, cancellationToken)
            : null;
        var remarked = await remarks.RunAsync(request.Kind, cancellationToken);
        return new FindingsResponse([
            .. all.Concat(faults?.Findings(clock.GetUtcNow()) ?? [])
                .Concat(remarked)
                .Where(f => request.Kind is null || f.Kind == request.Kind)
                .OrderBy(f => f.Kind, StringComparer.Ordinal)
                .ThenBy(f => f.Subject, StringComparer.Ordinal),
        ])
        {
            Symbols = faults,
        };
    }

    private async Task<SymbolFaults?> SymbolsAsync(int? days, CancellationToken cancellationToken)
    {
        try
        {
            return await symbols.RunAsync(days, cancellationToken);
        }
        catch (TidemarkException)
        {
            return null; // a file of targets that is gone: who needs it says so
        }
    }

    // A finding that could not be stored appears each time as first seen.
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
