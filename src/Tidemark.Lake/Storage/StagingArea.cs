namespace Tidemark.Lake.Storage;

/// <summary>
/// The local folder in which files are made before they are published, with a folder for each run. For a lake on local
/// disk it is the lake's own <c>_staging/</c>, so that publishing is a rename.
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

    /// <summary>Runs that have files here, by name.</summary>
    public IReadOnlyList<string> Runs() =>
        Directory.Exists(root)
            ? [.. Directory.GetDirectories(root).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Removes a run's files, if there are any.</summary>
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
                // Another process sweeps the folder at the same moment; the rest is left to the next sweep.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.From(e, folder);
            }
        }
    }
}
