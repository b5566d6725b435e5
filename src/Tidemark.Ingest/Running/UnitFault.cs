using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Running;

/// <summary>A fault of this program, or of the memory that it has, made one unit's: the others go on, and what they committed is recorded.</summary>
internal static class UnitFault
{
    public static TidemarkException Of(UnitId unit, Exception error) =>
        error as TidemarkException
        ?? new TidemarkException(
            ErrorKind.Schema,
            error is OutOfMemoryException or OverflowException ? "UNIT_TOO_LARGE" : "INTERNAL_ERROR",
            $"{unit}: {error.GetType().Name}: {error.Message} Nothing of this unit was committed; it is tried again with the next run.",
            error
        );
}
