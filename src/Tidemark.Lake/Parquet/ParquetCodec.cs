namespace Tidemark.Lake.Parquet;

/// <summary>How pages are compressed; numbered as in parquet.thrift.</summary>
public enum ParquetCodec
{
    /// <summary>Quick to write and to read.</summary>
    Snappy = 1,

    /// <summary>About a third smaller, and slower to write.</summary>
    Zstd = 6,
}
