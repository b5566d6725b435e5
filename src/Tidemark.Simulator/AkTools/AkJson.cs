using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Core;
using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.AkTools;

/// <summary>
/// Writes tables as AKTools does: an array of objects, members in the order of the columns, no blanks, Chinese as it
/// is.
/// </summary>
internal static class AkJson
{
    /// <summary>pandas keeps this many decimals of a number.</summary>
    private const int DecimalsMax = 10;

    /// <summary>From here on a double has no tenth decimal, and hardly any.</summary>
    private const double DecimalFrom = 1e15;

    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ReadOnlyMemory<byte> Write(AkAnswer answer, CancellationToken cancellationToken)
    {
        var names = answer.Columns.Select(c => JsonEncodedText.Encode(c.Name, s_options.Encoder)).ToArray();
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartArray();
        foreach (var row in answer.Rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            json.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                json.WritePropertyName(names[i]);
                Write(json, answer.Columns[i].Type, row[i]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return output.WrittenMemory;
    }

    /// <summary>An object of texts.</summary>
    public static ReadOnlyMemory<byte> Object(params ReadOnlySpan<(string Name, string Value)> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, AkType type, Cell cell)
    {
        switch (type)
        {
            case AkType.Integer when cell.AsNumber() is { } number:
                json.WriteNumberValue((long)number);
                break;
            case AkType.Number when cell.AsNumber() is { } number:
                json.WriteRawValue(Text(number), skipInputValidation: true);
                break;
            case AkType.Day when cell.AsDay() is { } day:
                json.WriteStringValue($"{day.ToIso()}T00:00:00.000");
                break;
            case AkType.DayText when cell.AsDay() is { } day:
                json.WriteStringValue(day.ToIso());
                break;
            case AkType.Moment when cell.AsNumber() is { } milliseconds:
                json.WriteStringValue(
                    DateTimeOffset
                        .FromUnixTimeMilliseconds((long)milliseconds)
                        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
                );
                break;
            case AkType.Text when cell.AsParameter() is { } text:
                json.WriteStringValue(text);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>The shortest text of a number, always with a fraction.</summary>
    private static string Text(double number)
    {
        // As a decimal, because rounding a large double at its tenth decimal would change it.
        var rounded = Math.Abs(number) < DecimalFrom ? (double)Math.Round((decimal)number, DecimalsMax) : number;
        var text = rounded.ToString("R", CultureInfo.InvariantCulture);
        if (text.Contains('E', StringComparison.Ordinal))
        {
            text = rounded.ToString($"F{DecimalsMax}", CultureInfo.InvariantCulture).TrimEnd('0');
            return text.EndsWith('.') ? text + "0" : text;
        }

        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }
}
