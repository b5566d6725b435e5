namespace Tidemark.Lake.Storage;

/// <summary>A store whose killed writers leave something behind that its listings hide.</summary>
public interface IInterruptedWrites
{
    /// <summary>What was left, and what is being written at this moment.</summary>
    Task<IReadOnlyList<StoredObject>> InterruptedWritesAsync(CancellationToken cancellationToken);

    /// <summary>Removes one of them, if it is still there.</summary>
    Task RemoveInterruptedAsync(StoredObject write, CancellationToken cancellationToken);
}
