using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.Drops;

/// <summary>What a workspace says of its drop folder.</summary>
/// <param name="Folder">Absolute.</param>
public sealed record DropOptions(string Folder);

/// <summary>Files that somebody puts into a folder of this machine.</summary>
public sealed class DropVendor : ISampleVendor, IWatchedVendor
{
    public string Name => DropErrors.VendorName;

    public bool HasStoredToken => false;

    public string PathParameter => DropClient.PathParameter;

    public IReadOnlyList<VendorKey> Keys { get; } =
    [new("folder", "./drops", "where CSV, JSON and Parquet files are put down") { Kind = "path" }];

    public object ReadOptions(IVendorSection section) => new DropOptions(section.LocalPath("folder"));

    public AnswerSample ReadSample(string api, ReadOnlyMemory<byte> answer) =>
        answer.Span.StartsWith("PAR1"u8)
            ? throw DropErrors.NoSample(api)
            : DropDecoder.Sample(api, api, DropDecoder.FormatOf(answer.Span), answer.Span);

    public void Decode(string api, ReadOnlyMemory<byte> answer, ColumnBatch into) =>
        DropDecoder.Decode(api, api, DropDecoder.FormatOf(answer.Span), answer.Span, into, long.MaxValue);

    public Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IVendorClient>(new DropClient(context.Options.Of<DropOptions>().Folder, context));
}
