using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>A symbolic link inside a table, in the place of a folder or a file of it.</summary>
public static class InnerLink
{
    /// <summary>The error's code.</summary>
    public const string Code = "OBJECT_IS_LINK";

    /// <summary>The error when nothing was written or removed because of a link.</summary>
    /// <param name="link">The key at which it is.</param>
    /// <param name="then">
    /// How to bring back what belongs there, once the link is removed: the end of "or remove the link: ".
    /// </param>
    public static TidemarkException Refused(string link, string then = "what belongs there is made again.") =>
        new(ErrorKind.Storage, Code, $"{link}: {What}. {Advice(link, then)}");

    /// <summary>The text that says what is wrong.</summary>
    public const string What =
        "it is a symbolic link; Tidemark follows no links inside a table, because they may lead to another table";

    /// <summary>What to do.</summary>
    public static string Advice(string link, string then) =>
        $"Replace the link by the files that it leads to. To keep them on another disk, move all of {TableOf(link)} there and link that. Or remove the link: {then}";

    // The layer and the table's folder, which may be links.
    private static string TableOf(string link)
    {
        var layer = link.IndexOf('/', StringComparison.Ordinal);
        return link[..link.IndexOf('/', layer + 1)];
    }
}
