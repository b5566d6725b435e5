using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Which folders of this machine a lake, or the copies of one, can lie in: all but those that the engine or .NET cannot
/// name.
/// </summary>
public static class LocalPaths
{
    /// <exception cref="TidemarkException">Kind Configuration, code <c>PATH_UNSUPPORTED</c>.</exception>
    /// <returns>The path itself.</returns>
    public static string Readable(string path)
    {
        // As a part of a pattern DuckDB takes a backslash for a separator of folders, and a path with one of the others
        // has to be written as a pattern.
        if (path.Contains('\\') && path.AsSpan().IndexOfAny("*?[") >= 0 && Path.DirectorySeparatorChar == '/')
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "PATH_UNSUPPORTED",
                $"{path}: DuckDB cannot read files below a path that has a backslash and one of the characters * ? [ in it. "
                    + "Rename one of the folders, or choose another place."
            );
        }

        // So .NET shows bytes that are no UTF-8, and cannot name the folder any more: another would be made beside it.
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
