namespace Tidemark.Lake.Storage;

/// <summary>
/// Says that the staging folder of a run is in use: a file in it that this process holds locked. The lock falls with
/// the process, however it ends, so that whoever comes later can tell a folder that was left behind from one that is
/// being filled.
/// </summary>
public sealed class StagingClaim : IDisposable
{
    private const string FileName = ".claim";
    private readonly ClaimFile _claim;

    private StagingClaim(ClaimFile claim) => _claim = claim;

    internal static StagingClaim Take(StagingArea area, string runId)
    {
        var path = Path.Combine(area.Folder(runId), FileName);
        try
        {
            return new StagingClaim(ClaimFile.Take(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
    }

    /// <summary>
    /// Whether a folder was claimed by a process that is no more. A folder that was never claimed is somebody else's
    /// matter.
    /// </summary>
    internal static bool IsAbandoned(string folder) => ClaimFile.IsAbandoned(Path.Combine(folder, FileName));

    public void Dispose() => _claim.Dispose();
}
