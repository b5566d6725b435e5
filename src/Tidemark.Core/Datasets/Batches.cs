namespace Tidemark.Core.Datasets;

/// <summary>The batches in which the plan brings its datasets, as definitions and commands write them.</summary>
public static class Batches
{
    /// <summary>All of them, the first one first.</summary>
    public static IReadOnlyList<string> All { get; } = ["P0", "P1", "P2"];
}
