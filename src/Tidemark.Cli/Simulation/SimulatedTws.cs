using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Hosting;
using Tidemark.Operations.Simulation;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;

namespace Tidemark.Cli.Simulation;

/// <summary>
/// A simulated gateway that listens: a market, a recorder in front of another gateway, or a recording.
/// </summary>
internal sealed class SimulatedTws(IAsyncDisposable gateway, int port) : ISimulatedVendor
{
    private static readonly TimeOnly s_begin = new(10, 0); // half an hour after the opening

    public string Host => "127.0.0.1";

    public int Port => port;

    public static Task<SimulatedTws> StartAsync(TwsSimulation request, TimeProvider clock, CancellationToken stop) =>
        request.Record is { } recording ? RecordAsync(request, recording, clock, stop)
        : request.Play is { } played ? PlayAsync(request, played, clock, stop)
        : SimulateAsync(request, clock, stop);

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private static async Task<SimulatedTws> RecordAsync(
        TwsSimulation request,
        string path,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var (host, upstream) = Upstream(request.Upstream);
        var recorder = await TwsRecorder.StartAsync(
            new TwsRecorderOptions
            {
                UpstreamHost = host,
                UpstreamPort = upstream,
                Path = path,
                Port = request.Port,
                TimeProvider = clock,
            },
            stop
        );
        return new SimulatedTws(recorder, recorder.Port);
    }

    private static async Task<SimulatedTws> PlayAsync(
        TwsSimulation request,
        string path,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var player = await TwsPlayer.StartAsync(
            new TwsPlayerOptions
            {
                Path = path,
                Port = request.Port,
                Log = request.Log,
                TimeProvider = clock,
            },
            stop
        );
        return new SimulatedTws(player, player.Port);
    }

    private static async Task<SimulatedTws> SimulateAsync(
        TwsSimulation request,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var calendar = NewYorkCalendar.Of(ShippedDefinitions.Alone().Calendars[Exchanges.NewYork]);
        var replayed = request.Replay is { } folder ? ReplayedOptionMarket.Load(folder, calendar) : null;

        // Most recorded contracts have expired by now, so a recording is served at its own time.
        var start = request.Start is { } day ? calendar.DueAt(day, s_begin) : replayed?.Recorded.First;
        var simulator = await TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = (IOptionMarket?)replayed ?? new SyntheticOptionMarket(request.Seed, calendar),
                Port = request.Port,
                Log = request.Log,
                Profile = request.Profile switch
                {
                    SimulatedProfile.Delayed => EntitlementProfile.Delayed,
                    SimulatedProfile.None => EntitlementProfile.None,
                    SimulatedProfile.Partial => EntitlementProfile.Partial,
                    _ => EntitlementProfile.Live,
                },
                Limits = request.IsUnlimited ? TwsLimits.None : new TwsLimits(),
                Faults = request.Faults is { } file ? FaultRules.Load(file, request.Seed) : null,
                Seed = request.Seed,
                TimeProvider = start is { } moment ? ShiftedClock.StartingAt(moment, clock) : clock,
            },
            stop
        );
        return new SimulatedTws(simulator, simulator.Port);
    }

    private static (string Host, int Port) Upstream(string? text)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        return
            colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= ushort.MaxValue
            ? (text![..colon], port)
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "UPSTREAM_INVALID",
                $"--record needs the gateway to record: --upstream HOST:PORT, for example 127.0.0.1:4001, not '{text}'."
            );
    }
}
