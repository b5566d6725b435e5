using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>A small answer that a vendor gave just now.</summary>
/// <param name="Address">Who was asked.</param>
/// <param name="Request">What for.</param>
/// <param name="Body">As it came.</param>
public sealed record LiveAnswer(string Address, VendorRequest Request, ReadOnlyMemory<byte> Body);

/// <summary>
/// Asks vendors for a few rows, for those who look at what is declared. Unlike <see cref="PreflightCheck"/> it keeps
/// nothing.
/// </summary>
public sealed class LiveAnswers(IVendorDirectory directory)
{
    /// <summary>With the columns that the vendor sends by itself.</summary>
    /// <exception cref="TidemarkException">
    /// <c>SAMPLE_UNUSABLE</c>: nobody can tell what to ask with. Or the vendor said no, or could not be reached.
    /// </exception>
    public async Task<LiveAnswer> AskAsync(ProbeRequest about, int rows, CancellationToken cancellationToken)
    {
        var (dataset, request) = (about.Dataset, RequestOf(about));
        var client = await directory.ConnectAsync(dataset, cancellationToken);
        if (client is not ISampleClient asks)
        {
            throw Unusable(dataset, $"answers of {dataset.Vendor} do not name their columns.");
        }

        var most = Math.Min(rows, dataset.RowCap);
        var body = await asks.SampleAsync(dataset.Api, request.Parameters, most, cancellationToken);
        return new LiveAnswer(client.Address, request, body);
    }

    /// <summary>With the declared columns; what the vendor answers, a refusal too, is the result.</summary>
    public async Task<ProbeResult> ProbeAsync(ProbeRequest about, CancellationToken cancellationToken)
    {
        var client = await directory.ConnectAsync(about.Dataset, cancellationToken);
        return await client.ProbeAsync(RequestOf(about), cancellationToken);
    }

    private static VendorRequest RequestOf(ProbeRequest about)
    {
        var axis = UnitAxis.Of(about.Dataset);
        return axis.Sample(about.Day, about.Part) is { } unit
            ? axis.Requests(unit, unit.LastDay).First()
            : throw Unusable(
                about.Dataset,
                "it is asked for by symbol, and names none to try with. Add `sample: …` to its `part`."
            );
    }

    private static TidemarkException Unusable(DatasetDefinition dataset, string why) =>
        new(ErrorKind.BadRequest, "SAMPLE_UNUSABLE", $"{dataset.Id} cannot be asked for by way of trial: {why}");
}
