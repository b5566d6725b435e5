using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Turns a fault of this program, or of its memory, into the error of one unit, so that the other units go on and their
/// commits are recorded.
/// </summary>
internal static class UnitFault
{
    /// <param name="unit">The unit.</param>
    /// <param name="error">The exception.</param>
    /// <param name="toDoWithout">Advice on what to switch off where the vendor was asked.</param>
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
