namespace Tidemark.Lake.Storage;

/// <summary>
/// A store in which one object may be reached by several names: a file system with symbolic links. Layers and tables
/// may be links, to another disk for example. A link further inside is never followed by a listing, because what it
/// leads to has another name already or is somebody else's; so whoever lists in order to remove asks here, too. Nothing
/// is written, published or removed through one either: such a call is refused (<see cref="InnerLink.Code"/>).
/// </summary>
public interface ILinks
{
    /// <summary>
    /// Links below a prefix, apart from layers and tables, by the keys at which they are; in ordinal order.
    /// </summary>
    IReadOnlyList<string> LinksBelow(string prefix);

    /// <summary>
    /// Names of the links directly below a prefix, in ordinal order. Asks about no single entry, so that it is cheap.
    /// </summary>
    IReadOnlyList<string> LinksIn(string prefix);

    /// <summary>
    /// The first link on the way from a table's folder to an object (or a folder, whose key ends with <c>/</c>), itself
    /// included, by the key at which it is; null where there is none. Layers and tables may be links.
    /// </summary>
    string? LinkTo(string key);

    /// <summary>
    /// Names directly below a prefix (of the whole store when it is empty) at which no folder is: those of files, and
    /// of links that lead nowhere; in ordinal order.
    /// </summary>
    IReadOnlyList<string> StrangersIn(string prefix);

    /// <summary>Whether what stands at an object's key is none: a folder, or a link that leads nowhere.</summary>
    bool IsTaken(string key);

    /// <summary>
    /// Where an object, a folder or, for the empty key, the whole store really is, all links resolved; null when there
    /// is nothing, or the link leads nowhere.
    /// </summary>
    string? RealPath(string key);
}
