using Tidemark.Core.Datasets;

namespace Tidemark.Core.Markets;

/// <summary>
/// What the lake keeps of what vendors replace: tables like those of datasets, which no vendor is asked for.
/// </summary>
public static class OwnDatasets
{
    public static IReadOnlyList<DatasetDefinition> All { get; } = [CodeChangeTable.Dataset, MacroVintageTable.Dataset];
}
