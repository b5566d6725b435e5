using System.Buffers;
using Tidemark.Core.Errors;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// One request to a source, with cleaned parameters (an empty text is absent), chosen columns, and a page not larger
/// than the cap.
/// </summary>
/// <param name="Parameters">Name → value, including the API's defaults, without <c>limit</c> and <c>offset</c>.</param>
/// <param name="Columns">
/// Positions in <see cref="TushareApi.Columns"/>, in the order in which they are sent; never empty.
/// </param>
/// <param name="NumbersAsText">Whether to send numbers as JSON strings.</param>
public sealed record TushareRequest(
    TushareApi Api,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<int> Columns,
    long Offset,
    int Limit,
    bool NumbersAsText = false
);

/// <summary>The source of the simulated vendor's rows. Thread-safe.</summary>
public interface ITushareSource
{
    /// <summary>The API with a name; null when the vendor has no such API.</summary>
    TushareApi? Find(string api);

    /// <summary>
    /// Writes at most <see cref="TushareRequest.Limit"/> rows from <see cref="TushareRequest.Offset"/> on as JSON
    /// arrays separated by commas (<c>["000001.SZ",7.0],["000002.SZ",null]</c>), newest first, and says whether more
    /// rows match.
    /// </summary>
    /// <exception cref="TushareRefusalException">The vendor refuses the parameters.</exception>
    bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken);
}

/// <summary>The vendor answers a call with an error code and a message instead of data.</summary>
public sealed class TushareRefusalException(int vendorCode, string message)
    : TidemarkException(ErrorKind.BadRequest, "SIMULATED_REFUSAL", message)
{
    /// <summary>The <c>code</c> of the answer.</summary>
    public int VendorCode { get; } = vendorCode;
}
