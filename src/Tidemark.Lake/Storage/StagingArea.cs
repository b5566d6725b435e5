namespace Tidemark.Lake.Storage;

/// <summary>
/// The local disk on which files are made before they are published: a folder a run. For a lake on local disk it is the
/// lake's own <c>_staging/</c>, so that publishing is a rename.
/// </summary>
/// <param name="root">Made at the first use.</param>
public sealed class StagingArea(string root)
{
    /// <summary>The folder of a run; made when it is missing.</summary>
    public string Folder(string runId)
    {
        var folder = Path.Combine(root, runId);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, folder);
        }

        return folder;
    }

    /// <summary>Runs that have left something here, by name.</summary>
    public IReadOnlyList<string> Runs() =>
        Directory.Exists(root)
            ? [.. Directory.GetDirectories(root).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Removes what a run has left, if anything.</summary>
    public void Sweep(string runId)
    {
        var folder = Path.Combine(root, runId);
        while (Directory.Exists(folder))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another process sweeps it at the same moment; what it has not reached yet is left to both.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.From(e, folder);
            }
        }
    }
}
