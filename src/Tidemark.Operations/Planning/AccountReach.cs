using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest;
using Tidemark.Ingest.Preflight;
using Tidemark.Vendors;

namespace Tidemark.Operations.Planning;

/// <summary>What an account may not use.</summary>
/// <param name="Closed">The reason, by dataset.</param>
/// <param name="Account">What the vendor says that it has; null where nobody could be asked.</param>
public sealed record Reach(IReadOnlyDictionary<string, string> Closed, IReadOnlyList<Entitlement>? Account);

/// <summary>
/// Says which datasets an account may use. What the vendor answered to the last probe goes before what is declared of
/// its points; where neither is known, a dataset counts as open.
/// </summary>
public sealed class AccountReach(IVendorDirectory vendors, PreflightCheck preflight, TimeProvider clock)
{
    /// <param name="datasets">Those to be told of.</param>
    /// <param name="points">What if it had so many? Then probes say nothing. Null: what it has.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<Reach> OfAsync(IReadOnlyList<DatasetDefinition> datasets, int? points, CancellationToken stop)
    {
        var closed = new Dictionary<string, string>(StringComparer.Ordinal);
        List<Entitlement>? account = null;
        foreach (var of in datasets.GroupBy(dataset => dataset.Vendor))
        {
            var has = points;
            IReadOnlyDictionary<string, ProbeRecord> probes = new Dictionary<string, ProbeRecord>();
            if (points is null && await vendors.TryConnectAsync(of.Key, stop) is { } client)
            {
                probes = await preflight.KnownAsync(client, [.. of], stop);
                if (await EntitlementsAsync(client, stop) is { } parts)
                {
                    (account ??= []).AddRange(parts);
                    has = PointsOf(parts);
                }
            }

            foreach (var dataset in of)
            {
                if (WhyClosed(dataset, probes.GetValueOrDefault(dataset.Id), has) is { } why)
                {
                    closed[dataset.Id] = why;
                }
            }
        }

        return new Reach(closed, account);
    }

    /// <summary>The points of today; null where the vendor names none, for it tells nothing of those that never end.</summary>
    private int? PointsOf(IReadOnlyList<Entitlement> parts)
    {
        var today = DateOnly.FromDateTime((clock.GetUtcNow() + TimeSpan.FromHours(8)).UtcDateTime); // in Beijing
        return parts.Count == 0 ? null : parts.Where(part => part.Until >= today).Sum(part => part.Points);
    }

    private static string? WhyClosed(DatasetDefinition dataset, ProbeRecord? probe, int? points)
    {
        if (probe is not null)
        {
            return probe.Status == ProbeRecord.Fail && probe.Kind == nameof(ErrorKind.Permission)
                ? $"the vendor refused it on {DateOnly.FromDateTime(probe.TestedAt!.Value.UtcDateTime).ToIso()}"
                : null;
        }

        return (dataset.Needs, points) switch
        {
            ({ IsPurchased: true }, not null) => "it is bought by itself",
            ({ } needs, { } has) when needs.Points > has => string.Create(
                CultureInfo.InvariantCulture,
                $"it needs {needs.Points:N0} points, the account has {has:N0}"
            ),
            _ => null,
        };
    }

    private static async Task<IReadOnlyList<Entitlement>?> EntitlementsAsync(
        IVendorClient client,
        CancellationToken stop
    )
    {
        try
        {
            return client is IAccountClient account ? await account.EntitlementsAsync(stop) : null;
        }
        catch (VendorException)
        {
            return null; // a plan can be made without
        }
    }
}
