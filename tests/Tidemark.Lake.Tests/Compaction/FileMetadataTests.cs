using Tidemark.DuckDb;
using Tidemark.Lake.Parquet;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>Whatever a footer holds, it is read or refused: no crash, no endless work, nothing beyond the file.</summary>
public sealed class FileMetadataTests
{
    private const int Mutations = 20_000;

    [Fact]
    public void Read_MutatedFooters_AreReadWithinTheFileOrRefused()
    {
        var (footer, end) = Footer();
        FileMetadata.Read(footer, end).Groups.Count.ShouldBe(3, "the footer that is mutated is a good one");
        var random = new Random(20221);
        var readable = 0;
        for (var round = 0; round < Mutations; round++)
        {
            var mutated = Mutated(footer, random);
            try
            {
                AssertWithin(FileMetadata.Read(mutated, end), end);
                readable++;
            }
            catch (InvalidDataException)
            {
                // That is the other thing that may happen.
            }
        }

        // Many bytes are texts and bounds, so both have to be seen.
        readable.ShouldBeInRange(Mutations / 100, Mutations * 99 / 100);
    }

    [Fact]
    public void Read_TruncatedFooters_AreRefused()
    {
        var (footer, end) = Footer();
        for (var length = 0; length < footer.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => FileMetadata.Read(footer.AsMemory(0, length), end));
        }
    }

    [Fact]
    public void Read_RandomBytes_AreRefused()
    {
        var random = new Random(7);
        for (var round = 0; round < Mutations; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Should.Throw<InvalidDataException>(() => FileMetadata.Read(bytes, 1000));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x59, 0x1C }, "depth")] // a list of one struct …
    [InlineData(new byte[] { 0x59, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, "count")] // of 2 G structs
    [InlineData(new byte[] { 0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "length")] // 4 GB of bytes
    [InlineData(new byte[] { 0x56, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "integer")]
    [InlineData(new byte[] { 0x5D }, "type")]
    [InlineData(new byte[] { 0x55, 0x02, 0x05, 0x02, 0x02 }, "order")] // field 5, then field 1
    public void Read_ValuesThatLie_AreRefused(byte[] bytes, string why)
    {
        // Deeper and deeper: each struct has a field that is a list of one struct.
        byte[] footer = [.. bytes, .. Enumerable.Repeat<byte[]>([0x19, 0x1C], 100_000).SelectMany(b => b)];
        Should.Throw<InvalidDataException>(() => FileMetadata.Read(footer, 1000), why);
    }

    private static void AssertWithin(FileMetadata metadata, long end)
    {
        var output = new ByteBuffer(256);
        var thrift = new ThriftWriter(output);
        var before = 4L;
        foreach (var chunk in metadata.Groups.SelectMany(g => g.Chunks))
        {
            chunk.Start.ShouldBeGreaterThanOrEqualTo(before);
            chunk.Length.ShouldBeGreaterThan(0);
            chunk.End.ShouldBeLessThanOrEqualTo(end);
            before = chunk.End;
        }

        foreach (var group in metadata.Groups)
        {
            group.WriteAt(4, thrift);
        }
    }

    private static byte[] Mutated(byte[] footer, Random random)
    {
        var bytes = footer.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(3))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    var at = random.Next(bytes.Length);
                    var from = random.Next(bytes.Length);
                    var length = Math.Min(random.Next(16), bytes.Length - Math.Max(at, from));
                    bytes.AsSpan(from, length).ToArray().CopyTo(bytes.AsSpan(at));
                    break;
            }
        }

        return bytes;
    }

    private static (byte[] Footer, long End) Footer()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-footer-").FullName;
        try
        {
            var path = Path.Combine(folder, "a.parquet");
            using var database = DuckDbDatabase.Open();
            using var connection = database.Connect();
            connection.Execute(
                $"COPY (SELECT i, 'text ' || i % 9 AS s, i / 2 AS x, DATE '2022-06-01' AS d FROM range(5000) t(i)) TO {DuckDbSql.Literal(path)} (ROW_GROUP_SIZE 2048)"
            );
            var bytes = File.ReadAllBytes(path);
            var length = BitConverter.ToInt32(bytes, bytes.Length - 8);
            return (bytes[^(length + 8)..^8], bytes.Length - 8 - length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
