using System.CommandLine;
using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Hosting;
using Tidemark.Operations.Definitions;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sim tws</c>: a TWS or IB Gateway that any client of Interactive Brokers can be pointed at.</summary>
internal sealed class SimTws
{
    private const int DefaultPort = 4002; // where clients look for a gateway with a paper account

    private static readonly TimeOnly s_begin = new(10, 0); // half an hour after the opening

    private readonly Option<int> _port = new("--port")
    {
        Description = "TCP port on 127.0.0.1; 0 takes a free one",
        HelpName = "P",
        DefaultValueFactory = _ => DefaultPort,
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Another number, another market",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<DateOnly?> _start = CliCommand.DateOption(
        "--start",
        "Begin at 10:00 New York time of this day (default: now, or when the replayed data begin)"
    );

    private readonly Option<string?> _replay = new("--replay")
    {
        Description = "Serve the recorded chains of DIR/tws/*.csv instead",
        HelpName = "DIR",
    };

    private readonly Option<string?> _faults = new("--faults")
    {
        Description = "What goes wrong on purpose",
        HelpName = "FILE",
    };

    private readonly Option<EntitlementProfile> _profile = new("--profile")
    {
        Description = "What the account may see: live, delayed, none or partial",
        DefaultValueFactory = _ => EntitlementProfile.Live,
    };

    private readonly Option<bool> _unlimited = new("--no-limits")
    {
        Description = "No limit on messages, lines, snapshots and histories",
    };

    private readonly Option<string?> _record = new("--record")
    {
        Description =
            "Stand between clients and the gateway at --upstream, and write their frames to FILE, accounts left out",
        HelpName = "FILE",
    };

    private readonly Option<string?> _upstream = new("--upstream")
    {
        Description = "The gateway that is recorded",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _play = new("--play")
    {
        Description = "Serve a recording again",
        HelpName = "FILE",
    };

    public SimTws()
    {
        CliCommand.Bound(_port, 0, SimCommand.PortMax);
        Command = new Command("tws", "The socket API of TWS and IB Gateway, server version 176")
        {
            _port,
            _seed,
            _start,
            _replay,
            _faults,
            _profile,
            _unlimited,
            _record,
            _upstream,
            _play,
        };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var port = parse.GetValue(_port);
        try
        {
            var (gateway, listensOn) = await StartAsync(context, parse, port, stop);
            await using (gateway)
            {
                await SimCommand.ServeAsync(context, $"127.0.0.1:{listensOn}", $"ibkr: {{ port: {listensOn} }}", stop);
            }

            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            throw SimCommand.PortTaken(port, e);
        }
    }

    private async Task<(IAsyncDisposable Gateway, int Port)> StartAsync(
        CommandContext context,
        ParseResult parse,
        int port,
        CancellationToken stop
    )
    {
        var clock = context.World.Clock;
        string FullPath(string file) => context.World.FullPath(file);
        if (parse.GetValue(_record) is { } recording)
        {
            var (host, upstream) = Upstream(parse.GetValue(_upstream));
            var recorder = await TwsRecorder.StartAsync(
                new TwsRecorderOptions
                {
                    UpstreamHost = host,
                    UpstreamPort = upstream,
                    Path = FullPath(recording),
                    Port = port,
                    TimeProvider = clock,
                },
                stop
            );
            return (recorder, recorder.Port);
        }

        if (parse.GetValue(_play) is { } played)
        {
            var player = await TwsPlayer.StartAsync(
                new TwsPlayerOptions
                {
                    Path = FullPath(played),
                    Port = port,
                    Log = context.World.Error.WriteLine,
                    TimeProvider = clock,
                },
                stop
            );
            return (player, player.Port);
        }

        var calendar = NewYorkCalendar.Of(CalendarFiles.Load(ShippedDefinitions.Alone)[Exchanges.NewYork]);
        var seed = parse.GetValue(_seed);
        var replayed = parse.GetValue(_replay) is { } folder
            ? ReplayedOptionMarket.Load(FullPath(folder), calendar)
            : null;

        // What was recorded has mostly expired by now: it is served at its own time.
        var start = parse.GetValue(_start) is { } day ? calendar.DueAt(day, s_begin) : replayed?.Recorded.First;
        var simulator = await TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = (IOptionMarket?)replayed ?? new SyntheticOptionMarket(seed, calendar),
                Port = port,
                Log = context.World.Error.WriteLine,
                Profile = parse.GetValue(_profile),
                Limits = parse.GetValue(_unlimited) ? TwsLimits.None : new TwsLimits(),
                Faults = parse.GetValue(_faults) is { } file ? FaultPlan.Load(FullPath(file), seed) : null,
                Seed = seed,
                TimeProvider = start is { } moment ? ShiftedClock.StartingAt(moment, clock) : clock,
            },
            stop
        );
        return (simulator, simulator.Port);
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

    /// <summary>A clock that goes as another one, at another time.</summary>
    private sealed class ShiftedClock(TimeProvider clock, TimeSpan shift) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

        public override long TimestampFrequency => clock.TimestampFrequency;

        public static ShiftedClock StartingAt(DateTimeOffset start, TimeProvider clock) =>
            new(clock, start - clock.GetUtcNow());

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + shift;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
