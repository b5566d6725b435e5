using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tidemark.Completeness.Results;
using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Modules;
using Tidemark.Operations.Status;

namespace Tidemark.Cli.Output;

/// <summary>
/// The tidemark in JSON: <c>{pools:[{pool,buckets:[{bucket,checks:[{check,complete,partial,missing,…}]}]}]}</c>.
/// Written by hand, because status has to answer at once and a serializer first has to inspect the types.
/// </summary>
internal static class StatusJson
{
    public static string Write(StatusResponse response)
    {
        var report = response.Report;
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            WriteNullable(json, "evaluated_at", report.EvaluatedAt?.ToString("O"));
            WriteNullable(json, "as_of", report.AsOf?.ToIso());
            if (response.Note is { } note)
            {
                json.WriteString("note", note);
            }

            json.WriteStartArray("pools");
            foreach (var pool in report.Pools)
            {
                WritePool(json, pool);
            }

            json.WriteEndArray();
            WriteUnits(json, response.Units);
            WriteUnchecked(json, response.Unchecked);
            WriteFindings(json, response.Findings);
            WriteModules(json, response.Modules);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteModules(Utf8JsonWriter json, ModulePlan? decided)
    {
        json.WriteStartArray("outside_plan");
        foreach (var of in decided?.LeftOut ?? [])
        {
            json.WriteStartObject();
            json.WriteString("dataset", of.Dataset.Id);
            json.WriteString("module", of.Dataset.Module);
            json.WriteString("flag", of.ClosedBy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("not_entitled");
        foreach (var of in decided?.NotEntitled ?? [])
        {
            json.WriteStartObject();
            json.WriteString("dataset", of.Dataset.Id);
            json.WriteString("module", of.Dataset.Module);
            json.WriteString("since", of.Refusal!.At.ToString("O"));
            json.WriteString("reason", of.Refusal.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<StoredFinding> findings)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", finding.Kind);
            json.WriteString("subject", finding.Subject);
            json.WriteString("detail", finding.Detail);
            json.WriteString("first_seen_at", finding.FirstSeenAt.ToString("O"));
            json.WriteString("last_seen_at", finding.LastSeenAt.ToString("O"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUnits(Utf8JsonWriter json, IReadOnlyList<DatasetUnits> units)
    {
        json.WriteStartArray("units");
        foreach (var of in units)
        {
            json.WriteStartObject();
            json.WriteString("dataset", of.Dataset);
            json.WriteNumber("open", of.Open);
            json.WriteNumber("given_up", of.GivenUp);
            WriteNullable(json, "next_at", of.NextAt?.ToString("O"));
            if (of.Outside is { } outside)
            {
                json.WriteStartObject("outside_plan");
                json.WriteNumber("count", outside.Count);
                json.WriteString("from", outside.From.ToIso());
                json.WriteString("to", outside.To.ToIso());
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUnchecked(Utf8JsonWriter json, IReadOnlyList<UncheckedUnits> datasets)
    {
        json.WriteStartArray("unchecked");
        foreach (var of in datasets)
        {
            json.WriteStartObject();
            json.WriteString("dataset", of.Dataset);
            json.WriteString("bucket", of.Bucket.Name());
            json.WriteNumber("wanted", of.Wanted);
            json.WriteNumber("there", of.There);
            json.WriteNumber("missing", of.Missing);
            json.WriteNumber("given_up", of.GivenUp);
            WriteNullable(json, "newest", of.Newest?.ToString());
            if (of.Problem is { } problem)
            {
                json.WriteString("problem", problem);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePool(Utf8JsonWriter json, PoolStatus pool)
    {
        json.WriteStartObject();
        json.WriteString("pool", pool.Pool.ViewName());
        json.WriteStartArray("buckets");
        foreach (var bucket in pool.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("bucket", bucket.Bucket.Name());
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
        WriteNullable(json, "evaluated_at", check.EvaluatedAt?.ToString("O"));
        if (check.NotEvaluated is { } fault)
        {
            json.WriteStartObject("not_evaluated");
            json.WriteString("code", fault.Code);
            json.WriteString("message", fault.Message);
            json.WriteEndObject();
        }

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
            WriteRanges(json, check.Ranges);
        }

        if (check.Gaps is { } gaps)
        {
            json.WriteStartArray("gaps");
            foreach (var gap in gaps)
            {
                json.WriteStartObject();
                json.WriteString("entity", gap.Entity);
                WriteRanges(json, gap.Ranges);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteRanges(Utf8JsonWriter json, IReadOnlyList<RangeStatus> ranges)
    {
        json.WriteStartArray("ranges");
        foreach (var range in ranges)
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
