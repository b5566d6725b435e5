namespace Tidemark.Core.Datasets;

/// <summary>What becomes of columns that an answer has and a dataset does not declare.</summary>
public enum NewColumnPolicy
{
    /// <summary>They are left out, and a finding.</summary>
    Warn,

    /// <summary>The unit fails, and the lake stays as it was.</summary>
    Block,

    /// <summary>The table gets them, with their values, and a finding tells it.</summary>
    Adopt,
}
