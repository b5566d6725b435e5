namespace Tidemark.Lake.Storage;

/// <summary>
/// Says that something on the local disk is in use: a file that this process holds locked. The lock falls with the
/// process, however it ends, and whatever number another process gets later: whoever comes after can tell what was left
/// behind from what is being filled.
/// </summary>
internal sealed class ClaimFile : IDisposable
{
    private readonly FileStream _locked;

    private ClaimFile(FileStream locked, string path)
    {
        _locked = locked;
        Path = path;
    }

    public string Path { get; }

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static ClaimFile Take(string path)
    {
        // Locked before it has its name: a file of that name that is not locked belongs to nobody.
        var unnamed = path + ".new";
        var locked = new FileStream(unnamed, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        try
        {
            File.Move(unnamed, path, overwrite: true);
            return new ClaimFile(locked, path);
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether it was taken by a process that is no more. What was never claimed is somebody else's matter.
    /// </summary>
    public static bool IsAbandoned(string path)
    {
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // locked, not there, or another user's
        }
    }

    public void Dispose() => _locked.Dispose();
}
