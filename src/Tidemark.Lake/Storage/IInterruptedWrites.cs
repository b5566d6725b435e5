namespace Tidemark.Lake.Storage;

/// <summary>A store whose killed writers leave something behind that its listings hide.</summary>
public interface IInterruptedWrites
{
    /// <summary>What was left, and what is being written at this moment; the keys can be deleted like any other.</summary>
    IReadOnlyList<StoredObject> InterruptedWrites();
}
