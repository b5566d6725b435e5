using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Unicode;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Drops;

/// <summary>What a file had in it at one moment.</summary>
/// <param name="Body">Its bytes, unpacked.</param>
/// <param name="Fingerprint">Size, time, hash and path of the file as it was read (<see cref="DropFingerprint"/>).</param>
internal sealed record DropContent(ReadOnlyMemory<byte> Body, DropFingerprint Fingerprint)
{
    private const int GzipTrailer = 4;

    /// <summary>Reads a file that nobody changes meanwhile.</summary>
    /// <param name="api">For messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="bytesMax">The most bytes that it may have, unpacked.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="VendorException">
    /// Codes <c>FILE_UNFINISHED</c>, <c>FILE_UNREADABLE</c>, <c>VENDOR_TOO_LARGE</c>, <c>FILE_ENCODING</c>.
    /// </exception>
    public static async Task<DropContent> ReadAsync(
        string api,
        DropFile file,
        int bytesMax,
        CancellationToken cancellationToken
    )
    {
        var errors = DropErrors.Of(file.Path);
        try
        {
            await using var stream = DropFingerprint.Open(file);
            var (size, changedAt) = DropFingerprint.StateOf(stream);
            if (size > bytesMax)
            {
                throw errors.TooLarge(api, bytesMax);
            }

            var bytes = new byte[size];
            var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (read < size || DropFingerprint.StateOf(stream) != (size, changedAt))
            {
                throw errors.Unfinished(api, "it changed while it was read");
            }

            var fingerprint = new DropFingerprint(
                size,
                changedAt,
                Convert.ToHexStringLower(SHA256.HashData(bytes)),
                file.Path
            );
            var body = file.Ending.IsPacked ? Unpack(errors, api, bytes, bytesMax) : bytes;
            if (body.IsEmpty)
            {
                throw errors.Unfinished(api, "it is empty, without even a header");
            }

            EnsureText(errors, api, file, body.Span);
            return new DropContent(body, fingerprint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DropErrors.Unreadable(api, file.Path, e);
        }
    }

    // A gzip stream that is cut off ends for .NET like a whole one: what it says of its length at its end is compared.
    private static ReadOnlyMemory<byte> Unpack(AnswerErrors errors, string api, byte[] packed, int bytesMax)
    {
        using var unpacked = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            for (var read = gzip.Read(buffer); read > 0; read = gzip.Read(buffer))
            {
                unpacked.Write(buffer, 0, read);
                if (unpacked.Length > bytesMax)
                {
                    throw errors.TooLarge(api, bytesMax);
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw errors.Unfinished(api, $"it is not complete gzip ({e.Message.TrimEnd('.')})", e);
        }

        var isWhole =
            packed.Length > GzipTrailer
            && BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(^GzipTrailer..)) == (uint)unpacked.Length;
        return isWhole
            ? unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length)
            : throw errors.Unfinished(api, "its gzip stream is cut off, or is several streams in one file");
    }

    private static void EnsureText(AnswerErrors errors, string api, DropFile file, ReadOnlySpan<byte> body)
    {
        if (file.Ending.Format == DropFormat.Parquet || Utf8.IsValid(body))
        {
            return;
        }

        // A last character that is cut off is one that is still being written.
        for (var cut = 1; cut < 4 && cut < body.Length; cut++)
        {
            if (body[^cut] >= 0xC0 && Utf8.IsValid(body[..^cut]))
            {
                throw errors.Unfinished(api, "it ends in the middle of a character");
            }
        }

        throw DropErrors.NotUtf8(api, file.Path, LineOfFault(body));
    }

    private static int LineOfFault(ReadOnlySpan<byte> body)
    {
        var line = 1;
        for (var end = body.IndexOf((byte)'\n'); end >= 0 && Utf8.IsValid(body[..end]); line++)
        {
            body = body[(end + 1)..];
            end = body.IndexOf((byte)'\n');
        }

        return line;
    }
}
