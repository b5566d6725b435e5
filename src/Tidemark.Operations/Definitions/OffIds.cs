using Tidemark.Core.Definitions;
using Tidemark.Ingest.Registry;

namespace Tidemark.Operations.Definitions;

/// <summary>Every id that may stand under <c>off:</c>.</summary>
public static class OffIds
{
    /// <param name="datasets">All datasets, those that are off among them.</param>
    /// <param name="checks">The files of checks in force.</param>
    /// <param name="tables">The files of warehouse tables in force.</param>
    public static IReadOnlyCollection<string> Of(
        DatasetRegistry datasets,
        DefinitionFiles checks,
        DefinitionFiles tables
    ) =>
        datasets
            .All.Concat(datasets.Off)
            .SelectMany(OffList.IdsOf)
            .Concat(checks.All.Select(file => file.Id))
            .Concat(tables.All.Select(file => file.Id))
            .ToHashSet(StringComparer.Ordinal);
}
