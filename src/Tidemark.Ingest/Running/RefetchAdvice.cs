using Tidemark.Core;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Running;

/// <summary>The command that fetches one unit again, for messages.</summary>
public static class RefetchAdvice
{
    /// <param name="unit">The unit.</param>
    /// <param name="dataset">Its dataset. For a dataset by symbol the command names the unit's symbol.</param>
    public static string Of(UnitId unit, DatasetDefinition dataset)
    {
        var symbol = dataset.Part?.Symbols is null ? "" : $" --symbols {unit.Part}";
        return $"tidemark refetch {unit.Dataset} --from {unit.Day.ToIso()} --to {unit.LastDay.ToIso()}{symbol}";
    }
}
