namespace Tidemark.Core.Columns;

/// <summary>What a declared column holds. Spelled in lower case in YAML.</summary>
public enum ColumnKind
{
    /// <summary>UTF-8 text; identifiers are always text, never numbers.</summary>
    Text,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>A moment in UTC, to the microsecond.</summary>
    Timestamp,

    /// <summary>A 64-bit floating point number, as the vendor sent it.</summary>
    Double,

    /// <summary>A 64-bit integer.</summary>
    Long,

    Boolean,
}
