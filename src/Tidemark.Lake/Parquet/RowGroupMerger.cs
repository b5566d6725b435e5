using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Tidemark.Core.Files;

namespace Tidemark.Lake.Parquet;

/// <summary>
/// Puts the row groups of several Parquet files into one file as they are: the bytes are copied and only the footer is new, which costs a
/// fraction of decoding and encoding them. For files whose row groups are large already; what is unusual in any way is not merged so.
/// </summary>
/// <remarks>Source: the Apache Parquet format, parquet.thrift.</remarks>
internal sealed class RowGroupMerger
{
    /// <summary>Rows that a row group has to have on average: with fewer, readers pay for each.</summary>
    public const int EnoughRows = 16_384;

    private const int CodecNone = 0;
    private const int CodecSnappy = 1;
    private const int CodecZstd = 6;
    private const int TailLength = sizeof(int) + 4; // the footer's length, PAR1
    private const int MaxFooterLength = 16 << 20;
    private const int BufferLength = 1 << 20;
    private readonly IReadOnlyList<(string Path, FileMetadata Metadata)> _files;

    private RowGroupMerger(IReadOnlyList<(string Path, FileMetadata Metadata)> files) => _files = files;

    /// <summary>Looks whether files can be merged so.</summary>
    /// <param name="paths">The files, in the order of their rows.</param>
    /// <param name="columns">The names of the columns that the new file has to have.</param>
    /// <param name="isZstd">Whether all is to be compressed with ZSTD, else with Snappy where it helps.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>Null when the rows have to be written again; also for a missing or damaged file, of which DuckDB then says what is wrong.</returns>
    public static async Task<RowGroupMerger?> TryOpenAsync(
        IReadOnlyList<string> paths,
        IReadOnlyList<string> columns,
        bool isZstd,
        CancellationToken cancellationToken
    )
    {
        var files = new List<(string Path, FileMetadata Metadata)>(paths.Count);
        foreach (var path in paths)
        {
            FileMetadata file;
            try
            {
                file = await ReadAsync(path, cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                return null;
            }

            var first = files.Count == 0 ? file : files[0].Metadata;
            if (
                file.Version != first.Version
                || !file.Columns.SequenceEqual(first.Columns)
                || !file.ColumnOrders.Span.SequenceEqual(first.ColumnOrders.Span)
                || !file.Groups.All(g => g.Chunks.All(c => IsWanted(c.Codec, isZstd)))
            )
            {
                return null;
            }

            files.Add((path, file));
        }

        var groups = files.Sum(f => f.Metadata.Groups.Count);
        return
            groups > 0
            && files.Sum(f => f.Metadata.Rows) / groups >= EnoughRows
            && files[0].Metadata.Columns.Select(c => c.Name).SequenceEqual(columns, StringComparer.Ordinal)
            ? new RowGroupMerger(files)
            : null;
    }

    /// <summary>Writes the file. It is not flushed to disk.</summary>
    /// <param name="path">A path where there is no file yet, or one that is written over.</param>
    /// <param name="cancellationToken">Stops between two pieces; what is written is of no use then.</param>
    /// <returns>Its size and its SHA-256, in lower-case hexadecimal.</returns>
    /// <exception cref="IOException">The disk is full, or a file cannot be read or has become shorter.</exception>
    public async Task<(long Bytes, string Sha256)> WriteAsync(string path, CancellationToken cancellationToken)
    {
        using var output = new HashedFile(path);
        await output.WriteAsync("PAR1"u8.ToArray(), cancellationToken);
        var places = new List<(StoredRowGroup Group, long Place)>();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            foreach (var (source, metadata) in _files)
            {
                using var input = DataFile.OpenHandle(source, FileOptions.SequentialScan);
                var place = output.Length;
                foreach (var group in metadata.Groups)
                {
                    places.Add((group, place));
                    place += group.Chunks.Sum(c => c.Length);
                }

                foreach (var (start, length) in Stretches(metadata))
                {
                    await CopyAsync(input, start, length, output, buffer, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await output.WriteAsync(Footer(places), cancellationToken);
        return (output.Length, output.Sha256());
    }

    private static bool IsWanted(int codec, bool isZstd) =>
        isZstd ? codec == CodecZstd : codec is CodecSnappy or CodecNone;

    private static async Task<FileMetadata> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var input = DataFile.OpenHandle(path, FileOptions.RandomAccess);
        var end = RandomAccess.GetLength(input) - TailLength;
        var tail = await ReadAsync(input, end, TailLength, cancellationToken);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail.AsSpan(sizeof(int)).SequenceEqual("PAR1"u8) || length is <= 0 or > MaxFooterLength)
        {
            throw new InvalidDataException("A file has no footer that can be read.");
        }

        return FileMetadata.Read(await ReadAsync(input, end - length, length, cancellationToken), end - length);
    }

    private static async Task<byte[]> ReadAsync(
        SafeFileHandle input,
        long start,
        int length,
        CancellationToken cancellationToken
    )
    {
        var bytes = new byte[length];
        return start >= 0 && await RandomAccess.ReadAsync(input, bytes, start, cancellationToken) == length
            ? bytes
            : throw new InvalidDataException("A file is too short.");
    }

    /// <summary>What to copy of a file, chunks that follow one another at once.</summary>
    private static IEnumerable<(long Start, long Length)> Stretches(FileMetadata metadata)
    {
        var start = 0L;
        var end = 0L;
        foreach (var chunk in metadata.Groups.SelectMany(g => g.Chunks))
        {
            if (chunk.Start != end)
            {
                if (end > start)
                {
                    yield return (start, end - start);
                }

                start = chunk.Start;
            }

            end = chunk.End;
        }

        if (end > start)
        {
            yield return (start, end - start);
        }
    }

    private static async Task CopyAsync(
        SafeFileHandle input,
        long start,
        long length,
        HashedFile output,
        byte[] buffer,
        CancellationToken cancellationToken
    )
    {
        for (var end = start + length; start < end; )
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - start));
            var read = await RandomAccess.ReadAsync(input, piece, start, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("A data file became shorter while it was read.");
            }

            await output.WriteAsync(piece[..read], cancellationToken);
            start += read;
        }
    }

    private byte[] Footer(List<(StoredRowGroup Group, long Place)> places)
    {
        var first = _files[0].Metadata;
        var output = new ByteBuffer(1 << 16);
        var thrift = new ThriftWriter(output);
        thrift.BeginStruct();
        thrift.I32(1, first.Version);
        thrift.Raw(2, ThriftType.List, first.Schema.Span);
        thrift.I64(3, _files.Sum(f => f.Metadata.Rows));
        thrift.StructList(4, places.Count);
        foreach (var (group, place) in places)
        {
            group.WriteAt(place, thrift);
        }

        thrift.Text(6, ParquetFooter.Writer);
        if (first.ColumnOrders.Length > 0)
        {
            thrift.Raw(7, ThriftType.List, first.ColumnOrders.Span);
        }

        thrift.EndStruct();
        output.WriteInt32(output.Length);
        output.Write("PAR1"u8);
        return output.Written.ToArray();
    }

    /// <summary>A new file, hashed while it is written.</summary>
    private sealed class HashedFile(string path) : IDisposable
    {
        private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Length { get; private set; }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await RandomAccess.WriteAsync(_file, bytes, Length, cancellationToken);
            _hash.AppendData(bytes.Span);
            Length += bytes.Length;
        }

        public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public void Dispose()
        {
            _hash.Dispose();
            _file.Dispose();
        }
    }
}
