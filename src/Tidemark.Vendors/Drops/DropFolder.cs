namespace Tidemark.Vendors.Drops;

/// <summary>A file of the drop folder.</summary>
/// <param name="Path">Below the folder, as messages name it.</param>
/// <param name="FullPath">With all links followed.</param>
/// <param name="Ending">How to read it.</param>
internal sealed record DropFile(string Path, string FullPath, DropEnding Ending);

/// <summary>
/// Finds files by the paths of datasets, and none outside of the folder: neither by <c>..</c> nor through a link.
/// </summary>
/// <param name="folder">Absolute.</param>
internal sealed class DropFolder(string folder)
{
    private const string AnyEnding = ".*";
    private const int LinksMax = 40;

    /// <summary>Ensures that the folder can be read.</summary>
    /// <exception cref="VendorException">Code <c>FILE_FOLDER_MISSING</c>.</exception>
    public void EnsureReadable(string api)
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder).Any();
        }
        catch (DirectoryNotFoundException e)
        {
            throw DropErrors.Folder(api, folder, File.Exists(folder) ? "is a file" : "is not there", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DropErrors.Folder(api, folder, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Ensures that a path can be one of a file here, whether the file is there or not.</summary>
    /// <exception cref="VendorException">Code <c>FILE_PATH_INVALID</c>.</exception>
    public static void EnsureValid(string api, string path)
    {
        if (path.Length == 0 || Path.IsPathRooted(path) || path.Contains('\\', StringComparison.Ordinal))
        {
            throw DropErrors.Path(api, path, "is no path below the drop folder, with / between its parts");
        }

        if (path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw DropErrors.Path(api, path, "has an empty part, . or .. in it");
        }

        var name = path.EndsWith(AnyEnding, StringComparison.Ordinal) ? path[..^AnyEnding.Length] : path;
        if (name.Contains('*', StringComparison.Ordinal))
        {
            throw DropErrors.Path(api, path, "has a * that is not the whole ending");
        }

        if (name == path && DropEnding.Of(path) is null)
        {
            throw DropErrors.Path(
                api,
                path,
                $"has none of the endings {string.Join(", ", DropEnding.All.Select(ending => ending.Text))} and .* for any of them"
            );
        }
    }

    /// <summary>The file of a path; null where there is none yet.</summary>
    /// <exception cref="VendorException">
    /// Codes <c>FILE_PATH_INVALID</c>, <c>FILE_AMBIGUOUS</c>, <c>FILE_UNREADABLE</c>.
    /// </exception>
    public DropFile? Find(string api, string path)
    {
        EnsureValid(api, path);
        if (!path.EndsWith(AnyEnding, StringComparison.Ordinal))
        {
            return FileOf(api, path, DropEnding.Of(path)!);
        }

        DropFile[] found =
        [
            .. DropEnding
                .All.Select(ending => FileOf(api, path[..^AnyEnding.Length] + ending.Text, ending))
                .OfType<DropFile>(),
        ];
        return found.Length < 2
            ? found.FirstOrDefault()
            : throw DropErrors.Ambiguous(api, [.. found.Select(file => file.Path)]);
    }

    /// <summary>
    /// The latest moment at which a file can have come to its place: that of the last change of its folder. A file that
    /// is renamed, unpacked or copied with its times keeps the moment at which it was written elsewhere.
    /// </summary>
    public DateTimeOffset PlacedAt(DropFile file)
    {
        var link = Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(Path.Combine(folder, file.Path))!);
        var real = Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(file.FullPath)!);
        return new DateTimeOffset(link > real ? link : real, TimeSpan.Zero);
    }

    private DropFile? FileOf(string api, string path, DropEnding ending)
    {
        try
        {
            var root = RealPath(Path.GetFullPath(folder), sound: "");
            var full = RealPath(Path.Combine(root, path), sound: root);
            if (!full.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal))
            {
                throw DropErrors.Path(api, path, "leads out of the drop folder through a link");
            }

            return File.Exists(full) ? new DropFile(path, full, ending) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DropErrors.Unreadable(api, path, e);
        }
    }

    /// <summary>A path with every link in it followed; what is not there is taken as it is written.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="sound">How it may begin: a path without links.</param>
    private static string RealPath(string path, string sound)
    {
        for (var links = 0; links < LinksMax; links++)
        {
            if (FirstLink(path, sound) is not var (link, target, below))
            {
                return path;
            }

            path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link)!, target, below));
        }

        throw new IOException($"more than {LinksMax} links follow one another");
    }

    private static (string Link, string Target, string Below)? FirstLink(string path, string sound)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isSound = path.StartsWith(sound + "/", StringComparison.Ordinal);
        var first = isSound ? sound.Count(c => c == '/') + 1 : 1;
        for (var count = first; count <= parts.Length; count++)
        {
            var part = "/" + string.Join('/', parts[..count]);
            if (new FileInfo(part).LinkTarget is { } target)
            {
                return (part, target, string.Join('/', parts[count..]));
            }
        }

        return null;
    }
}
