using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Operations.Definitions;

/// <summary>
/// <c>datasets check</c>: whether the files of datasets are right, and whether they say what a vendor sends: recorded
/// answers are decoded as a fetch does it, and compared column by column.
/// </summary>
public sealed class CheckDatasets(DatasetRegistry datasets, SampleVendors vendors)
{
    /// <exception cref="TidemarkException">
    /// <c>DATASET_UNKNOWN</c>: there is none of a name. <c>ANSWERS_MISSING</c>: the folder cannot be read.
    /// </exception>
    public CheckDatasetsResponse Run(CheckDatasetsRequest request)
    {
        var answers = request.Against is { } folder ? RecordedAnswers.In(folder) : null;
        var checks = new List<DatasetCheck>();
        foreach (var id in Ids(request.Datasets))
        {
            if (datasets.LeftOut.FirstOrDefault(each => each.Id == id) is { } fault)
            {
                checks.Add(
                    new DatasetCheck(id, [.. fault.Problems.Select(problem => problem.ToString())], AnswerCheck.None)
                );
            }
            else if (Find(id) is { } dataset)
            {
                checks.Add(new DatasetCheck(id, [], answers is null ? AnswerCheck.None : Compare(dataset, answers)));
            }
        }

        var declared = datasets.All.Concat(datasets.Off).Select(d => d.Api).ToHashSet(StringComparer.Ordinal);
        return new CheckDatasetsResponse(
            checks,
            answers is null || request.Datasets.Count > 0 ? [] : [.. answers.Apis.Where(api => !declared.Contains(api))]
        );
    }

    private IReadOnlyList<string> Ids(IReadOnlyList<string> names) =>
        names.Count == 0
            ? [.. datasets.Files.Select(file => file.Id)]
            : [.. names.Select(IdOf).Distinct(StringComparer.Ordinal)];

    // One with faults, or that is off, can be checked as well as any.
    private string IdOf(string name) =>
        datasets.Files.FirstOrDefault(file => file.Id == name)?.Id ?? datasets.Get(name).Id;

    private DatasetDefinition? Find(string id) =>
        datasets.Find(id) ?? datasets.Off.FirstOrDefault(each => each.Id == id);

    private AnswerCheck Compare(DatasetDefinition dataset, RecordedAnswers answers)
    {
        if (
            answers.Find(dataset.Api) is not { } file
            || vendors.All.FirstOrDefault(each => each.Name == dataset.Vendor) is not { } vendor
        )
        {
            return AnswerCheck.None;
        }

        try
        {
            return AnswerComparison.Of(dataset, vendor, file, answers.Read(file));
        }
        catch (VendorException e)
        {
            return new AnswerCheck(file, 0, [], [], [], e.Message);
        }
    }
}
