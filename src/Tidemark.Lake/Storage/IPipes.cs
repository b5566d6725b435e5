namespace Tidemark.Lake.Storage;

/// <summary>
/// A store in which a pipe may be where an object was: a file system. Opening a pipe waits for a writer, and only a
/// writer ends that wait.
/// </summary>
public interface IPipes
{
    /// <summary>Paths of the pipes among the data files of the layers, in folders that may be read.</summary>
    IReadOnlyList<string> Pipes();
}
