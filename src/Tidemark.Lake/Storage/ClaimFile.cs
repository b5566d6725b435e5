namespace Tidemark.Lake.Storage;

/// <summary>
/// Shows that something on the local disk is in use: a file that this process holds locked. The lock ends with the
/// process, however that ends, and does not depend on process ids. So a later process can tell what was left behind
/// from what is in use.
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

    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static ClaimFile Take(string path)
    {
        // Locked before it gets its name, so a file of that name that is not locked belongs to nobody.
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

    /// <summary>Whether a process that has ended made the claim. False for something that was never claimed.</summary>
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
