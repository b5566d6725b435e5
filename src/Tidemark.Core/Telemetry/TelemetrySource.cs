using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tidemark.Core.Telemetry;

/// <summary>
/// What a host is seen by from outside: one meter and one source of activities, both called <see cref="Name"/>. One
/// instance a host, handed in: two hosts of one process can be told apart by their instances. Thread-safe.
/// </summary>
/// <param name="clock">Measures how long things take.</param>
public sealed class TelemetrySource(TimeProvider clock) : IDisposable
{
    /// <summary>What a listener or an exporter subscribes to.</summary>
    public const string Name = "Tidemark";

    public Meter Meter { get; } = new(Name);

    public ActivitySource Activities { get; } = new(Name);

    /// <summary>A moment to measure from with <see cref="SecondsSince"/>.</summary>
    public long Now() => clock.GetTimestamp();

    public double SecondsSince(long moment) => clock.GetElapsedTime(moment).TotalSeconds;

    public void Dispose()
    {
        Meter.Dispose();
        Activities.Dispose();
    }
}
