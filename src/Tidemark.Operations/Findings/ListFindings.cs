using Tidemark.Control.Findings;

namespace Tidemark.Operations.Findings;

/// <summary>Which findings to list.</summary>
/// <param name="Kind">Only of this kind; null for all.</param>
public sealed record FindingsRequest(string? Kind = null);

/// <summary>What stands.</summary>
/// <param name="Findings">By kind and subject.</param>
public sealed record FindingsResponse(IReadOnlyList<StoredFinding> Findings);

/// <summary><c>findings</c>: what disagrees, as the last run saw it.</summary>
public sealed class ListFindings(FindingStore store)
{
    public async Task<FindingsResponse> RunAsync(FindingsRequest request, CancellationToken cancellationToken)
    {
        var all = await store.ListAsync(cancellationToken);
        return new FindingsResponse([.. all.Where(f => request.Kind is null || f.Kind == request.Kind)]);
    }
}
