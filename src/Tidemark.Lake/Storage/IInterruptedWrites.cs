namespace Tidemark.Lake.Storage;

/// <summary>A store whose killed writers leave something behind that its listings hide.</summary>
public interface IInterruptedWrites
{
    /// <summary>Unfinished writes: what killed writers left, and what is being written now.</summary>
    Task<IReadOnlyList<StoredObject>> InterruptedWritesAsync(CancellationToken cancellationToken);

    /// <summary>Removes an unfinished write, if it is still there.</summary>
    Task RemoveInterruptedAsync(StoredObject write, CancellationToken cancellationToken);
}
