namespace Tidemark.Lake.Parquet;

/// <summary>How values are written; numbered as in parquet.thrift.</summary>
internal static class ParquetEncoding
{
    public const int Plain = 0;
    public const int Rle = 3;
    public const int RleDictionary = 8;
}
