using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Axes;

/// <summary>The error of a unit whose rows cannot be right.</summary>
internal static class RowFault
{
    public static TidemarkException Of(UnitId unit, string code, string problem, string ifItStays) =>
        new(
            ErrorKind.Schema,
            code,
            $"{unit}: {problem}. Nothing of this unit was committed. If it stays so, {ifItStays}."
        );
}
