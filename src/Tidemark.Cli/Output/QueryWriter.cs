using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Cli.Output;

/// <summary>How the rows of a query are written.</summary>
internal enum QueryFormat
{
    Table,
    Csv,
    Json,
    Parquet,
}

/// <summary>Writes a query's rows as a table, CSV or JSON to stdout or a file, or as a Parquet file.</summary>
internal sealed class QueryWriter(CommandContext context, QueryFormat format, string? file)
{
    private const int TableRows = 40;
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(DuckDbConnection connection, string query, CancellationToken stop)
    {
        if (format == QueryFormat.Parquet)
        {
            WriteParquet(connection, query, stop);
            return;
        }

        using var result = connection.Query(query, stop);
        if (result.Columns.FirstOrDefault(c => !c.Type.IsReadable) is { } column)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "SQL_TYPE_UNREADABLE",
                $"The column \"{column.Name}\" is of type {column.Type.SqlName}, which is not written here. Cast it in the query, for example to VARCHAR."
            );
        }

        using var target = file is null ? null : new StreamWriter(file);
        var writer = target ?? context.World.Out;
        switch (format)
        {
            case QueryFormat.Csv:
                WriteCsv(writer, result);
                break;
            case QueryFormat.Json:
                WriteJson(writer, result);
                break;
            default:
                WriteTable(result, writer);
                break;
        }
    }

    public static string Text(object? value) =>
        value switch
        {
            null => "",
            string text => text,
            bool flag => flag ? "true" : "false",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            DateOnly day => day.ToIso(),
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => JsonSerializer.Serialize(value),
        };

    private void WriteParquet(DuckDbConnection connection, string query, CancellationToken stop)
    {
        if (file is null)
        {
            throw new TidemarkException(ErrorKind.BadRequest, "OUTPUT_MISSING", "--format parquet needs -o FILE.");
        }

        // The catalog may write nothing outside the lake, so the rows go through a database that may.
        using var result = connection.Query(query, stop);
        using var database = DuckDbDatabase.Open();
        using var writing = database.Connect();
        var columns = result.Columns.Select(c => $"{DuckDbSql.Identifier(c.Name)} {c.Type.SqlName}");
        writing.Execute($"CREATE TABLE rows ({string.Join(", ", columns)})", stop);
        using (var appender = writing.CreateAppender(null, "rows"))
        {
            while (result.NextChunk() is { } chunk)
            {
                appender.Append(chunk);
            }

            appender.Flush();
        }

        writing.Execute($"COPY rows TO {DuckDbSql.Literal(file)} (FORMAT parquet, COMPRESSION zstd)", stop);
        context.Say($"Wrote {file}");
    }

    private static void WriteCsv(TextWriter writer, DuckDbResult result)
    {
        writer.WriteLine(string.Join(',', result.Columns.Select(c => Quoted(c.Name))));
        foreach (var row in result.Rows())
        {
            writer.WriteLine(string.Join(',', row.Select(v => Quoted(Text(v)))));
        }
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void WriteJson(TextWriter writer, DuckDbResult result)
    {
        writer.WriteLine("[");
        var first = true;
        foreach (var row in result.Rows())
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, s_json))
            {
                json.WriteStartObject();
                for (var i = 0; i < row.Length; i++)
                {
                    json.WritePropertyName(result.Columns[i].Name);
                    WriteValue(json, row[i]);
                }

                json.WriteEndObject();
            }

            writer.Write(first ? "  " : ",\n  ");
            writer.Write(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
            first = false;
        }

        writer.WriteLine(first ? "]" : "\n]");
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long integer:
                json.WriteNumberValue(integer);
                break;
            case ulong integer:
                json.WriteNumberValue(integer);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case Int128 integer:
                json.WriteRawValue(integer.ToString(CultureInfo.InvariantCulture));
                break;
            case UInt128 integer:
                json.WriteRawValue(integer.ToString(CultureInfo.InvariantCulture));
                break;
            case object?[] list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            case Dictionary<string, object?> map:
                json.WriteStartObject();
                foreach (var (key, item) in map)
                {
                    json.WritePropertyName(key);
                    WriteValue(json, item);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(Text(value));
                break;
        }
    }

    private void WriteTable(DuckDbResult result, TextWriter writer)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in result.Columns)
        {
            var isNumber =
                column.Type.Kind
                is >= LogicalKind.TinyInt
                    and <= LogicalKind.Double
                    or LogicalKind.Decimal
                    or LogicalKind.HugeInt;
            var cell = new TableColumn(Markup.Escape(column.Name));
            table.AddColumn(isNumber ? cell.RightAligned() : cell);
        }

        var rows = 0;
        foreach (var row in result.Rows())
        {
            if (rows++ < TableRows)
            {
                table.AddRow([.. row.Select(v => Markup.Escape(Text(v)))]);
            }
        }

        if (file is null)
        {
            context.Terminal.Write(table);
        }
        else
        {
            AnsiConsole
                .Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) })
                .Write(table);
        }

        if (rows > TableRows)
        {
            context.Say($"… {rows - TableRows} more rows (all of them: --format csv)");
        }
    }
}
