namespace Tidemark.Operations;

/// <summary>
/// The one door: gives the operations of an opened workspace, or those that need none. Each is made at its first use,
/// so that a face pays only for what it calls. Dispose it.
/// </summary>
public interface IOperations : IAsyncDisposable
{
    /// <summary>An operation.</summary>
    T Get<T>()
        where T : notnull;
}
