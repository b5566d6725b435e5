using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Tables;

/// <summary>A column type of the lake: its name in a Delta schema and in DuckDB's SQL.</summary>
/// <param name="DeltaName">As the Delta protocol spells primitive types.</param>
/// <param name="SqlName">As DuckDB spells it.</param>
public sealed partial record LakeType(string DeltaName, string SqlName)
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

    /// <exception cref="TidemarkException">
    /// The type cannot be kept in a Delta table; the message says what to cast it to.
    /// </exception>
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

    /// <summary>Whether the type is a struct, an array or a map: read in tables of others, never written.</summary>
    public bool IsNested => DeltaName.StartsWith('{');

    /// <summary>The type that a Delta schema spells, or null when it is not known.</summary>
    /// <exception cref="JsonException">It is no spelling of a type at all.</exception>
    internal static LakeType? OfDelta(JsonElement spelled)
    {
        if (spelled.ValueKind == JsonValueKind.Object)
        {
            return NestedSql(spelled) is { } sql ? new LakeType(spelled.GetRawText(), sql) : null;
        }

        var name = spelled.GetString() ?? throw new JsonException("a type that is null");
        foreach (var type in s_plain)
        {
            if (type.DeltaName == name)
            {
                return type;
            }
        }

        if (!Decimal().IsMatch(name))
        {
            return null;
        }

        var plain = name.Replace(" ", "", StringComparison.Ordinal);
        return new LakeType(plain, plain.ToUpperInvariant());
    }

    internal void WriteDelta(Utf8JsonWriter json)
    {
        if (IsNested)
        {
            json.WriteRawValue(DeltaName);
        }
        else
        {
            json.WriteStringValue(DeltaName);
        }
    }

    private static string? NestedSql(JsonElement spelled)
    {
        switch (spelled.GetProperty("type").GetString())
        {
            case "array":
                return OfDelta(spelled.GetProperty("elementType")) is { } element ? element.SqlName + "[]" : null;
            case "map":
                return
                    OfDelta(spelled.GetProperty("keyType")) is { } key
                    && OfDelta(spelled.GetProperty("valueType")) is { } value
                    ? $"MAP({key.SqlName}, {value.SqlName})"
                    : null;
            case "struct":
                var members = new List<string>();
                foreach (var field in spelled.GetProperty("fields").EnumerateArray())
                {
                    if (OfDelta(field.GetProperty("type")) is not { } member)
                    {
                        return null;
                    }

                    members.Add($"{DuckDbSql.Identifier(field.GetProperty("name").GetString()!)} {member.SqlName}");
                }

                return members.Count > 0 ? $"STRUCT({string.Join(", ", members)})" : null;
            default:
                return null;
        }
    }

    [GeneratedRegex(@"^decimal\([0-9]{1,2}, ?-?[0-9]{1,2}\)$")]
    private static partial Regex Decimal();
}
