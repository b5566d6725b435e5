using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Definitions;

/// <summary>Show what a vendor sends.</summary>
/// <param name="Dataset">Id, or the part after the dot.</param>
/// <param name="Rows">The most rows.</param>
public sealed record SampleDatasetRequest(string Dataset, int Rows);

/// <summary>What the vendor sent.</summary>
/// <param name="Dataset">The id.</param>
/// <param name="Vendor">The address that was asked.</param>
/// <param name="Api">The vendor's name of the call.</param>
/// <param name="Parameters">With which it was asked.</param>
/// <param name="Fields">The vendor's names of the columns, in its order.</param>
/// <param name="Rows">A text for each field as it was written; null for none.</param>
/// <param name="Undeclared">Fields that the dataset does not declare: they are not kept.</param>
public sealed record SampleDatasetResponse(
    string Dataset,
    string Vendor,
    string Api,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<string> Fields,
    IReadOnlyList<IReadOnlyList<string?>> Rows,
    IReadOnlyList<string> Undeclared
);

/// <summary>
/// <c>datasets sample ID</c>: the first rows of a dataset's newest finished unit as its vendor sends them now. Nothing
/// is kept.
/// </summary>
public sealed class SampleDataset(DatasetRegistry datasets, SampleVendors vendors, LiveAnswers live, WorkspacePlan plan)
{
    /// <exception cref="TidemarkException">
    /// <c>DATASET_UNKNOWN</c>: there is none of that name. <c>SAMPLE_UNUSABLE</c>: it cannot be asked for by way of
    /// trial. Or the vendor said no, or could not be reached.
    /// </exception>
    public async Task<SampleDatasetResponse> RunAsync(SampleDatasetRequest request, CancellationToken stop)
    {
        var dataset = datasets.Get(request.Dataset);
        var answer = await live.AskAsync(new ProbeRequest(dataset, plan.LastDay(dataset)), request.Rows, stop);
        var sample = vendors.All.First(each => each.Name == dataset.Vendor).ReadSample(dataset.Api, answer.Body);
        var declared = dataset.Columns.SelectMany(column => column.Fields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new SampleDatasetResponse(
            dataset.Id,
            answer.Address,
            dataset.Api,
            answer.Request.Parameters,
            sample.Fields,
            [
                // Not every vendor can be asked for so few.
                .. sample
                    .Rows.Take(request.Rows)
                    .Select(row => row.Select(v => v.Kind == SampleKind.Null ? null : v.Text).ToArray()),
            ],
            [.. sample.Fields.Where(field => !declared.Contains(field))]
        );
    }
}
