using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tidemark.Simulator.Tushare;

/// <summary>Variations of the answer in older deployments and in some APIs.</summary>
internal readonly record struct AnswerStyle(bool Legacy = false, bool NumbersAsText = false, bool IgnoreOffset = false);

/// <summary>Writes complete response bodies, without HTTP and without token, permission or rate checks.</summary>
public static class TushareAnswer
{
    /// <summary>
    /// Writes the body that the vendor sends for one call,
    /// <c>{"request_id":…,"code":0,"data":{"fields":[…],"items":[…],"has_more":…,"count":-1},"msg":""}</c>, in UTF-8.
    /// </summary>
    /// <param name="parameters">
    /// The call's <c>params</c>, <c>limit</c> and <c>offset</c> included; an empty text counts as absent.
    /// </param>
    /// <param name="fields">Comma list; empty for the API's default columns.</param>
    /// <returns>Whether more rows match than one answer holds.</returns>
    /// <exception cref="TushareRefusalException">
    /// The vendor would answer with an error. Discard what was written.
    /// </exception>
    public static bool Write(
        ITushareSource source,
        string api,
        IReadOnlyDictionary<string, string> parameters,
        string fields,
        IBufferWriter<byte> output,
        Guid requestId = default,
        CancellationToken cancellationToken = default
    )
    {
        var call = new TushareCall(api, "", parameters, TushareCall.SplitFields(fields));
        return Write(source, call, default, requestId, output, cancellationToken);
    }

    internal static bool Write(
        ITushareSource source,
        TushareCall call,
        AnswerStyle style,
        Guid requestId,
        IBufferWriter<byte> output,
        CancellationToken cancellationToken
    )
    {
        var api = source.Find(call.Api) ?? throw Refusal(TushareError.UnknownApi);
        var request = Request(api, call, style);
        WriteHead(api, request.Columns, call.Fields, requestId, output);
        var hasMore = request.Columns.Count > 0 && source.WriteRows(request, output, cancellationToken);
        output.Write(
            style.Legacy ? "]},\"msg\":null,\"message\":null}"u8
            : hasMore ? "],\"has_more\":true,\"count\":-1},\"msg\":\"\"}"u8
            : "],\"has_more\":false,\"count\":-1},\"msg\":\"\"}"u8
        );
        return hasMore;
    }

    /// <summary>The body of a refusal: <c>{"request_id":…,"code":40203,"msg":"…","data":null}</c>.</summary>
    internal static void WriteError(int code, string message, bool legacy, Guid requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(
            output,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        json.WriteStartObject();
        json.WriteString("request_id", requestId.ToString());
        json.WriteNumber("code", code);
        json.WriteString("msg", message);
        if (legacy)
        {
            json.WriteString("message", message);
        }

        json.WriteNull("data");
        json.WriteEndObject();
    }

    internal static TushareRefusalException Refusal(TushareError error) => new(error.Code, error.Message);

    private static void WriteHead(
        TushareApi api,
        IReadOnlyList<int> columns,
        IReadOnlyList<string> requested,
        Guid requestId,
        IBufferWriter<byte> output
    )
    {
        var names = columns.Select(i => $"\"{JsonEncodedText.Encode(api.NameFor(i, requested))}\"");
        var head =
            $"{{\"request_id\":\"{requestId}\",\"code\":0,\"data\":{{\"fields\":[{string.Join(',', names)}],\"items\":[";
        Encoding.UTF8.GetBytes(head, output);
    }

    private static TushareRequest Request(TushareApi api, TushareCall call, AnswerStyle style)
    {
        var parameters = new Dictionary<string, string>(api.Defaults);
        foreach (var (name, value) in call.Parameters)
        {
            if (value.Length > 0 && name is not ("limit" or "offset"))
            {
                parameters[name] = value;
            }
        }

        if (api.RequiresOneOf.Count > 0 && !api.RequiresOneOf.Any(parameters.ContainsKey))
        {
            throw Refusal(TushareError.Missing(api.RequiresOneOf, api.MissingText));
        }

        if (api.Requires.FirstOrDefault(p => !parameters.ContainsKey(p)) is { } missing)
        {
            throw Refusal(TushareError.Missing([missing], words: null));
        }

        var limit = Count(call.Parameters, "limit");
        var offset = Count(call.Parameters, "offset");
        return new TushareRequest(
            api,
            parameters,
            api.Select(call.Fields),
            style.IgnoreOffset ? 0 : offset,
            limit == 0 ? api.RowCap : (int)Math.Min(limit, api.RowCap),
            style.NumbersAsText
        );
    }

    /// <summary>A row count that may come as a number, a number with a fraction (pandas) or a text.</summary>
    private static long Count(IReadOnlyDictionary<string, string> parameters, string name)
    {
        if (!parameters.TryGetValue(name, out var text) || text.Length == 0)
        {
            return 0;
        }

        return
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= int.MaxValue
            ? (long)value
            : throw Refusal(TushareError.OddParameters);
    }
}
