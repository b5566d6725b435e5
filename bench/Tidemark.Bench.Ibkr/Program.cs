using Tidemark.Bench.Ibkr;

// bench/ibkr [decode|loopback|limits|chain …]; `gateway` is the other process of a figure. Exit code 0 when every
// figure of CONTRIBUTING.md holds.
if (args is ["gateway"])
{
    await GatewayProcess.ServeAsync();
    return 0;
}

var report = new Report();
var all = args.Length == 0;
if (all || args.Contains("decode"))
{
    DecodeFigures.Run(report);
}

if (all || args.Contains("loopback"))
{
    await LoopbackFigures.RunAsync(report);
}

if (all || args.Contains("limits"))
{
    await LimitFigures.RunAsync(report);
}

if (all || args.Contains("chain"))
{
    await ChainFigures.RunAsync(report);
}

return report.AllHold ? 0 : 1;
