namespace Tidemark.Operations;

/// <summary>
/// The entry to all operations: those of an opened workspace, or those that need none. An operation is made at its
/// first use, so that a face pays only for what it calls. Dispose it.
/// </summary>
public interface IOperations : IAsyncDisposable
{
    /// <summary>Gives an operation by its type.</summary>
    T Get<T>()
        where T : notnull;
}
