namespace Tidemark.Lake.Storage;

/// <summary>
/// Shows that the staging folder of a run is in use: a file in it that this process holds locked. The lock ends with
/// the process, however that ends. So a later process can tell a folder that was left behind from one that is in use.
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
    /// Whether a process that has ended claimed the folder. False for a folder that was never claimed.
    /// </summary>
    internal static bool IsAbandoned(string folder) => ClaimFile.IsAbandoned(Path.Combine(folder, FileName));

    public void Dispose() => _claim.Dispose();
}
