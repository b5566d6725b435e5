using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tidemark.Core.Telemetry;

namespace Tidemark.Vendors.Telemetry;

/// <summary>
/// Calls to vendors, as seen from outside. Tags are the vendor, the api and the outcome: never a parameter of a call,
/// a symbol or an account. Thread-safe.
/// </summary>
public sealed class VendorTelemetry
{
    private readonly TelemetrySource _source;
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _bytes;
    private readonly Counter<double> _wait;
    private readonly Counter<long> _retries;

    public VendorTelemetry(TelemetrySource source)
    {
        _source = source;
        var meter = source.Meter;
        _calls = meter.CreateCounter<long>("tidemark.vendor.calls", "{call}", "Calls that were sent");
        _duration = meter.CreateHistogram<double>(
            "tidemark.vendor.call.duration",
            "s",
            "From sending a call until its answer is decoded"
        );
        _rows = meter.CreateCounter<long>("tidemark.vendor.rows", "{row}", "Rows of answers");
        _bytes = meter.CreateCounter<long>("tidemark.vendor.bytes", "By", "Bytes of answers, unpacked");
        _wait = meter.CreateCounter<double>(
            "tidemark.vendor.wait",
            "s",
            "What was waited before calls, by reason: rate_limit, retry or source"
        );
        _retries = meter.CreateCounter<long>(
            "tidemark.vendor.retries",
            "{retry}",
            "Calls that were sent again, by the code of what went wrong"
        );
    }

    /// <summary>A call begins. Dispose it at its end.</summary>
    internal VendorCall Begin(string vendor, string api) => new(this, vendor, api, Start(vendor, api), _source.Now());

    /// <summary>A call waits for its turn.</summary>
    internal void Waited(string vendor, string api, string reason, TimeSpan wait) =>
        _wait.Add(wait.TotalSeconds, new("vendor", vendor), new("api", api), new("reason", reason));

    /// <summary>A call is sent again.</summary>
    internal void Repeated(string vendor, string api, string code) =>
        _retries.Add(1, new("vendor", vendor), new("api", api), new("code", code));

    internal void Ended(VendorCall call, long since, string outcome, int rows, long bytes)
    {
        var vendor = new KeyValuePair<string, object?>("vendor", call.Vendor);
        var api = new KeyValuePair<string, object?>("api", call.Api);
        _calls.Add(1, vendor, api, new("outcome", outcome));
        _duration.Record(_source.SecondsSince(since), vendor, api, new("outcome", outcome));
        _rows.Add(rows, vendor, api);
        _bytes.Add(bytes, vendor, api);
    }

    private Activity? Start(string vendor, string api) =>
        _source
            .Activities.StartActivity("call", ActivityKind.Client)
            ?.SetTag("vendor", vendor)
            .SetTag(ActivityTags.Api, api);
}
