using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// The last probe of each dataset (<c>data_source_test_state_v1</c>), with what it was made with
/// (<see cref="ProbeBasis"/>): with another account, address or definition it says nothing any more. Thread-safe.
/// </summary>
public sealed class ProbeBook(IVendorDirectory vendors, SettingsStore settings, TimeProvider clock)
{
    /// <summary>Everything that is kept; null when nothing was ever probed.</summary>
    public Task<ProbeState?> ReadAsync(CancellationToken stop) =>
        settings.GetAsync<ProbeState>(SettingKeys.DataSourceTests, stop);

    /// <summary>
    /// The last probes of datasets that were made with this account and these definitions, however long ago.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, ProbeRecord>> KnownAsync(
        IVendorClient client,
        IReadOnlyList<DatasetDefinition> datasets,
        CancellationToken stop
    )
    {
        var kept = await ReadAsync(stop);
        return datasets
            .Select(d => (d.Id, Record: kept?.Find(d.Id, ProbeBasis.Of(client, d))))
            .Where(p => p.Record is not null)
            .ToDictionary(p => p.Id, p => p.Record!, StringComparer.Ordinal);
    }

    /// <summary>
    /// The same for datasets of several vendors, each with the account of its domain. Where there is no account (a
    /// shell without the token), the last one's answers count: nothing is known of another.
    /// </summary>
    /// <param name="datasets">Those to be told of.</param>
    /// <param name="isMeant">Which records matter; null for all. Comparing their bases takes time.</param>
    /// <param name="stop">Stops the reading.</param>
    public async Task<IReadOnlyDictionary<string, ProbeRecord>> LastAsync(
        IReadOnlyList<DatasetDefinition> datasets,
        Func<ProbeRecord, bool>? isMeant,
        CancellationToken stop
    )
    {
        var last = new Dictionary<string, ProbeRecord>(StringComparer.Ordinal);
        if (await ReadAsync(stop) is not { Bases: { } bases } kept)
        {
            return last;
        }

        var meant = kept
            .Records.Where(r => r.DatasetId is not null && (isMeant is null || isMeant(r)))
            .Select(r => r.DatasetId!)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var dataset in datasets.Where(d => meant.Contains(d.Id) && bases.ContainsKey(d.Id)))
        {
            var client = await TryConnectAsync(dataset, stop);
            var basis = client is null ? bases[dataset.Id] : ProbeBasis.Of(client, dataset);
            if (kept.Find(dataset.Id, basis) is { } record)
            {
                last[dataset.Id] = record;
            }
        }

        return last;
    }

    /// <summary>What was known of these datasets counts as old from now on: something has changed.</summary>
    public async Task MarkStaleAsync(Func<ProbeRecord, bool> isMeant, CancellationToken stop)
    {
        if (await ReadAsync(stop) is { } kept && kept.Records.Any(r => isMeant(r) && !r.Stale))
        {
            await ChangeAsync(
                state =>
                    state with
                    {
                        Records = [.. state.Records.Select(r => isMeant(r) ? r with { Stale = true } : r)],
                    },
                stop
            );
        }
    }

    /// <summary>
    /// Keeps probes in the place of those before. When a dataset last passed stays known until the vendor says no: a
    /// time-out says nothing of what the account may do.
    /// </summary>
    internal Task KeepAsync(IReadOnlyCollection<(ProbeRecord Record, string Basis)> asked, CancellationToken stop) =>
        asked.Count == 0 ? Task.CompletedTask : ChangeAsync(state => With(state, asked), stop);

    private ProbeState With(ProbeState kept, IReadOnlyCollection<(ProbeRecord Record, string Basis)> asked)
    {
        var records = kept
            .Records.Where(r => r.DatasetId is not null)
            .ToDictionary(r => r.DatasetId!, StringComparer.Ordinal);
        var bases = (kept.Bases ?? new Dictionary<string, string>()).ToDictionary(StringComparer.Ordinal);
        foreach (var (record, basis) in asked)
        {
            records[record.DatasetId!] = record with
            {
                PassedAt =
                    record.Status == ProbeRecord.Pass ? record.TestedAt
                    : record.IsRefusal ? null
                    : kept.Find(record.DatasetId!, basis)?.PassedAt,
            };
            bases[record.DatasetId!] = basis;
        }

        return new ProbeState(
            [.. records.Values.OrderBy(r => r.DatasetId, StringComparer.Ordinal)],
            clock.GetUtcNow(),
            bases
        );
    }

    // In one transaction: two processes may probe at once.
    private Task ChangeAsync(Func<ProbeState, ProbeState> change, CancellationToken stop) =>
        settings.ChangeAsync<ProbeState>(
            SettingKeys.DataSourceTests,
            state => change(state ?? new ProbeState([], clock.GetUtcNow())),
            by: null,
            stop
        );

    private async Task<IVendorClient?> TryConnectAsync(DatasetDefinition dataset, CancellationToken stop)
    {
        try
        {
            return await vendors.ConnectAsync(dataset, stop);
        }
        catch (TidemarkException)
        {
            return null; // no token, or a vendor that this program does not know any more
        }
    }
}
