using Tidemark.Lake.Storage;

namespace Tidemark.Operations.Doctor;

/// <summary>How a store behaved when it was tried.</summary>
/// <param name="Store">The store's place.</param>
/// <param name="Findings">The things tried, each with its result.</param>
public sealed record ProbeStoreResponse(string Store, IReadOnlyList<StoreFinding> Findings)
{
    public bool Ok => Findings.All(f => f.Ok);

    public Verdict Verdict => Ok ? Verdict.Done : Verdict.Failed;
}

/// <param name="Name">The property that was tried.</param>
/// <param name="Ok">Whether the store has it.</param>
/// <param name="Message">The result.</param>
public sealed record StoreFinding(string Name, bool Ok, string Message);

/// <summary>
/// <c>doctor store</c>: finds out what the lake's store really does, with objects of its own that it removes again.
/// </summary>
public sealed class ProbeStore(IObjectStore store, DoctorOptions options)
{
    public async Task<ProbeStoreResponse> RunAsync(CancellationToken stop)
    {
        var findings = await new StoreProbe(store).RunAsync(stop);
        return new ProbeStoreResponse(
            options.Lake,
            [.. findings.Select(f => new StoreFinding(f.Name, f.Ok, f.Message))]
        );
    }
}
