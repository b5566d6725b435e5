using Tidemark.Core;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Planning;

/// <summary>A range of days as users give it.</summary>
internal static class DayRange
{
    public static void EnsureNotEmpty(DateOnly? from, DateOnly? to)
    {
        if (to < from)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "RANGE_EMPTY",
                $"--to {to.Value.ToIso()} is before --from {from.Value.ToIso()}."
            );
        }
    }
}
