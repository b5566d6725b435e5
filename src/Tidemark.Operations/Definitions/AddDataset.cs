using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Definitions;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Scaffolds;
using Tidemark.Ingest;
using Tidemark.Vendors;

namespace Tidemark.Operations.Definitions;

/// <summary>Draft the file of a dataset.</summary>
/// <param name="Api">The vendor's name of the call, with the vendor before it (<c>tushare.dividend</c>) or not.</param>
/// <param name="Parameters">With which the vendor is asked; those of the recorded answer where there is one.</param>
/// <param name="Sample">A recorded answer, absolute; null to ask the vendor.</param>
public sealed record AddDatasetRequest(string Api, IReadOnlyDictionary<string, string> Parameters, string? Sample);

/// <summary>What was written.</summary>
/// <param name="Dataset">The id.</param>
/// <param name="File">Its file.</param>
/// <param name="Table">The table that it will fill.</param>
/// <param name="Rows">Rows of the answer.</param>
/// <param name="Columns">Columns that were found.</param>
/// <param name="Checks">What has to be checked, as the file's comments say.</param>
public sealed record AddDatasetResponse(
    string Dataset,
    string File,
    string Table,
    int Rows,
    int Columns,
    IReadOnlyList<string> Checks
);

/// <summary>Where a workspace's own definitions are, or would be.</summary>
/// <param name="Folder">Absolute; may not be there.</param>
public sealed record OwnDefinitions(string Folder);

/// <summary>The vendors from whose answers a file can be drafted.</summary>
public sealed record SampleVendors(IReadOnlyList<ISampleVendor> All);

/// <summary>
/// <c>datasets add API</c>: drafts the file of a dataset from a small answer of its vendor. The file is whole or not
/// there, and takes nobody's place.
/// </summary>
public sealed partial class AddDataset(
    DatasetRegistry datasets,
    DefinitionBundle definitions,
    IVendorDirectory directory,
    SampleVendors vendors,
    OwnDefinitions own,
    IIdSource ids
)
{
    private const int RowsAsked = 100;
    private const string AnotherFile = "Give a file with an answer as the vendor sends it, with rows: `--sample FILE`.";

    /// <exception cref="TidemarkException">
    /// <c>DATASET_NAME_INVALID</c>: no dataset can be called so. <c>DATASET_EXISTS</c>: it is declared already.
    /// <c>SAMPLE_UNUSABLE</c>: the answer tells nothing. <c>VENDOR_UNKNOWN</c>: there is no such vendor. Or the vendor
    /// refuses.
    /// </exception>
    public async Task<AddDatasetResponse> RunAsync(AddDatasetRequest request, CancellationToken stop)
    {
        var (vendor, api) = Named(request.Api);
        var id = $"{vendor.Name}.{api}";
        var file = Path.Combine(own.Folder, DatasetRegistry.Kind.Folder, $"{id}.yaml");
        EnsureNew(id, file);
        var answer = request.Sample is { } sample
            ? Recorded(vendor, api, sample)
            : await AskAsync(vendor, api, request.Parameters, stop);
        var parameters = await ParametersAsync(vendor, request, stop);
        if (answer.Fields.Count == 0 || answer.Rows.Count == 0)
        {
            throw request.Sample is { } recorded
                ? Unusable($"the answer in {recorded} has no rows, which show what the columns hold", AnotherFile)
                : Unusable(
                    $"the answer of '{api}' has no rows, which show what the columns hold",
                    "Ask with `--param name=value` for something that the vendor has."
                );
        }

        var draft = DatasetScaffolding.Draft(
            new ScaffoldRequest(vendor.Name, api, parameters, answer)
            {
                PathParameter = vendor.PathParameter,
                TakenTables = datasets.All.Concat(datasets.Off).Select(each => each.Table).ToHashSet(),
                Lists =
                [
                    .. datasets
                        .All.Where(each => each.IsList && each.Vendor == vendor.Name)
                        .OrderBy(each => each.Bucket != Bucket.Stock),
                ],
                Calendars = definitions.CalendarNames.Known,
            },
            file
        );
        await WriteAsync(id, file, draft.Text, stop);
        return new AddDatasetResponse(
            id,
            file,
            $"ods.{draft.Dataset.Table}",
            answer.Rows.Count,
            draft.Dataset.Columns.Count,
            draft.Guesses
        );
    }

    /// <summary>The parameters; of a vendor of files that of the sample's own place, where none is named.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ParametersAsync(
        ISampleVendor vendor,
        AddDatasetRequest request,
        CancellationToken stop
    )
    {
        if (
            vendor.PathParameter is not { } parameter
            || request.Sample is not { } sample
            || request.Parameters.ContainsKey(parameter)
        )
        {
            return request.Parameters;
        }

        var folder = (await directory.ConnectAsync(vendor.Name, stop)).Address;
        var below = Path.GetRelativePath(folder, sample);
        return new Dictionary<string, string>(request.Parameters, StringComparer.Ordinal)
        {
            [parameter] = below.StartsWith("..", StringComparison.Ordinal) ? Path.GetFileName(sample) : below,
        };
    }

    private (ISampleVendor Vendor, string Api) Named(string name)
    {
        var parts = name.Split('.', 2);
        var api = parts[^1];
        if (!Word().IsMatch(api))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "DATASET_NAME_INVALID",
                $"'{name}' cannot be the name of a dataset: write the vendor's name of the call in small letters, digits and _, like dividend or tushare.dividend."
            );
        }

        var vendor = vendors.All.FirstOrDefault(each => parts.Length == 1 || each.Name == parts[0]);
        return vendor is not null
            ? (vendor, api)
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "VENDOR_UNKNOWN",
                $"Datasets cannot be drafted from answers of '{parts[0]}'. They can from: {string.Join(", ", vendors.All.Select(each => each.Name))}."
            );
    }

    private void EnsureNew(string id, string file)
    {
        var standing = datasets.Files.FirstOrDefault(each => each.Id == id)?.Path ?? (File.Exists(file) ? file : null);
        if (standing is not null)
        {
            throw Exists(id, standing);
        }
    }

    private static AnswerSample Recorded(ISampleVendor vendor, string api, string path)
    {
        try
        {
            return vendor.ReadSample(api, DataFile.ReadBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{path} cannot be read ({e.Message.TrimEnd('.')})", AnotherFile);
        }
        catch (VendorException e)
        {
            throw Unusable($"{path} is not an answer of {vendor.Name}: {e.Message.TrimEnd('.')}", AnotherFile);
        }
    }

    private async Task<AnswerSample> AskAsync(
        ISampleVendor vendor,
        string api,
        IReadOnlyDictionary<string, string> parameters,
        CancellationToken stop
    )
    {
        var client = (ISampleClient)await directory.ConnectAsync(vendor.Name, stop);
        return vendor.ReadSample(api, await client.SampleAsync(api, parameters, RowsAsked, stop));
    }

    private async Task WriteAsync(string id, string file, string text, CancellationToken stop)
    {
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        // A name that begins with a dot is no definition, also when this process ends before the file has its own.
        var draft = Path.Combine(folder, $".{id}.{ids.NewId():N}.tmp");
        try
        {
            await using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw Exists(id, file);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static TidemarkException Exists(string id, string file) =>
        new(
            ErrorKind.BadRequest,
            "DATASET_EXISTS",
            $"{id} is declared already, in {file}, which was left as it is. Edit it (a copy in your definitions folder, where it is a shipped one), or remove it first."
        );

    private static TidemarkException Unusable(string why, string advice) =>
        new(ErrorKind.BadRequest, "SAMPLE_UNUSABLE", $"No dataset was drafted: {why}. {advice}");

    [GeneratedRegex("^[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
