using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Simulation;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark sim tws</c>: runs a TWS or IB Gateway for any client of Interactive Brokers.
/// </summary>
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

    private readonly Option<DateOnly?> _start = TypedOptions.Date(
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

    private readonly Option<SimulatedProfile> _profile = new("--profile")
    {
        Description = "What the account may see: live, delayed, none or partial",
        DefaultValueFactory = _ => SimulatedProfile.Live,
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
        TypedOptions.Bound(_port, 0, SimCommand.PortMax);
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
        await using var operations = context.WithoutWorkspace();
        string? FullPath(string? path) => path is null ? null : context.World.FullPath(path);
        var request = new TwsSimulation(parse.GetValue(_port))
        {
            Seed = parse.GetValue(_seed),
            Start = parse.GetValue(_start),
            Replay = FullPath(parse.GetValue(_replay)),
            Faults = FullPath(parse.GetValue(_faults)),
            Profile = parse.GetValue(_profile),
            IsUnlimited = parse.GetValue(_unlimited),
            Record = FullPath(parse.GetValue(_record)),
            Upstream = parse.GetValue(_upstream),
            Play = FullPath(parse.GetValue(_play)),
            Log = context.World.Error.WriteLine,
        };
        await using var gateway = await operations.Get<ISimulatedVendors>().StartTwsAsync(request, stop);
        await SimCommand.ServeAsync(context, gateway, $"ibkr: {{ port: {gateway.Port} }}", stop);
        return ExitCodes.Done;
    }
}
