namespace Tidemark.Lake.Storage;

/// <summary>
/// A store in which one object may be reached by several names: a file system with symbolic links. Layers and tables
/// may be links, to another disk for example. A listing never follows a link further inside, because its target has
/// another name already or is somebody else's; so a caller that lists in order to remove has to ask here, too. A call
/// that would write, publish or remove through such a link is refused (<see cref="InnerLink.Code"/>).
/// </summary>
public interface ILinks
{
    /// <summary>
    /// Links below a prefix, apart from layers and tables, by the keys at which they are; in ordinal order.
    /// </summary>
    IReadOnlyList<string> LinksBelow(string prefix);

    /// <summary>
    /// Names of the links directly below a prefix, in ordinal order. Cheap: it reads the directory only, not each
    /// entry.
    /// </summary>
    IReadOnlyList<string> LinksIn(string prefix);

    /// <summary>
    /// The key of the first link on the way from a table's folder to an object (or to a folder, whose key ends with
    /// <c>/</c>), including the object itself; null when there is none. Layers and tables may be links.
    /// </summary>
    string? LinkTo(string key);

    /// <summary>
    /// Names directly below a prefix (or the whole store, when it is empty) that are not folders: files, and links that
    /// lead nowhere; in ordinal order.
    /// </summary>
    IReadOnlyList<string> StrangersIn(string prefix);

    /// <summary>
    /// Whether something other than an object is at an object's key: a folder, or a link that leads nowhere.
    /// </summary>
    bool IsTaken(string key);

    /// <summary>
    /// The real path of an object, a folder or, for the empty key, the whole store, with all links resolved; null when
    /// there is nothing or the link leads nowhere.
    /// </summary>
    string? RealPath(string key);
}
