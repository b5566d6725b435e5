namespace Tidemark.Lake.Tables;

/// <summary>The rows of a unit in one partition.</summary>
internal readonly record struct UnitPlace(string Unit, TablePartition Partition);
