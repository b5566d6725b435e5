namespace Tidemark.Lake.Parquet;

/// <summary>How pages are compressed; numbered as in parquet.thrift.</summary>
public enum ParquetCodec
{
    /// <summary>Quick to write and to read.</summary>
    Snappy = 1,

    /// <summary>About a third smaller, and slower to write.</summary>
    Zstd = 6,
}

/// <summary>The words for a codec in a file's tag <c>codec</c> and in the engine's SQL.</summary>
internal static class ParquetCodecWords
{
    public const string Snappy = "snappy";
    public const string Zstd = "zstd";

    public static string Word(this ParquetCodec codec) => codec == ParquetCodec.Zstd ? Zstd : Snappy;

    /// <summary>
    /// The options of a <c>COPY</c>. ZSTD's level 1 saves nearly as much as level 3, in half the time.
    /// </summary>
    public static string CopyOptions(string word) =>
        word == Zstd ? "COMPRESSION zstd, COMPRESSION_LEVEL 1" : $"COMPRESSION {word}";
}
