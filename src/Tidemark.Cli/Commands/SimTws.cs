using System.CommandLine;
using Tidemark.Core.Calendars;
using Tidemark.Hosting;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sim tws</c>: a TWS or IB Gateway that any client of Interactive Brokers can be pointed at.</summary>
internal sealed class SimTws
{
    private const int DefaultPort = 4002; // where clients look for a gateway with a paper account

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
        "Begin at 10:00 New York time of this day (default: now, as it is; quotes are frozen while the market is closed)"
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

    public SimTws() =>
        Command = new Command("tws", "The socket API of TWS and IB Gateway, server version 176")
        {
            _port,
            _seed,
            _start,
            _replay,
            _faults,
            _profile,
            _unlimited,
        };

    public Command Command { get; }

    public async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var calendar = CalendarFiles.Load(DefinitionFolders.Shipped.Calendars)["XNYS"];
        var options = new TwsSimulatorOptions
        {
            Market = Market(context, parse, calendar),
            Port = parse.GetValue(_port),
            Profile = parse.GetValue(_profile),
            Limits = parse.GetValue(_unlimited) ? TwsLimits.None : new TwsLimits(),
            Faults = parse.GetValue(_faults) is { } file
                ? FaultPlan.Load(Path.GetFullPath(file, context.World.CurrentFolder), parse.GetValue(_seed))
                : null,
            Seed = parse.GetValue(_seed),
            TimeProvider = parse.GetValue(_start) is { } day
                ? ShiftedClock.StartingAt(calendar.DueAt(day, new TimeOnly(10, 0)), context.World.Clock)
                : context.World.Clock,
        };
        await using var simulator = await StartAsync(options, stop);
        await SimCommand.ServeAsync(context, $"127.0.0.1:{simulator.Port}", stop);
        return ExitCodes.Done;
    }

    private IOptionMarket Market(CommandContext context, ParseResult parse, TradingCalendar calendar) =>
        parse.GetValue(_replay) is { } folder
            ? ReplayedOptionMarket.Load(Path.GetFullPath(folder, context.World.CurrentFolder), calendar)
            : new SyntheticOptionMarket(parse.GetValue(_seed), calendar);

    private static async Task<TwsSimulator> StartAsync(TwsSimulatorOptions options, CancellationToken stop)
    {
        try
        {
            return await TwsSimulator.StartAsync(options, stop);
        }
        catch (IOException e)
        {
            throw SimCommand.PortTaken(options.Port, e);
        }
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
