using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tidemark.Core.Telemetry;
using Tidemark.Hosting;

namespace Tidemark.Ingest.Tests.Support;

/// <summary>Hears everything that some hosts measure; those of other tests are not listened to.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Instrument> _declared = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> _heard =
        new();

    public Measurements(params TidemarkHost[] hosts)
    {
        var meters = hosts.Select(h => h.Get<TelemetrySource>().Meter).ToHashSet();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter))
            {
                _declared[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Hear(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Hear(i, value, tags));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, Instrument> Declared => _declared;

    public IReadOnlyList<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> Heard => [.. _heard];

    public double Sum(string instrument, params (string Tag, string Value)[] tags) =>
        _heard
            .Where(h => h.Instrument == instrument)
            .Where(h => tags.All(t => h.Tags.Any(tag => tag.Key == t.Tag && (string?)tag.Value == t.Value)))
            .Sum(h => h.Value);

    public void Dispose() => _listener.Dispose();

    private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _heard.Enqueue((instrument.Name, value, tags.ToArray()));
}

/// <summary>Hears every activity of one host that has ended.</summary>
internal sealed class Activities : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();

    public Activities(TidemarkHost host)
    {
        var source = host.Get<TelemetrySource>().Activities;
        _listener = new ActivityListener
        {
            ShouldListenTo = s => ReferenceEquals(s, source),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Ended => [.. _ended];

    public IEnumerable<Activity> Named(string name) => _ended.Where(a => a.OperationName == name);

    public IEnumerable<Activity> Below(Activity parent) => _ended.Where(a => a.ParentSpanId == parent.SpanId);

    public void Dispose() => _listener.Dispose();
}
