namespace Tidemark.Lake.Storage;

/// <summary>
/// Everything that a store changes on a local disk, call by call: what survives a loss of power follows from their
/// order. A test puts a disk here that remembers them.
/// </summary>
internal class LocalDisk
{
    public virtual void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>A new file; nothing of it need survive before it is flushed.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
    }

    /// <summary>An empty file, whatever was there; other processes may be making it at the same moment.</summary>
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

    /// <summary>A second name for a file; false when the name is taken.</summary>
    public virtual bool TryLink(string source, string destination) => PosixFile.TryLink(source, destination);

    /// <summary>Another name for a file, in the place of what has it.</summary>
    public virtual void Move(string source, string destination)
    {
        if (PosixFile.TryRename(source, destination))
        {
            return;
        }

        // On another file system, which a folder of the lake may be: a copy that shows half of it, or survives as half
        // of it, would be worse than none.
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

    /// <summary>Makes a file as young as if it had just been written.</summary>
    public virtual void Stamp(string path) => PosixFile.Stamp(path);

    public virtual void Delete(string path) => File.Delete(path);
}
