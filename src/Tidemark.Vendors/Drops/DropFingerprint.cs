using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Files;

namespace Tidemark.Vendors.Drops;

/// <summary>
/// By what a file is known again. It is stored with the unit that was made from it, so that a change is noticed.
/// </summary>
/// <param name="Size">Bytes, as the file is.</param>
/// <param name="ChangedAt">When its content was written.</param>
/// <param name="Sha256">Of its bytes, as the file is.</param>
/// <param name="Path">Below the drop folder.</param>
internal sealed record DropFingerprint(long Size, DateTimeOffset ChangedAt, string Sha256, string Path)
{
    /// <summary>Size, moment, hash and path, with a blank between them.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Size} {ChangedAt.UtcDateTime:O} {Sha256} {Path}");

    /// <summary>Reads what <see cref="ToString"/> has written; null where it is something else.</summary>
    public static DropFingerprint? Parse(string? text) =>
        text?.Split(' ', 4) is [var size, var changedAt, var sha256, var path]
        && long.TryParse(size, CultureInfo.InvariantCulture, out var bytes)
        && DateTimeOffset.TryParse(
            changedAt,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? new DropFingerprint(bytes, moment, sha256, path)
            : null;

    /// <summary>Opens a file for reading.</summary>
    public static FileStream Open(DropFile file) => DataFile.OpenRead(file.FullPath);

    /// <summary>Size and moment of the last change of an open file, whatever its name leads to by now.</summary>
    public static (long Size, DateTimeOffset ChangedAt) StateOf(FileStream stream) =>
        (
            RandomAccess.GetLength(stream.SafeFileHandle),
            new DateTimeOffset(File.GetLastWriteTimeUtc(stream.SafeFileHandle), TimeSpan.Zero)
        );

    /// <summary>Whether an open file still is what this was taken of; its bytes are read only where they may not be.</summary>
    public bool IsOf(DropFile file, FileStream stream)
    {
        var (size, changedAt) = StateOf(stream);
        return Path == file.Path
            && Size == size
            && (ChangedAt == changedAt || Sha256 == Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
