namespace Tidemark.Lake.Parquet;

/// <summary>The type codes of Thrift's compact protocol that Parquet's headers and footers need.</summary>
internal static class ThriftType
{
    public const byte True = 1;
    public const byte False = 2;
    public const byte I32 = 5;
    public const byte I64 = 6;
    public const byte Binary = 8;
    public const byte List = 9;
    public const byte Struct = 12;
}
