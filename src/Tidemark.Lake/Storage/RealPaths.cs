namespace Tidemark.Lake.Storage;

/// <summary>The real paths behind links.</summary>
public static class RealPaths
{
    /// <summary>
    /// Whether a file, which need not exist yet, is one of the given files or lies in one of the given folders.
    /// </summary>
    public static bool IsWithin(string file, IEnumerable<string> places)
    {
        var real = Of(file);
        return places.Select(Of).Any(place => real == place || real.StartsWith(place + "/", StringComparison.Ordinal));
    }

    /// <summary>
    /// The path without links. When it does not exist, the links of its nearest existing folder are resolved.
    /// </summary>
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
