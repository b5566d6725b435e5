using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Tidemark.Hosting;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark ibkr chain|doctor</c>: looks at a TWS or IB Gateway, with or without a workspace.</summary>
internal sealed class IbkrCommand : CliCommand
{
    private const int DefaultStrikes = 10;

    private readonly Option<string?> _host = new("--host")
    {
        Description = "Where the gateway runs (default: vendors.ibkr.host, else 127.0.0.1)",
        HelpName = "HOST",
        Recursive = true,
    };

    private readonly Option<int?> _port = new("--port")
    {
        Description = "Its socket port: TWS 7496 live, 7497 paper; IB Gateway 4001 live, 4002 paper (the default)",
        HelpName = "P",
        Recursive = true,
    };

    private readonly Option<int?> _clientId = new("--client-id")
    {
        Description = "A fixed client id (default: a free one)",
        HelpName = "N",
        Recursive = true,
    };

    private readonly Argument<string> _symbol = new("SYMBOL")
    {
        Description = "A US stock, fund or index with options",
    };

    private readonly Option<int> _expiries = new("--expiries")
    {
        Description = "So many expirations, the nearest first; 0 = all",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _strikes = new("--strikes")
    {
        Description = "So many strikes of each, those nearest to the underlying's price; 0 = all",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultStrikes,
    };

    private readonly Option<string?> _class = new("--class")
    {
        Description = "The trading class where there are several, for example SPXW (default: that of the symbol)",
        HelpName = "CLASS",
    };

    private readonly Command _chain;
    private readonly Command _doctor;

    public IbkrCommand()
    {
        _chain = new Command("chain", "An option chain with quotes, implied volatility and Greeks")
        {
            _symbol,
            _expiries,
            _strikes,
            _class,
        };
        _doctor = new Command("doctor", "Find out what is wrong with a gateway, and what to do");
    }

    public override Command Build() =>
        new("ibkr", "Look at TWS or IB Gateway") { _host, _port, _clientId, _chain, _doctor };

    public override bool Runs(Command command) => command == _chain || command == _doctor;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var found = IbkrGateway.Options(context.World.ToHostWorld(), context.WorkspaceOption);
        var options = found with
        {
            Host = parse.GetValue(_host) ?? found.Host,
            Port = parse.GetValue(_port) ?? found.Port,
            ClientId = parse.GetValue(_clientId) ?? found.ClientId,
            // Frozen means live while the market is open, and the last quotes when it is closed: what somebody who looks wants to see.
            MarketDataType = found.MarketDataType == MarketDataType.Live ? MarketDataType.Frozen : found.MarketDataType,
        };

        // Only spreads attempts to connect in time; nothing depends on which numbers come.
        var jitter = new Random(Environment.ProcessId);
        return parse.CommandResult.Command == _doctor
            ? await ExamineAsync(context, options, jitter, stop)
            : await IbkrChain.RunAsync(
                context,
                options,
                new ChainWish(
                    parse.GetValue(_symbol)!.ToUpperInvariant(),
                    parse.GetValue(_class),
                    parse.GetValue(_expiries),
                    parse.GetValue(_strikes)
                ),
                jitter,
                stop
            );
    }

    private static async Task<int> ExamineAsync(
        CommandContext context,
        IbkrClientOptions options,
        Random jitter,
        CancellationToken stop
    )
    {
        var doctor = new IbkrDoctor(options, context.World.Clock, jitter, NullLogger<IbkrClient>.Instance);
        var findings = await doctor.ExamineAsync(stop);
        var ok = findings.All(f => f.Result != DoctorResult.Fail);
        context.WriteJson(
            new
            {
                gateway = $"{options.Host}:{options.Port}",
                ok,
                checks = findings.Select(f => new
                {
                    check = f.Name,
                    result = f.Result.ToString().ToLowerInvariant(),
                    message = f.Message,
                    advice = f.Advice,
                }),
            }
        );
        if (!context.IsJson)
        {
            foreach (var finding in findings)
            {
                var mark = finding.Result switch
                {
                    DoctorResult.Ok => "[green]ok  [/]",
                    DoctorResult.Warn => "[yellow]warn[/]",
                    _ => "[red]FAIL[/]",
                };
                context.Terminal.MarkupLine($"{mark}  {finding.Name, -12} {Markup.Escape(finding.Message)}");
                if (finding.Advice.Length > 0)
                {
                    context.Terminal.WriteLine($"      {"", -12} {finding.Advice}");
                }
            }
        }

        return ok ? ExitCodes.Done : ExitCodes.Failed;
    }
}
