using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors;

/// <summary>
/// A vendor whose answers name their columns: the file of a dataset can be drafted from one. Its clients are
/// <see cref="ISampleClient"/>s.
/// </summary>
public interface ISampleVendor : IDatasetVendor
{
    /// <summary>
    /// The parameter that is the path of a file below the client's address; null where requests are calls.
    /// </summary>
    string? PathParameter => null;

    /// <summary>Reads an answer as the vendor sends it.</summary>
    /// <param name="api">The vendor's name of the call, for messages.</param>
    /// <param name="answer">The whole body.</param>
    /// <exception cref="VendorException">It is a refusal, or no answer at all.</exception>
    AnswerSample ReadSample(string api, ReadOnlyMemory<byte> answer);

    /// <summary>Decodes an answer as a fetch does.</summary>
    /// <param name="api">The vendor's name of the call, for messages.</param>
    /// <param name="answer">The whole body.</param>
    /// <param name="into">Its definitions say what to look for; gets the rows.</param>
    /// <exception cref="VendorException">It is a refusal, or does not have the declared shape.</exception>
    void Decode(string api, ReadOnlyMemory<byte> answer, ColumnBatch into);
}

/// <summary>A client that can ask without knowing the columns.</summary>
public interface ISampleClient : IVendorClient
{
    /// <summary>One answer of a few rows with the columns that the vendor sends by itself, as it came.</summary>
    /// <param name="api">The vendor's name of the call.</param>
    /// <param name="parameters">As the vendor spells them.</param>
    /// <param name="rows">The most that are asked for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="VendorException">The vendor said no, or could not be reached.</exception>
    Task<ReadOnlyMemory<byte>> SampleAsync(
        string api,
        IReadOnlyDictionary<string, string> parameters,
        int rows,
        CancellationToken cancellationToken
    );
}
