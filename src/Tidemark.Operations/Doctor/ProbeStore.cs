using Tidemark.Lake.Storage;

namespace Tidemark.Operations.Doctor;

/// <summary>What a store did when it was tried.</summary>
/// <param name="Store">Where it is.</param>
/// <param name="Findings">Each with what it showed.</param>
public sealed record ProbeStoreResponse(string Store, IReadOnlyList<StoreFinding> Findings)
{
    public bool Ok => Findings.All(f => f.Ok);

    public Verdict Verdict => Ok ? Verdict.Done : Verdict.Failed;
}

/// <param name="Name">What was tried.</param>
/// <param name="Ok">Whether the store keeps to it.</param>
/// <param name="Message">What it showed.</param>
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
