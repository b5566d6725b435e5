namespace Tidemark.Simulator.Faults;

/// <summary>One fault for one call.</summary>
/// <param name="Delay">How long to wait first.</param>
/// <param name="Code">The vendor's code (<see cref="FaultKind.Error"/>).</param>
/// <param name="HttpStatus">The status (<see cref="FaultKind.Http"/>).</param>
/// <param name="Column">The column that is spoilt; empty for a kind that needs none.</param>
/// <param name="Text">The message of an error, the new name of a column, or the text in place of a number.</param>
/// <param name="After">How long the fault lasts, or the time between two ticks.</param>
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
