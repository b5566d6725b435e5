using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Lake.Parquet;

namespace Tidemark.Lake.Tables;

/// <summary>The statistics in <c>add.stats</c>: rows, and each column's least, greatest and null count.</summary>
internal static class DeltaStats
{
    // Longer texts make poor bounds and a large log.
    private const int MaxTextLength = 64;

    /// <param name="rows">Rows in the file.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="engineStats">
    /// By column: what DuckDB's COPY … RETURN_STATS says (min, max, null_count as text).
    /// </param>
    public static string Write(
        long rows,
        IReadOnlyList<LakeColumn> columns,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> engineStats
    )
    {
        using var buffer = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", rows);
            WriteBounds(json, "minValues", "min", columns, engineStats);
            WriteBounds(json, "maxValues", "max", columns, engineStats);
            json.WriteStartObject("nullCount");
            foreach (var column in columns)
            {
                if (
                    engineStats.TryGetValue(column.Name, out var stats)
                    && stats.TryGetValue("null_count", out var nulls)
                )
                {
                    json.WriteNumber(column.Name, long.Parse(nulls, CultureInfo.InvariantCulture));
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The same from statistics computed here, in the order of the columns.</summary>
    public static string Write(long rows, IReadOnlyList<LakeColumn> columns, IReadOnlyList<ColumnStatistics> statistics)
    {
        var byColumn = new Dictionary<string, IReadOnlyDictionary<string, string>>(
            columns.Count,
            StringComparer.Ordinal
        );
        for (var i = 0; i < columns.Count; i++)
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["null_count"] = statistics[i].NullCount.ToString(CultureInfo.InvariantCulture),
            };
            if (statistics[i] is { MinText: { } min, MaxText: { } max })
            {
                values["min"] = min;
                values["max"] = max;
            }

            byColumn[columns[i].Name] = values;
        }

        return Write(rows, columns, byColumn);
    }

    public static long? RowCount(string? stats)
    {
        if (stats is null)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(stats));
            while (reader.Read())
            {
                // Only at the first level: a column may have the same name.
                if (
                    reader.CurrentDepth == 1
                    && reader.TokenType == JsonTokenType.PropertyName
                    && reader.ValueTextEquals("numRecords"u8)
                )
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var rows)
                        ? rows
                        : null;
                }
            }
        }
        catch (JsonException)
        {
            // Statistics are only hints. Without them rows are counted where the number matters.
        }

        return null;
    }

    private static void WriteBounds(
        Utf8JsonWriter json,
        string member,
        string bound,
        IReadOnlyList<LakeColumn> columns,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> engineStats
    )
    {
        json.WriteStartObject(member);
        foreach (var column in columns)
        {
            if (!engineStats.TryGetValue(column.Name, out var stats) || !stats.TryGetValue(bound, out var value))
            {
                continue;
            }

            switch (column.Type.DeltaName)
            {
                case "string" when value.Length <= MaxTextLength:
                case "date":
                    json.WriteString(column.Name, value);
                    break;
                case "long" or "integer" or "short" or "byte":
                    json.WritePropertyName(column.Name);
                    json.WriteRawValue(value);
                    break;
                case "double"
                or "float"
                    when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                        && double.IsFinite(number):
                    json.WriteNumber(column.Name, number);
                    break;
            }
        }

        json.WriteEndObject();
    }
}
