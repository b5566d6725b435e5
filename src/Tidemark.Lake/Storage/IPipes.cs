namespace Tidemark.Lake.Storage;

/// <summary>
/// A store in which a pipe may stand where an object was: a file system. Who opens one waits for a writer, and nothing
/// ends that wait but a writer.
/// </summary>
public interface IPipes
{
    /// <summary>
    /// Paths of the pipes that stand among the data files of the layers, as far as they can be looked at.
    /// </summary>
    IReadOnlyList<string> Pipes();
}
