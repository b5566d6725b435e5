using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;
using Tidemark.Vendors;

namespace Tidemark.Operations.Definitions;

/// <summary>
/// <c>datasets check</c>: whether the files of datasets are right, and whether they say what a vendor sends. Recorded
/// answers, and those that vendors give now, are decoded as a fetch does it and compared column by column; so are the
/// tables of the vendor's own pages.
/// </summary>
public sealed class CheckDatasets(DatasetRegistry datasets, SampleVendors vendors, LiveAnswers live, WorkspacePlan plan)
{
    private const int RowsAsked = 100;

    /// <exception cref="TidemarkException">
    /// <c>DATASET_UNKNOWN</c>: there is none of a name. <c>ANSWERS_MISSING</c>, <c>PAGES_MISSING</c>: the folder has
    /// none, or cannot be read.
    /// </exception>
    public async Task<CheckDatasetsResponse> RunAsync(CheckDatasetsRequest request, CancellationToken stop)
    {
        var answers = request.Against is { } folder ? RecordedAnswers.In(folder) : null;
        var pages = request.Pages is { } documents ? VendorPages.In(documents) : null;
        var checks = new List<DatasetCheck>();
        foreach (var id in Ids(request))
        {
            if (datasets.LeftOut.FirstOrDefault(each => each.Id == id) is { } fault)
            {
                checks.Add(new DatasetCheck(id, [.. fault.Problems.Select(problem => problem.ToString())], []));
            }
            else if (Find(id) is { } dataset)
            {
                AnswerCheck?[] compared =
                [
                    Compare(dataset, answers),
                    pages?.Find(dataset.Api) is { } page ? PageComparison.Of(dataset, page) : null,
                    request.IsLive ? await AskAsync(dataset, stop) : null,
                ];
                checks.Add(new DatasetCheck(id, [], [.. compared.OfType<AnswerCheck>()]));
            }
        }

        var declared = datasets.All.Concat(datasets.Off).Select(d => d.Api).ToHashSet(StringComparer.Ordinal);
        var told = (answers?.Apis ?? []).Concat(pages?.Apis ?? []);
        return new CheckDatasetsResponse(
            checks,
            request.Datasets.Count > 0
                ? []
                : [.. told.Where(api => !declared.Contains(api)).Distinct().Order(StringComparer.Ordinal)]
        );
    }

    private IReadOnlyList<string> Ids(CheckDatasetsRequest request) =>
        request.Datasets.Count > 0 ? [.. request.Datasets.Select(IdOf).Distinct(StringComparer.Ordinal)]
        : request.IsLive ? [.. datasets.Planned.Select(each => each.Id)]
        : [.. datasets.Files.Select(file => file.Id)];

    // One with faults, or that is off, can be checked as well as any.
    private string IdOf(string name) =>
        datasets.Files.FirstOrDefault(file => file.Id == name)?.Id ?? datasets.Get(name).Id;

    private DatasetDefinition? Find(string id) =>
        datasets.Find(id) ?? datasets.Off.FirstOrDefault(each => each.Id == id);

    private ISampleVendor? VendorOf(DatasetDefinition dataset) =>
        vendors.All.FirstOrDefault(each => each.Name == dataset.Vendor);

    private AnswerCheck? Compare(DatasetDefinition dataset, RecordedAnswers? answers)
    {
        if (answers?.Find(dataset.Api) is not { } file || VendorOf(dataset) is not { } vendor)
        {
            return null;
        }

        try
        {
            return AnswerComparison.Of(dataset, vendor, file, answers.Read(file));
        }
        catch (VendorException e)
        {
            return AnswerCheck.Failed(file, e.Message);
        }
    }

    /// <summary>
    /// What the vendor sends by itself shows new columns and other types. It leaves out some of the declared ones that
    /// have to be asked for by name: whether those are there, a probe tells.
    /// </summary>
    private async Task<AnswerCheck?> AskAsync(DatasetDefinition dataset, CancellationToken stop)
    {
        if (VendorOf(dataset) is not { } vendor)
        {
            return null;
        }

        try
        {
            var about = new ProbeRequest(dataset, plan.LastDay(dataset));
            var answer = await live.AskAsync(about, RowsAsked, stop);
            var check = AnswerComparison.Of(dataset, vendor, answer.Address, answer.Body) with { Missing = [] };
            var probe = await live.ProbeAsync(about, stop);
            return probe.Error is { } error ? check with { Problem = error.Message }
                : check.Rows == 0 && dataset.Expected == ExpectedRows.InstrumentDay
                    ? check with
                    {
                        Problem = $"the vendor has no rows of {about.Day.ToIso()}, so that no value could be compared",
                    }
                : check;
        }
        catch (TidemarkException e) when (e.Kind is not ErrorKind.Unauthorized)
        {
            return AnswerCheck.Failed(dataset.Vendor, e.Message);
        }
    }
}
