using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Secrets;

namespace Tidemark.Hosting.Logging;

/// <summary>
/// Formats an event as exactly one line, whatever its fields contain, and masks every secret. Names of fields are
/// written <c>like_this</c>, the time is UTC. Thread-safe.
/// </summary>
internal sealed class LogLine(LogFormat format, SecretMask secrets)
{
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string Template = "{OriginalFormat}";

    private readonly ConcurrentDictionary<string, string> _names = new();

    public string Render(LogEntry entry, IExternalScopeProvider scopes) =>
        secrets.Mask(format == LogFormat.Json ? Json(entry, scopes) : Text(entry, scopes));

    private string Json(LogEntry entry, IExternalScopeProvider scopes)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            json.WriteString("time", entry.At.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture));
            json.WriteString("level", LoggingOptions.NameOf(entry.Level));
            json.WriteString("event", entry.Event.Name);
            json.WriteNumber("event_id", entry.Event.Id);
            json.WriteString("category", entry.Category);
            json.WriteString("message", entry.Message);
            foreach (var (name, value) in Fields(entry, scopes))
            {
                Write(json, name, value);
            }

            if (entry.Error is { } error)
            {
                json.WriteString("exception", error.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private string Text(LogEntry entry, IExternalScopeProvider scopes)
    {
        var line = new StringBuilder(256)
            .Append(entry.At.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture))
            .Append(' ')
            .Append(LoggingOptions.NameOf(entry.Level).PadRight(7))
            .Append(' ')
            .Append(entry.Event.Name)
            .Append(": ")
            .Append(entry.Message);
        var own = entry.Fields.Select(f => NameOf(f.Key)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in Fields(entry, scopes).Where(f => !own.Contains(f.Key)))
        {
            line.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }

        if (entry.Error is { } error)
        {
            line.Append(" | ").Append(error);
        }

        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(line[i]) ? ' ' : line[i]; // a text from outside begins no line of its own
        }

        return line.ToString();
    }

    /// <summary>
    /// The event's own fields, then those of its scopes. Where a name occurs twice, the inner one counts.
    /// </summary>
    private Dictionary<string, object?> Fields(LogEntry entry, IExternalScopeProvider scopes)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in entry.Fields)
        {
            if (name != Template && value is not null)
            {
                fields[NameOf(name)] = value;
            }
        }

        var outer = new Dictionary<string, object?>(StringComparer.Ordinal);
        scopes.ForEachScope(
            (scope, into) =>
            {
                foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                {
                    into[NameOf(name)] = value;
                }
            },
            outer
        );
        foreach (var (name, value) in outer)
        {
            fields.TryAdd(name, value);
        }

        return fields;
    }

    private string NameOf(string field) => _names.GetOrAdd(field, JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, Math.Round(number, 6));
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
