namespace Tidemark.Core.Datasets;

/// <summary>What kind of value a vendor sent, before anybody declared what it should be.</summary>
public enum SampleKind
{
    Null,
    Text,
    Number,
    Boolean,
}

/// <summary>One value of an answer.</summary>
/// <param name="Kind">As it was written.</param>
/// <param name="Text">As it was written, without quotes; empty for none.</param>
public readonly record struct SampleValue(SampleKind Kind, string Text);

/// <summary>
/// A vendor's answer as it came, for those who are still to declare its columns. Small: a row is an object here.
/// </summary>
/// <param name="Fields">The vendor's names of the columns, in its order.</param>
/// <param name="Rows">A value for each field.</param>
public sealed record AnswerSample(IReadOnlyList<string> Fields, IReadOnlyList<IReadOnlyList<SampleValue>> Rows);
