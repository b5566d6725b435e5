using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>The schema in <c>metaData.schemaString</c>: Spark's JSON form of a struct type.</summary>
internal static class DeltaSchema
{
    private const string UnitKey = "unit";
    private const string CommentKey = "comment";
    private const string AdoptedFromKey = "adoptedFrom";
    private const string AdoptedAtKey = "adoptedAt";

    public static string Write(IReadOnlyList<LakeColumn> columns)
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
            json.WriteString("type", "struct");
            json.WriteStartArray("fields");
            foreach (var column in columns)
            {
                json.WriteStartObject();
                json.WriteString("name", column.Name);
                json.WritePropertyName("type");
                column.Type.WriteDelta(json);

                // Always nullable: DuckDB's Parquet files do not mark columns as required, and other engines would
                // expect it.
                json.WriteBoolean("nullable", true);
                json.WriteStartObject("metadata");
                if (column.Unit is not null)
                {
                    json.WriteString(UnitKey, column.Unit);
                }

                if (column.Comment is { } comment)
                {
                    json.WriteString(CommentKey, comment);
                }

                if (column.Adopted is { } adopted)
                {
                    json.WriteString(AdoptedFromKey, adopted.Field);
                    json.WriteString(AdoptedAtKey, adopted.At.ToString("O", CultureInfo.InvariantCulture));
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <exception cref="TidemarkException">The schema is damaged or has an unknown type.</exception>
    public static IReadOnlyList<LakeColumn> Read(TableId table, string schemaString)
    {
        try
        {
            using var document = JsonDocument.Parse(schemaString);
            var columns = new List<LakeColumn>();
            foreach (var field in document.RootElement.GetProperty("fields").EnumerateArray())
            {
                var name = field.GetProperty("name").GetString() ?? throw new JsonException("a field without name");
                var lakeType = LakeType.OfDelta(field.GetProperty("type"));
                if (lakeType is null)
                {
                    throw new TidemarkException(
                        ErrorKind.Schema,
                        "TYPE_UNSUPPORTED",
                        $"{table}: the column {name} has the type {field.GetProperty("type").GetRawText()}, which Tidemark does not read."
                    );
                }

                var unit = Metadata(field, UnitKey);
                var description = LakeColumn.DescriptionIn(Metadata(field, CommentKey), unit);
                columns.Add(new LakeColumn(name, lakeType, true, unit, description, AdoptionOf(field)));
            }

            return columns;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "LOG_CORRUPT",
                $"{table}: the schema in the log ({table.Prefix}{DeltaLog.Folder}) is damaged: {DamageText.Of(e)}. Restore the entry that has the newest metaData from a backup; the data files are untouched.",
                e
            );
        }
    }

    private static Adoption? AdoptionOf(JsonElement field) =>
        Metadata(field, AdoptedFromKey) is { } from
        && DateTimeOffset.TryParse(
            Metadata(field, AdoptedAtKey),
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var at
        )
            ? new Adoption(from, at)
            : null;

    private static string? Metadata(JsonElement field, string key) =>
        field.TryGetProperty("metadata", out var metadata)
        && metadata.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
