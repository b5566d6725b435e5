using Tidemark.Core.Columns;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>A column type of the lake: its name in a Delta schema and in DuckDB's SQL.</summary>
/// <param name="DeltaName">As the Delta protocol spells primitive types.</param>
/// <param name="SqlName">As DuckDB spells it.</param>
public sealed record LakeType(string DeltaName, string SqlName)
{
    public static readonly LakeType Text = new("string", "VARCHAR");
    public static readonly LakeType Date = new("date", "DATE");

    /// <summary>Delta timestamps are moments in UTC; DuckDB writes them so only from the type with a zone.</summary>
    public static readonly LakeType Timestamp = new("timestamp", "TIMESTAMP WITH TIME ZONE");
    public static readonly LakeType Double = new("double", "DOUBLE");
    public static readonly LakeType Long = new("long", "BIGINT");
    public static readonly LakeType Boolean = new("boolean", "BOOLEAN");

    private static readonly LakeType[] s_plain =
    [
        Text,
        Date,
        Timestamp,
        Double,
        Long,
        Boolean,
        new("integer", "INTEGER"),
        new("short", "SMALLINT"),
        new("byte", "TINYINT"),
        new("float", "FLOAT"),
        new("binary", "BLOB"),
    ];

    public static LakeType Of(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Text => Text,
            ColumnKind.Date => Date,
            ColumnKind.Timestamp => Timestamp,
            ColumnKind.Double => Double,
            ColumnKind.Long => Long,
            ColumnKind.Boolean => Boolean,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown column kind"),
        };

    /// <exception cref="TidemarkException">The type cannot be kept in a Delta table; the message says what to cast it to.</exception>
    public static LakeType OfSql(string sqlName, string column)
    {
        foreach (var type in s_plain)
        {
            if (type.SqlName == sqlName)
            {
                return type;
            }
        }

        if (sqlName.StartsWith("DECIMAL(", StringComparison.Ordinal))
        {
            return new LakeType(sqlName.ToLowerInvariant(), sqlName);
        }

        var advice = sqlName switch
        {
            "HUGEINT" or "UBIGINT" or "UINTEGER" => "cast it to BIGINT",
            "TIMESTAMP" => "say its zone: (x AT TIME ZONE 'UTC')",
            _ => "cast it to VARCHAR",
        };
        throw new TidemarkException(
            ErrorKind.Schema,
            "TYPE_UNSUPPORTED",
            $"The column {column} has type {sqlName}, which the lake cannot keep: {advice}."
        );
    }

    /// <summary>The type of a Delta schema's name, or null for nested and unknown ones.</summary>
    public static LakeType? OfDelta(string deltaName)
    {
        foreach (var type in s_plain)
        {
            if (type.DeltaName == deltaName)
            {
                return type;
            }
        }

        return deltaName.StartsWith("decimal(", StringComparison.Ordinal)
            ? new LakeType(deltaName, deltaName.ToUpperInvariant())
            : null;
    }
}
