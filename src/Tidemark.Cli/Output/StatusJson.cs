using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Completeness.Results;
using Tidemark.Core;

namespace Tidemark.Cli.Output;

/// <summary>
/// The tidemark in JSON: <c>{pools:[{pool,buckets:[{bucket,checks:[{check,complete,partial,missing,…}]}]}]}</c>. Written by hand, because status
/// has to answer at once and a serializer would have to look at the types first.
/// </summary>
internal static class StatusJson
{
    public static string Write(StatusReport report)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            WriteNullable(json, "evaluated_at", report.EvaluatedAt?.ToString("O"));
            WriteNullable(json, "as_of", report.AsOf?.ToIso());
            json.WriteStartArray("pools");
            foreach (var pool in report.Pools)
            {
                WritePool(json, pool);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WritePool(Utf8JsonWriter json, PoolStatus pool)
    {
        json.WriteStartObject();
        json.WriteString("pool", pool.Pool);
        json.WriteStartArray("buckets");
        foreach (var bucket in pool.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("bucket", bucket.Bucket);
            json.WriteStartArray("checks");
            foreach (var check in bucket.Checks)
            {
                WriteCheck(json, check);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCheck(Utf8JsonWriter json, CheckStatus check)
    {
        json.WriteStartObject();
        json.WriteString("check", check.Check);
        json.WriteString("title", check.Title);
        json.WriteString("from", check.From.ToIso());
        json.WriteString("to", check.To.ToIso());
        json.WriteNumber("cells", check.Counts.Cells);
        WriteCounts(json, check.Counts);
        json.WriteStartObject("reasons");
        foreach (var (reason, cells) in check.Reasons)
        {
            json.WriteNumber(reason, cells);
        }

        json.WriteEndObject();
        if (check.CoverageRatio is { } coverage)
        {
            json.WriteNumber("coverage_ratio", coverage);
        }

        json.WriteStartArray("days");
        foreach (var day in check.Days)
        {
            json.WriteStartObject();
            json.WriteString("day", day.Day.ToIso());
            WriteCounts(json, day.Counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (check.Ranges.Count > 0)
        {
            json.WriteStartArray("ranges");
            foreach (var range in check.Ranges)
            {
                json.WriteStartObject();
                json.WriteString("from", range.From.ToIso());
                json.WriteString("to", range.To.ToIso());
                json.WriteString("status", range.Status);
                json.WriteString("reason", range.Reason);
                json.WriteNumber("days", range.Days);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, StatusCounts counts)
    {
        json.WriteNumber("complete", counts.Complete);
        json.WriteNumber("partial", counts.Partial);
        json.WriteNumber("missing", counts.Missing);
        json.WriteNumber("not_applicable", counts.NotApplicable);
        json.WriteNumber("not_started", counts.NotStarted);
    }

    private static void WriteNullable(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
