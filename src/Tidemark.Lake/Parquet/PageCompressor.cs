using Snappier;
using ZstdSharp;

namespace Tidemark.Lake.Parquet;

/// <summary>Compresses pages. Not thread-safe; reuse it.</summary>
internal sealed class PageCompressor(ParquetCodec codec) : IDisposable
{
    /// <summary>Level 1 saves nearly as much as level 3, in half the time.</summary>
    private const int ZstdLevel = 1;

    private readonly Compressor? _zstd = codec == ParquetCodec.Zstd ? new Compressor(ZstdLevel) : null;

    public ParquetCodec Codec => codec;

    /// <summary>Appends the compressed form of <paramref name="page"/>.</summary>
    public void Compress(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        var length = _zstd is null
            ? Snappy.Compress(page, output.Room(Snappy.GetMaxCompressedLength(page.Length)))
            : _zstd.Wrap(page, output.Room(Compressor.GetCompressBound(page.Length)));
        output.Advance(length);
    }

    public void Dispose() => _zstd?.Dispose();
}
