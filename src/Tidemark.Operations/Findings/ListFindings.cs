using Tidemark.Control.Findings;
using Tidemark.Core.Errors;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Findings;

/// <summary>Which findings to list.</summary>
/// <param name="Kind">Only of this kind; null for all.</param>
/// <param name="Days">
/// So many calendar days of each dataset are searched for codes that no list has, its newest ones; null for all.
/// </param>
public sealed record FindingsRequest(string? Kind = null, int? Days = null);

/// <summary>What stands.</summary>
/// <param name="Findings">By kind and subject.</param>
public sealed record FindingsResponse(IReadOnlyList<StoredFinding> Findings)
{
    /// <summary>
    /// What is wrong with symbols and codes, which <see cref="Findings"/> has one by one; null where it was not asked
    /// for or cannot be told.
    /// </summary>
    public SymbolFaults? Symbols { get; init; }
}

/// <summary><c>findings</c>: what disagrees now, as <c>doctor</c> counts it, and since when.</summary>
public sealed class ListFindings(
    FindingStore store,
    CalendarFindings calendars,
    SymbolFindings symbols,
    TimeProvider clock
)
{
    /// <summary>Every kind that there is.</summary>
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
        return new FindingsResponse([
            .. all.Concat(faults?.Findings(clock.GetUtcNow()) ?? [])
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
