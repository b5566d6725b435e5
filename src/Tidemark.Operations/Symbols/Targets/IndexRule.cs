using Tidemark.Core;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>The members of an index: <c>000905.SH</c>, or on a day, <c>000905.SH@2024-06-28</c>.</summary>
/// <param name="Code">The index as it was typed.</param>
/// <param name="On">The day; null for the one as of which the targets are resolved.</param>
public sealed record IndexRule(string Code, DateOnly? On = null)
{
    public const string Expected = "an index like 000905.SH, or its members on a day, like 000905.SH@2024-06-28";

    private const char At = '@';

    /// <summary>Null when it is none.</summary>
    public static IndexRule? TryParse(string text)
    {
        var parts = text.Split(At, StringSplitOptions.TrimEntries);
        return parts switch
        {
            [{ Length: > 0 } code] when TargetFile.IsSymbol(code) => new IndexRule(code),
            [{ Length: > 0 } code, var day] when TargetFile.IsSymbol(code) && TradeDate.TryParseIso(day, out var on) =>
                new IndexRule(code, on),
            _ => null,
        };
    }

    public override string ToString() => On is { } on ? $"{Code}{At}{on.ToIso()}" : Code;
}
