using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>What goes wrong alike on every database.</summary>
internal static class ControlErrors
{
    public static TidemarkException ReadOnlyHere(string place) =>
        new(
            ErrorKind.Storage,
            "CONTROL_READ_ONLY",
            $"The control database {place} may only be read here. Check the owner and the mount of its folder, or what your role of PostgreSQL "
                + "may do; `tidemark status`, `runs`, `sql`, `tables` and `doctor` need no more."
        );

    public static TidemarkException OlderAndReadOnly(string place) =>
        new(
            ErrorKind.Storage,
            "CONTROL_READ_ONLY",
            $"The control database {place} was written by an older program and may only be read here. "
                + "Run `tidemark doctor` once where it may be written: that brings it up to date."
        );

    public static TidemarkException Failed(string message, Exception error) =>
        new(ErrorKind.Storage, "CONTROL_FAILED", message, error);
}
