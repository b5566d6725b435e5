namespace Tidemark.Core.Datasets;

/// <summary>What the values of a column must be. An absent value breaks no rule but <see cref="NullsMax"/>.</summary>
public sealed record ColumnRule
{
    public required string Column { get; init; }

    /// <summary>The least value; null = any.</summary>
    public double? Min { get; init; }

    /// <summary>A value that is too small by itself; null = none is.</summary>
    public double? Above { get; init; }

    /// <summary>The greatest value; null = any.</summary>
    public double? Max { get; init; }

    /// <summary>A column of the same row whose value must not be less; null = none.</summary>
    public string? NotAbove { get; init; }

    /// <summary>Which share of a unit's rows may lack the value, 0 to 1; null = any.</summary>
    public double? NullsMax { get; init; }

    /// <summary>What becomes of a unit with a row that breaks it.</summary>
    public RulePolicy OnBreak { get; init; }
}
