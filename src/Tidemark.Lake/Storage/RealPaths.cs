namespace Tidemark.Lake.Storage;

/// <summary>Where paths really lead, all links resolved.</summary>
public static class RealPaths
{
    /// <summary>
    /// Whether a file, which need not be there yet, is one of some files or lies in one of some folders.
    /// </summary>
    public static bool IsWithin(string file, IEnumerable<string> places)
    {
        var real = Of(file);
        return places.Select(Of).Any(place => real == place || real.StartsWith(place + "/", StringComparison.Ordinal));
    }

    /// <summary>The path without links; of what is not there, its nearest folder's that is.</summary>
    private static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (PosixFile.RealPath(full) is { } real)
        {
            return real;
        }

        return Path.GetDirectoryName(full) is { } folder ? Path.Combine(Of(folder), Path.GetFileName(full)) : full;
    }
}
