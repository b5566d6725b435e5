using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Ingest.Running;

/// <summary>
/// A fault of this program, or of the memory that it has, made one unit's: the others go on, and what they committed is
/// recorded.
/// </summary>
internal static class UnitFault
{
    /// <param name="unit">Whose it is.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="toDoWithout">What could be switched off where the vendor was asked.</param>
    public static TidemarkException Of(UnitId unit, Exception error, string? toDoWithout = null) =>
        error switch
        {
            TidemarkException { Kind: ErrorKind.Permission } refused when toDoWithout is not null =>
                new TidemarkException(
                    refused.Kind,
                    refused.Code,
                    $"{refused.Message} {ReadinessIssue.DoWithout(toDoWithout)}",
                    refused
                ),
            TidemarkException known => known,
            _ => new TidemarkException(
                ErrorKind.Schema,
                error is OutOfMemoryException or OverflowException ? "UNIT_TOO_LARGE" : "INTERNAL_ERROR",
                $"{unit}: {error.GetType().Name}: {error.Message} Nothing of this unit was committed.",
                error
            ),
        };
}
