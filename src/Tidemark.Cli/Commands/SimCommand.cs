using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Simulation;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sim tushare|aktools|tws</c>: runs one simulated vendor in the foreground.</summary>
internal sealed class SimCommand : CliCommand
{
    internal const int PortMax = 65535;

    private readonly Option<int> _port = new("--port")
    {
        Description = "TCP port on 127.0.0.1; 0 takes a free one",
        HelpName = "P",
        DefaultValueFactory = _ => TushareSimulation.DefaultPort,
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Another number, another market",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<DateOnly?> _start = TypedOptions.Date(
        "--start",
        "The market's today (default: the latest finished trading day)"
    );
    private readonly Option<string?> _replay = new("--replay")
    {
        Description = "Serve recorded data instead",
        HelpName = "DIR",
    };
    private readonly Option<string?> _faults = new("--faults")
    {
        Description = "What goes wrong on purpose",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _tokens = TypedOptions.List(
        "--token",
        "Accept only these tokens (default: all but those beginning with wrong, bad or invalid)"
    );
    private readonly Option<int> _stocks = new("--stocks")
    {
        Description = "Size of the market",
        HelpName = "N",
        DefaultValueFactory = _ => TushareSimulation.DefaultStocks,
    };
    private readonly Option<int?> _points = new("--points")
    {
        Description = "The account's points: refuse what needs more, and limit calls (default: all is open)",
        HelpName = "N",
    };
    private readonly Command _tushare;
    private readonly SimAkTools _akTools = new();
    private readonly SimTws _tws = new();

    public SimCommand()
    {
        TypedOptions.Bound(_port, 0, PortMax);
        TypedOptions.Bound(_stocks, 1);
        _tushare = new Command("tushare", "Tushare's HTTP API")
        {
            _port,
            _seed,
            _start,
            _replay,
            _faults,
            _tokens,
            _stocks,
            _points,
        };
    }

    public override Command Build() => new("sim", "A simulated vendor") { _tushare, _akTools.Command, _tws.Command };

    public override bool Runs(Command command) =>
        command == _tushare || command == _akTools.Command || command == _tws.Command;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        if (parse.CommandResult.Command == _tws.Command)
        {
            return await _tws.RunAsync(context, parse, stop);
        }

        if (parse.CommandResult.Command == _akTools.Command)
        {
            return await _akTools.RunAsync(context, parse, stop);
        }

        await using var operations = context.WithoutWorkspace();
        string? FullPath(string? path) => path is null ? null : context.World.FullPath(path);
        var request = new TushareSimulation(parse.GetValue(_port))
        {
            Seed = parse.GetValue(_seed),
            Stocks = parse.GetValue(_stocks),
            Today = parse.GetValue(_start),
            Replay = FullPath(parse.GetValue(_replay)),
            Faults = FullPath(parse.GetValue(_faults)),
            Tokens = parse.GetValue(_tokens)!,
            Points = parse.GetValue(_points),
        };
        await using var vendor = await operations.Get<ISimulatedVendors>().StartTushareAsync(request, stop);
        await ServeAsync(context, vendor, $"tushare: {{ url: \"http://{vendor.Host}:{vendor.Port}\" }}", stop);
        return ExitCodes.Done;
    }

    /// <summary>
    /// Prints the vendor's address in the one line that scripts wait for, and on stderr how a workspace reaches it;
    /// then waits for the end.
    /// </summary>
    internal static async Task ServeAsync(
        CommandContext context,
        ISimulatedVendor vendor,
        string setting,
        CancellationToken stop
    )
    {
        await context.World.Error.WriteLineAsync($"in tidemark.yaml, under vendors: {setting}");
        await context.World.Out.WriteLineAsync($"listening on {vendor.Host}:{vendor.Port}");
        await context.World.Out.FlushAsync(CancellationToken.None); // who waits for the line may end this at once
        await CommandContext.WaitForStopAsync(stop);
    }
}
