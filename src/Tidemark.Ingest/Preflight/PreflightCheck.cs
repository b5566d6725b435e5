using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// Asks the vendor, with one row each, whether the datasets of a plan may be used. A run does not repeat probes that
/// passed within 24 hours with the same address, account and definition (<see cref="ProbeBasis"/>). It probes only the
/// datasets of the plan, so that others cannot block it. A dataset whose probe fails is left out of the run; the other
/// datasets of its module are not. The run is blocked only where no dataset is left, or the token is refused.
/// </summary>
public sealed class PreflightCheck(IVendorDirectory vendors, ProbeBook book, TimeProvider clock)
{
    /// <summary>How long a passed probe counts.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(24);
    private const int Parallelism = 4;

    /// <summary>A fetch would wait this long by itself: a vendor's minute window, and some more.</summary>
    private static readonly TimeSpan s_shortWait = TimeSpan.FromMinutes(2);

    /// <param name="requests">The datasets of the run, each with a day to ask for.</param>
    /// <param name="again">Whether to repeat probes that have just passed.</param>
    /// <param name="cancellationToken">Stops the probing.</param>
    public async Task<PreflightReport> RunAsync(
        IReadOnlyList<ProbeRequest> requests,
        bool again,
        CancellationToken cancellationToken
    )
    {
        var kept = await book.ReadAsync(cancellationToken);
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
        await book.KeepAsync(
            [.. answers.Where(a => a.Basis is not null).Select(a => (a.Record, a.Basis!))],
            cancellationToken
        );
        await FlushAsync(answers.Zip(asked, (a, r) => (a.Basis, r.Request.Dataset)), cancellationToken);
        var canRun = answers.Any(a => a.Record.Status == ProbeRecord.Pass);
        return new PreflightReport(
            [.. answers.Select(a => a.Record)],
            [.. answers.Select((a, i) => Issue(a.Record, asked[i].Request.Dataset, canRun)).OfType<ReadinessIssue>()]
        );
    }

    /// <summary>A run may begin in another process right after the probes.</summary>
    private async Task FlushAsync(
        IEnumerable<(string? Basis, DatasetDefinition Dataset)> probes,
        CancellationToken cancellationToken
    )
    {
        foreach (
            var dataset in probes
                .Where(p => p.Basis is not null)
                .Select(p => p.Dataset)
                .DistinctBy(d => (d.Vendor, d.Bucket))
        )
        {
            await (await vendors.ConnectAsync(dataset, cancellationToken)).FlushAsync(cancellationToken);
        }
    }

    /// <summary>Whether anybody can tell what a dataset is to be asked with before its list is in the lake.</summary>
    public static bool CanAsk(DatasetDefinition dataset) =>
        UnitAxis.Of(dataset).Sample(DateOnly.MaxValue, part: null) is not null;

    // A dataset by symbol cannot be probed before its list is in the lake.
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
            _ => ReadinessIssue.Failed(probe, dataset, canRun),
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
            dataset.Bucket.Name(),
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
            client = await vendors.ConnectAsync(dataset, cancellationToken);
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
        kept?.Find(dataset, basis) is { Status: ProbeRecord.Pass } record && !record.IsStale(clock.GetUtcNow())
            ? record
            : null;

    /// <param name="Record">The state of a dataset.</param>
    /// <param name="Basis">The basis of the probe made just now; null when none was made.</param>
    private readonly record struct Answer(ProbeRecord Record, string? Basis);
}
