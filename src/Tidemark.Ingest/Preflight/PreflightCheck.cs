using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Extraction;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// Asks the vendor, with one row each, whether the datasets of a plan may be used. Probes that passed within 24 hours are not repeated.
/// What a plan will not run cannot block it: only its own datasets are asked about. A module whose probe fails is left out of the run; only where
/// nothing else is left, or the token is refused, is the run blocked.
/// </summary>
public sealed class PreflightCheck(IVendorDirectory vendors, SettingsStore settings, TimeProvider clock)
{
    /// <summary>How long a passed probe counts.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(24);
    private const int Parallelism = 4;

    /// <summary>What a fetch would wait out by itself: a minute's window, and some.</summary>
    private static readonly TimeSpan s_shortWait = TimeSpan.FromMinutes(2);

    /// <param name="requests">What is going to run, and a day of each to ask for.</param>
    /// <param name="all">Probes again what has just passed.</param>
    /// <param name="cancellationToken">Stops the probing.</param>
    public async Task<PreflightReport> RunAsync(
        IReadOnlyList<ProbeRequest> requests,
        bool all,
        CancellationToken cancellationToken
    )
    {
        var state = await settings.GetAsync<ProbeState>(SettingKeys.DataSourceTests, cancellationToken);
        var known = (state?.Records ?? []).ToDictionary(r => r.ModuleId, StringComparer.Ordinal);
        var due = requests.Where(r => all || !IsFresh(known.GetValueOrDefault(r.Dataset.Module))).ToArray();
        var probed = new ProbeRecord[due.Length];
        await Parallel.ForAsync(
            0,
            due.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (i, token) => probed[i] = await ProbeAsync(due[i].Dataset, due[i].Day, token)
        );
        foreach (var record in probed.Where(r => r.Status != ProbeRecord.Untested))
        {
            known[record.ModuleId] = record;
        }

        if (probed.Length > 0)
        {
            var records = known.Values.OrderBy(r => r.ModuleId, StringComparer.Ordinal).ToArray();
            await settings.SetAsync(
                SettingKeys.DataSourceTests,
                new ProbeState(records, clock.GetUtcNow()),
                cancellationToken
            );
        }

        var current = probed.ToDictionary(r => r.ModuleId, StringComparer.Ordinal);
        var probes = requests
            .Select(r => current.GetValueOrDefault(r.Dataset.Module) ?? known[r.Dataset.Module])
            .ToArray();
        var canRun = probes.Any(p => p.Status == ProbeRecord.Pass);
        return new PreflightReport(probes, [.. probes.Select(p => Issue(p, canRun)).OfType<ReadinessIssue>()]);
    }

    private static ReadinessIssue? Issue(ProbeRecord probe, bool canRun) =>
        probe.Status switch
        {
            ProbeRecord.Pass => null,
            ProbeRecord.Untested => new ReadinessIssue(
                ReadinessIssue.Error,
                "DOMAIN_TOKEN_MISSING",
                probe.Message!,
                probe.DomainId,
                probe.ModuleId
            ),
            _ => new ReadinessIssue(
                canRun && probe.Kind is not nameof(ErrorKind.Unauthorized)
                    ? ReadinessIssue.Warning
                    : ReadinessIssue.Error,
                "MODULE_TEST_FAILED",
                probe.Kind == nameof(ErrorKind.Permission)
                    ? $"{probe.ModuleId}: {probe.Message} To do without it: `off: [{probe.ModuleId}]` in tidemark.yaml."
                    : $"{probe.ModuleId}: {probe.Message}",
                probe.DomainId,
                probe.ModuleId
            ),
        };

    private bool IsFresh(ProbeRecord? probe) =>
        probe is { Status: ProbeRecord.Pass, TestedAt: { } at } && clock.GetUtcNow() - at <= FreshFor;

    private async Task<ProbeRecord> ProbeAsync(
        DatasetDefinition dataset,
        DateOnly day,
        CancellationToken cancellationToken
    )
    {
        var record = new ProbeRecord(
            "module",
            dataset.Bucket,
            dataset.Module,
            dataset.Api,
            ProbeRecord.Pass,
            clock.GetUtcNow(),
            null,
            null
        );
        IVendorClient client;
        try
        {
            client = await vendors.ConnectAsync(dataset.Vendor, cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return record with { Status = ProbeRecord.Untested, TestedAt = null, Message = e.Message };
        }

        var result = await client.ProbeAsync(UnitExtractor.Requests(dataset, day).First(), cancellationToken);
        // Being told to come back within the minute proves that the api may be used.
        return result.Error is { } error && !(error.Kind == ErrorKind.RateLimit && error.RetryAfter <= s_shortWait)
            ? record with
            {
                Status = ProbeRecord.Fail,
                Kind = error.Kind.ToString(),
                Message = error.Message,
            }
            : record;
    }
}
