using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>
/// The folders of this machine in which a lake or its cache can be: all except those that the engine or .NET cannot
/// name.
/// </summary>
public static class LocalPaths
{
    /// <exception cref="TidemarkException">Kind Configuration, code <c>PATH_UNSUPPORTED</c>.</exception>
    /// <returns>The path itself.</returns>
    public static string Readable(string path)
    {
        // In a pattern DuckDB treats a backslash as a separator of folders, and a path with one of these other
        // characters must be written as a pattern.
        if (path.Contains('\\') && path.AsSpan().IndexOfAny("*?[") >= 0 && Path.DirectorySeparatorChar == '/')
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "PATH_UNSUPPORTED",
                $"{path}: DuckDB cannot read files below a path that has a backslash and one of the characters * ? [ in it. "
                    + "Rename one of the folders, or choose another place."
            );
        }

        // .NET shows bytes that are not UTF-8 like this and cannot name the folder any more: it would make another one
        // beside it.
        if (path.Contains('\uFFFD'))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "PATH_UNSUPPORTED",
                $"{path}: the name of a folder is not UTF-8. Rename it, or choose another place."
            );
        }

        return path;
    }
}
