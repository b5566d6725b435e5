using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest;
using Tidemark.Ingest.Preflight;
using Tidemark.Vendors;

namespace Tidemark.Operations.Planning;

/// <summary>What the accounts may not use.</summary>
/// <param name="Closed">The reason, by dataset.</param>
/// <param name="Accounts">What the vendors say that they have, or why not; null where nobody was asked.</param>
public sealed record Reach(IReadOnlyDictionary<string, string> Closed, IReadOnlyList<AccountEntitlements>? Accounts);

/// <summary>
/// Says which datasets the accounts of a vendor may use: what one of them may, is open. What the vendor answered to the
/// last probe goes before what is declared of its points; where neither is known, a dataset counts as open.
/// </summary>
public sealed class AccountReach(IVendorDirectory vendors, ProbeBook probes, TimeProvider clock)
{
    /// <summary>The vendors' day.</summary>
    public DateOnly Today => BeijingTime.DayOf(clock.GetUtcNow());

    /// <param name="datasets">Those to be told of.</param>
    /// <param name="points">What if it had so many? Then probes say nothing. Null: what it has.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<Reach> OfAsync(IReadOnlyList<DatasetDefinition> datasets, int? points, CancellationToken stop)
    {
        var closed = new Dictionary<string, string>(StringComparer.Ordinal);
        List<AccountEntitlements>? accounts = null;
        foreach (var of in datasets.GroupBy(dataset => dataset.Vendor))
        {
            var has = points;
            IReadOnlyDictionary<string, ProbeRecord> known = new Dictionary<string, ProbeRecord>();
            if (points is null && await vendors.TryConnectAsync(of.Key, stop) is { } client)
            {
                known = await probes.KnownAsync(client, [.. of], stop);
                if (client is IAccountClient its)
                {
                    var told = await its.EntitlementsAsync(stop);
                    (accounts ??= []).AddRange(told);
                    has = PointsOf(told);
                }
            }

            foreach (var dataset in of)
            {
                if (WhyClosed(dataset, known.GetValueOrDefault(dataset.Id), has) is { } why)
                {
                    closed[dataset.Id] = why;
                }
            }
        }

        return new Reach(closed, accounts);
    }

    /// <summary>
    /// The most points of today that an account has; null where it cannot be told, for a vendor tells nothing of points
    /// that never end, and a plan can be made without. An account whose token is refused has none.
    /// </summary>
    private int? PointsOf(IReadOnlyList<AccountEntitlements> accounts)
    {
        var today = Today;
        AccountEntitlements[] usable = [.. accounts.Where(of => of.Error?.Kind != ErrorKind.Unauthorized)];
        return usable.Length == 0 || usable.Any(of => of.Parts.Count == 0)
            ? null
            : usable.Max(of => of.Parts.Where(part => part.Until >= today).Sum(part => part.Points));
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
}
