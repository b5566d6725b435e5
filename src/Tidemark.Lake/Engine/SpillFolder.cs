using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Engine;

/// <summary>
/// Where a process's queries spill what does not fit into memory: a folder in the temporary folder, claimed while the
/// process lives. A process that makes a folder here removes those of killed processes.
/// </summary>
public sealed class SpillFolder : IDisposable
{
    private const string Stem = "tidemark-spill-";
    private const string ClaimName = ".claim";

    // A thousand folders of killed processes must not keep the next one from beginning.
    private const int SweptAtOnce = 32;
    private readonly ClaimFile _claim;

    private SpillFolder(string path, ClaimFile claim)
    {
        Path = path;
        _claim = claim;
    }

    public string Path { get; }

    /// <summary>The name of a folder that does not exist yet.</summary>
    /// <param name="temporaryFolder">The folder in which it will be.</param>
    /// <param name="name">What tells it from others.</param>
    public static string NewPath(string temporaryFolder, string name) =>
        System.IO.Path.Combine(temporaryFolder, Stem + name);

    /// <summary>
    /// Makes and claims the folder; null where nothing may be written, and everything has to fit into memory.
    /// </summary>
    internal static SpillFolder? TryMake(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new SpillFolder(path, ClaimFile.Take(System.IO.Path.Combine(path, ClaimName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes the folders of processes that have ended; returns them.</summary>
    public static IReadOnlyList<string> Sweep(string temporaryFolder)
    {
        var swept = new List<string>();
        try
        {
            foreach (var folder in new DirectoryInfo(temporaryFolder).EnumerateDirectories(Stem + "*"))
            {
                if (
                    folder.LinkTarget is null
                    && ClaimFile.IsAbandoned(System.IO.Path.Combine(folder.FullName, ClaimName))
                )
                {
                    folder.Delete(recursive: true);
                    swept.Add(folder.FullName);
                }

                if (swept.Count == SweptAtOnce)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process sweeps the same folder, or another user owns it: nothing depends on it.
        }

        return swept;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The spilled data is worthless by now. The lock ends with the claim, and the next process removes the
            // folder.
        }

        _claim.Dispose();
    }
}
