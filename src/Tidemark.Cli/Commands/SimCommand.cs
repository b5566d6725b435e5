using System.CommandLine;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Hosting;
using Tidemark.Operations.Definitions;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark sim tushare|tws</c>: one simulated vendor in the foreground.</summary>
internal sealed class SimCommand : CliCommand
{
    internal const int PortMax = 65535;

    private readonly Option<int> _port = new("--port")
    {
        Description = "TCP port on 127.0.0.1; 0 takes a free one",
        HelpName = "P",
        DefaultValueFactory = _ => SimulatedVendor.DefaultPort,
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Another number, another market",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<DateOnly?> _start = DateOption(
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
    private readonly Option<string[]> _tokens = ListOption(
        "--token",
        "Accept only these tokens (default: all but those beginning with wrong, bad or invalid)"
    );
    private readonly Option<int> _stocks = new("--stocks")
    {
        Description = "Size of the market",
        HelpName = "N",
        DefaultValueFactory = _ => SimulatedVendor.DefaultStocks,
    };
    private readonly Command _tushare;
    private readonly SimTws _tws = new();

    public SimCommand()
    {
        Bound(_port, 0, PortMax);
        Bound(_stocks, 1);
        _tushare = new Command("tushare", "Tushare's HTTP API")
        {
            _port,
            _seed,
            _start,
            _replay,
            _faults,
            _tokens,
            _stocks,
        };
    }

    public override Command Build() => new("sim", "A simulated vendor") { _tushare, _tws.Command };

    public override bool Runs(Command command) => command == _tushare || command == _tws.Command;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        if (parse.CommandResult.Command == _tws.Command)
        {
            return await _tws.RunAsync(context, parse, stop);
        }

        var calendar = MarketCalendar.Of(CalendarFiles.Load(ShippedDefinitions.Alone)[Exchanges.Shanghai]);
        var replay = parse.GetValue(_replay) is { } folder ? context.World.FullPath(folder) : null;
        var faults = parse.GetValue(_faults) is { } file
            ? FaultPlan.Load(context.World.FullPath(file), parse.GetValue(_seed))
            : null;
        var market = new SimulatedMarket(
            parse.GetValue(_seed),
            parse.GetValue(_stocks),
            parse.GetValue(_start) ?? SimulatedVendor.LatestDay(calendar, context.World.Clock)
        );
        using var vendor = SimulatedVendor.Open(replay, market, calendar);
        var tokens = parse.GetValue(_tokens)!;
        await using var simulator = await StartAsync(
            new TushareSimulatorOptions
            {
                Source = vendor.Source,
                Port = parse.GetValue(_port),
                Faults = faults,
                AcceptedTokens = tokens.Length == 0 ? null : tokens.ToHashSet(StringComparer.Ordinal),
            },
            stop
        );
        var address = $"{simulator.Address.Host}:{simulator.Address.Port}";
        await ServeAsync(context, address, $"tushare: {{ url: \"http://{address}\" }}", stop);
        return ExitCodes.Done;
    }

    /// <summary>Says where the vendor listens, in the one line that scripts wait for, and on stderr how a workspace reaches it; waits for the end.</summary>
    internal static async Task ServeAsync(
        CommandContext context,
        string address,
        string setting,
        CancellationToken stop
    )
    {
        await context.World.Error.WriteLineAsync($"in tidemark.yaml, under vendors: {setting}");
        await context.World.Out.WriteLineAsync($"listening on {address}");
        await context.World.Out.FlushAsync(CancellationToken.None); // who waits for the line may end this at once
        await SimulatedVendor.WaitAsync(stop);
    }

    internal static TidemarkException PortTaken(int port, IOException e) =>
        new(
            ErrorKind.BadRequest,
            "PORT_TAKEN",
            $"127.0.0.1:{port} cannot be listened on: {e.Message} Choose another --port, or 0 for any.",
            e
        );

    private static async Task<TushareSimulator> StartAsync(TushareSimulatorOptions options, CancellationToken stop)
    {
        try
        {
            return await TushareSimulator.StartAsync(options, stop);
        }
        catch (IOException e)
        {
            throw PortTaken(options.Port, e);
        }
    }
}
