using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Says that the staging folder of a run is in use: a file in it that this process holds locked. The lock falls with the process, however it
/// ends, so that whoever comes later can tell a folder that was left behind from one that is being filled.
/// </summary>
public sealed class StagingClaim : IDisposable
{
    private const string FileName = ".claim";
    private readonly FileStream _locked;

    private StagingClaim(FileStream locked) => _locked = locked;

    internal static StagingClaim Take(StagingArea area, string runId)
    {
        var folder = area.Folder(runId);
        var path = Path.Combine(folder, FileName);
        // Locked before it has its name: a file of that name that is not locked belongs to nobody.
        var unnamed = path + ".new";
        try
        {
            var locked = new FileStream(unnamed, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            File.Move(unnamed, path, overwrite: true);
            return new StagingClaim(locked);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
    }

    /// <summary>Whether a folder was claimed by a process that is no more. A folder that was never claimed is somebody else's matter.</summary>
    internal static bool IsAbandoned(string folder)
    {
        try
        {
            using var free = new FileStream(
                Path.Combine(folder, FileName),
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // locked, not there, or another user's
        }
    }

    public void Dispose() => _locked.Dispose();
}
