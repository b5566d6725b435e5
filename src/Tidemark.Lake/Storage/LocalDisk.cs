namespace Tidemark.Lake.Storage;

/// <summary>
/// Every change that a store makes on a local disk, call by call: their order decides what survives a loss of power. A
/// test replaces it with a disk that remembers the calls.
/// </summary>
internal class LocalDisk
{
    public virtual void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>Writes a new file; its content need not survive a loss of power before it is flushed.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
    }

    /// <summary>Makes a file empty or creates it; other processes may do the same at the same moment.</summary>
    public virtual void Touch(string path) =>
        File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite).Dispose();

    /// <summary>Makes a file's content survive.</summary>
    public virtual void FlushFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Makes the names in a folder survive.</summary>
    public virtual void FlushFolder(string path) => PosixFile.FlushFolder(path);

    /// <summary>Gives a file a second name; false when the name is taken.</summary>
    public virtual bool TryLink(string source, string destination) => PosixFile.TryLink(source, destination);

    /// <summary>Renames a file, replacing a file that has the name.</summary>
    public virtual void Move(string source, string destination)
    {
        if (PosixFile.TryRename(source, destination))
        {
            return;
        }

        // The target is on another file system, as a folder of the lake may be. Copy under a temporary name: a reader,
        // or a loss of power, must never leave half a file.
        var temporary = Path.Combine(
            Path.GetDirectoryName(destination)!,
            ObjectKeys.TemporaryPrefix + Path.GetRandomFileName()
        );
        try
        {
            File.Copy(source, temporary);
            FlushFile(temporary);
            File.Move(temporary, destination, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        File.Delete(source);
    }

    /// <summary>Sets a file's time of writing to now.</summary>
    public virtual void Stamp(string path) => PosixFile.Stamp(path);

    public virtual void Delete(string path) => File.Delete(path);
}
