namespace Tidemark.Simulator.Options;

/// <summary>
/// How a class of options is listed: its expirations, its strikes and the place of its contract numbers.
/// </summary>
/// <param name="FirstCell">The first cell of its strikes among the cells of its ordinal.</param>
/// <param name="Action">The day of the corporate action that made an adjusted class.</param>
internal sealed record OptionClassRule(
    Underlying Underlying,
    string Name,
    ExpiryStyle Style,
    int Multiplier,
    StrikeScale Scale,
    bool IsDaily,
    int FirstCell,
    DateOnly Action = default
)
{
    public ulong Key { get; } = SeededHash.Mix(Underlying.Key, Name);
}
