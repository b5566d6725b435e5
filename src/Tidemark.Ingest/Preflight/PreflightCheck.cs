using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// Asks the vendor, with one row each, whether the datasets of a plan may be used. A run does not repeat probes that
/// passed within 24 hours, as long as address, account and definition are what they were (<see cref="ProbeBasis"/>).
/// What a plan will not run cannot block it: only its own datasets are asked about. A dataset whose probe fails is left
/// out of the run, and no other of its module; only where nothing else is left, or the token is refused, is the run
/// blocked.
/// </summary>
public sealed class PreflightCheck(IVendorDirectory vendors, SettingsStore settings, TimeProvider clock)
{
    /// <summary>How long a passed probe counts.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(24);
    private const int Parallelism = 4;

    /// <summary>What a fetch would wait out by itself: a minute's window, and some.</summary>
    private static readonly TimeSpan s_shortWait = TimeSpan.FromMinutes(2);

    /// <param name="requests">What is going to run, and a day of each to ask for.</param>
    /// <param name="again">Probes also what has just passed.</param>
    /// <param name="cancellationToken">Stops the probing.</param>
    public async Task<PreflightReport> RunAsync(
        IReadOnlyList<ProbeRequest> requests,
        bool again,
        CancellationToken cancellationToken
    )
    {
        var kept = await settings.GetAsync<ProbeState>(SettingKeys.DataSourceTests, cancellationToken);
        var asked = requests.Select(r => (Request: r, Unit: UnitOf(r))).Where(r => r.Unit is not null).ToArray();
        var answers = new Answer[asked.Length];
        await Parallel.ForAsync(
            0,
            answers.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (i, token) =>
                answers[i] = await AnswerAsync(
                    asked[i].Request.Dataset,
                    asked[i].Unit!.Value,
                    again ? null : kept,
                    token
                )
        );
        await KeepAsync(kept, [.. answers.Where(a => a.Basis is not null)], cancellationToken);
        var canRun = answers.Any(a => a.Record.Status == ProbeRecord.Pass);
        return new PreflightReport(
            [.. answers.Select(a => a.Record)],
            [.. answers.Select((a, i) => Issue(a.Record, asked[i].Request.Dataset, canRun)).OfType<ReadinessIssue>()]
        );
    }

    private async Task KeepAsync(ProbeState? kept, Answer[] asked, CancellationToken cancellationToken)
    {
        if (asked.Length == 0)
        {
            return;
        }

        var records = (kept?.Records ?? [])
            .Where(r => r.DatasetId is not null)
            .ToDictionary(r => r.DatasetId!, StringComparer.Ordinal);
        var bases = (kept?.Bases ?? new Dictionary<string, string>()).ToDictionary(StringComparer.Ordinal);
        foreach (var (record, basis) in asked)
        {
            records[record.DatasetId!] = record;
            bases[record.DatasetId!] = basis!;
        }

        await settings.SetAsync(
            SettingKeys.DataSourceTests,
            new ProbeState(
                [.. records.Values.OrderBy(r => r.DatasetId, StringComparer.Ordinal)],
                clock.GetUtcNow(),
                bases
            ),
            cancellationToken
        );
    }

    // Of a dataset by symbol nothing can be asked before its list is there.
    private static UnitId? UnitOf(ProbeRequest request) =>
        UnitAxis.Of(request.Dataset).Sample(request.Day, request.Part);

    private static ReadinessIssue? Issue(ProbeRecord probe, DatasetDefinition dataset, bool canRun) =>
        probe.Status switch
        {
            ProbeRecord.Pass => null,
            ProbeRecord.Untested => new ReadinessIssue(
                ReadinessIssue.Error,
                "DOMAIN_TOKEN_MISSING",
                probe.Message!,
                probe.DomainId,
                probe.ModuleId
            )
            {
                DatasetId = dataset.Id,
            },
            _ => new ReadinessIssue(
                canRun && probe.Kind is not nameof(ErrorKind.Unauthorized)
                    ? ReadinessIssue.Warning
                    : ReadinessIssue.Error,
                "MODULE_TEST_FAILED",
                $"{dataset.Switch}: {probe.ErrorCode}: {probe.Message}"
                    + (
                        probe.Kind == nameof(ErrorKind.Permission) ? $" {ReadinessIssue.DoWithout(dataset.Switch)}" : ""
                    ),
                probe.DomainId,
                probe.ModuleId
            )
            {
                DatasetId = dataset.Id,
            },
        };

    private async Task<Answer> AnswerAsync(
        DatasetDefinition dataset,
        UnitId unit,
        ProbeState? kept,
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
        )
        {
            DatasetId = dataset.Id,
        };
        IVendorClient client;
        try
        {
            client = await vendors.ConnectAsync(dataset.Vendor, cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return new Answer(
                record with
                {
                    Status = ProbeRecord.Untested,
                    TestedAt = null,
                    Message = e.Message,
                },
                null
            );
        }

        var basis = ProbeBasis.Of(client, dataset);
        if (FreshPass(kept, dataset.Id, basis) is { } pass)
        {
            return new Answer(pass, null);
        }

        var result = await client.ProbeAsync(
            UnitAxis.Of(dataset).Requests(unit, unit.LastDay).First(),
            cancellationToken
        );
        // Being told to come back within the minute proves that the api may be used.
        return result.Error is { } error && !(error.Kind == ErrorKind.RateLimit && error.RetryAfter <= s_shortWait)
            ? new Answer(
                record with
                {
                    Status = ProbeRecord.Fail,
                    Kind = error.Kind.ToString(),
                    Message = error.Message,
                    ErrorCode = error.Code,
                },
                basis
            )
            : new Answer(record, basis);
    }

    private ProbeRecord? FreshPass(ProbeState? kept, string dataset, string basis) =>
        kept?.Bases?.GetValueOrDefault(dataset) == basis
        && kept.Records.FirstOrDefault(r => r.DatasetId == dataset)
            is { Status: ProbeRecord.Pass, TestedAt: { } at } record
        && clock.GetUtcNow() - at is var age
        && age >= TimeSpan.Zero
        && age <= FreshFor
            ? record
            : null;

    /// <param name="Record">What is known of a dataset.</param>
    /// <param name="Basis">What was asked just now; null when nobody was.</param>
    private readonly record struct Answer(ProbeRecord Record, string? Basis);
}
