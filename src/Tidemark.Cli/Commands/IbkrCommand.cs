using System.CommandLine;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Operations.Ibkr;

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
        await using var operations = context.WithoutWorkspace();
        var gateway = new GatewayChoice(parse.GetValue(_host), parse.GetValue(_port), parse.GetValue(_clientId));
        if (parse.CommandResult.Command == _doctor)
        {
            var report = await operations.Get<ExamineGateway>().RunAsync(gateway, stop);
            Write(context, report);
            return ExitCodes.Of(report.Verdict);
        }

        var query = new ChainQuery(
            parse.GetValue(_symbol)!.ToUpperInvariant(),
            parse.GetValue(_class),
            parse.GetValue(_expiries),
            parse.GetValue(_strikes)
        )
        {
            Gateway = gateway,
        };
        var chain = await operations.Get<QuoteChain>().RunAsync(query, new ChainProgressView(context), stop);
        context.WriteJson(ChainTable.Json(chain));
        if (!context.IsJson)
        {
            ChainTable.Write(context, chain);
        }

        return ExitCodes.Of(chain.Verdict);
    }

    private static void Write(CommandContext context, GatewayReport report)
    {
        context.WriteJson(
            new
            {
                gateway = report.Gateway,
                ok = report.Ok,
                checks = report.Findings,
            }
        );
        if (context.IsJson)
        {
            return;
        }

        foreach (var finding in report.Findings)
        {
            var mark = finding.Result switch
            {
                GatewayFinding.Warn => Marks.Warn,
                GatewayFinding.Fail => Marks.Fail,
                _ => Marks.Ok,
            };
            context.Terminal.MarkupLine($"{mark}  {finding.Check, -12} {Markup.Escape(finding.Message)}");
            if (finding.Advice.Length > 0)
            {
                context.Terminal.WriteLine($"      {"", -12} {finding.Advice}");
            }
        }
    }
}
