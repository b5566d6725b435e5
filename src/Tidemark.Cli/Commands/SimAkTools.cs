using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Simulation;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sim aktools</c>: runs a simulated AKTools in the foreground.</summary>
internal sealed class SimAkTools
{
    private readonly Option<int> _port = new("--port")
    {
        Description = "TCP port on 127.0.0.1; 0 takes a free one",
        HelpName = "P",
        DefaultValueFactory = _ => AkToolsSimulation.DefaultPort,
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Another number, another market; the same as a simulated Tushare's of this seed",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<DateOnly?> _start = TypedOptions.Date(
        "--start",
        "The market's today (default: the latest finished trading day)"
    );

    private readonly Option<int> _stocks = new("--stocks")
    {
        Description = "Size of the market",
        HelpName = "N",
        DefaultValueFactory = _ => TushareSimulation.DefaultStocks,
    };

    private readonly Option<string?> _faults = new("--faults")
    {
        Description = "What goes wrong on purpose",
        HelpName = "FILE",
    };

    private readonly Option<bool> _slow = new("--slow")
    {
        Description = "Functions take as long as the real ones: a list of the whole market three minutes",
    };

    private readonly Option<bool> _offline = new("--offline")
    {
        Description = "It cannot learn the latest versions, so that /version fails",
    };

    public SimAkTools()
    {
        TypedOptions.Bound(_port, 0, SimCommand.PortMax);
        TypedOptions.Bound(_stocks, 1);
        Command = new Command("aktools", "AkShare's functions behind AKTools' HTTP API")
        {
            _port,
            _seed,
            _start,
            _stocks,
            _faults,
            _slow,
            _offline,
        };
    }

    public Command Command { get; }

    public async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var operations = context.WithoutWorkspace();
        var request = new AkToolsSimulation(parse.GetValue(_port))
        {
            Seed = parse.GetValue(_seed),
            Stocks = parse.GetValue(_stocks),
            Today = parse.GetValue(_start),
            Faults = parse.GetValue(_faults) is { } file ? context.World.FullPath(file) : null,
            IsSlow = parse.GetValue(_slow),
            IsOffline = parse.GetValue(_offline),
        };
        await using var vendor = await operations.Get<ISimulatedVendors>().StartAkToolsAsync(request, stop);
        await SimCommand.ServeAsync(
            context,
            vendor,
            $"akshare: {{ url: \"http://{vendor.Host}:{vendor.Port}\" }}",
            stop
        );
        return ExitCodes.Done;
    }
}
