using Tidemark.Core;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Running;

/// <summary>The command that fetches one unit again, as messages name it.</summary>
public static class RefetchAdvice
{
    public static string Of(UnitId unit) =>
        $"tidemark refetch {unit.Dataset} --from {unit.Day.ToIso()} --to {unit.LastDay.ToIso()}";
}
