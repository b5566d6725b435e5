namespace Tidemark.Simulator.Faults;

/// <summary>One fault, ready to strike.</summary>
/// <param name="Delay">How long to wait first.</param>
/// <param name="Code">The vendor's code (<see cref="FaultKind.Error"/>).</param>
/// <param name="HttpStatus">The status (<see cref="FaultKind.Http"/>).</param>
/// <param name="Column">The column that is touched; empty where the kind needs none.</param>
/// <param name="Text">Message of an error, new name of a column, or what stands instead of a number.</param>
/// <param name="After">How long it lasts, or how far apart things are.</param>
public sealed record Fault(
    FaultKind Kind,
    TimeSpan? Delay = null,
    int Code = 0,
    int HttpStatus = 0,
    string Column = "",
    string Text = "",
    TimeSpan After = default
)
{
    /// <summary>The limit that a rate-limit fault names when none is configured.</summary>
    public const int RateLimitCalls = 200;
}
