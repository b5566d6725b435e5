using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Symbols;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark demo</c>: a complete workspace against a simulated vendor in this process. Everything but the vendor is what a real workspace
/// does; calling it again on the same folder goes on where it was stopped.
/// </summary>
internal sealed class DemoCommand : CliCommand
{
    private const string Query = """
        SELECT d.symbol, i.name, round(avg(d.amount_cny) / 1e6, 1) AS avg_amount_mcny, count(*) AS days,
               round(100 * (last(d.close ORDER BY d.dt) / first(d.pre_close ORDER BY d.dt) - 1), 2) AS return_pct,
               round(100 * stddev_samp(d.daily_return) * sqrt(244), 1) AS volatility_pct
        FROM dwd.dwd_stock_daily d LEFT JOIN dim.dim_instrument i USING (symbol)
        WHERE NOT d.is_suspended
        GROUP BY ALL ORDER BY avg_amount_mcny DESC LIMIT 10
        """;

    private readonly Argument<string> _folder = new("DIR")
    {
        Description = "The folder of the workspace",
        DefaultValueFactory = _ => "tidemark-demo",
    };

    private readonly Option<int> _days = new("--days")
    {
        Description = "Trading days",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Another number, another market",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<int> _stocks = new("--stocks")
    {
        Description = "Size of the market",
        HelpName = "N",
        DefaultValueFactory = _ => SimulatedVendor.DefaultStocks,
    };
    private readonly Option<string?> _replay = new("--replay")
    {
        Description = "Recorded data instead of the invented market",
        HelpName = "DIR",
    };
    private readonly Option<bool> _noServe = new("--no-serve") { Description = "End when the data is there" };

    public override Command Build()
    {
        Bound(_stocks, 1);
        return new Command("demo", "A complete workspace against a simulated vendor")
        {
            _folder,
            _days,
            _seed,
            _stocks,
            _replay,
            _noServe,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var folder = context.World.FullPath(parse.GetValue(_folder)!);
        var calendar = MarketCalendar.Of(CalendarFiles.Load(ShippedDefinitions.Alone)[Exchanges.Shanghai]);
        var market = new SimulatedMarket(
            parse.GetValue(_seed),
            parse.GetValue(_stocks),
            SimulatedVendor.LatestDay(calendar, context.World.Clock)
        );
        var replay = parse.GetValue(_replay) is { } recorded ? context.World.FullPath(recorded) : null;
        using var vendor = SimulatedVendor.Open(replay, market, calendar);
        EnsureWorkspace(context, folder, vendor, calendar, market.LastDay, parse.GetValue(_days));
        var port = parse.GetValue(_noServe) ? 0 : PortOf(context, folder);
        await using var simulator = await StartAsync(vendor, port, stop);
        await using var host = TidemarkHost.Open(WithVendor(context, simulator.Address), folder);

        var response = await host.Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([RunScope.Targets, RunScope.Universe], [], Mode: RunMode.Bootstrap),
                new RunProgressView(context),
                stop
            );
        new RunPrinter(context).Write(response.Runs);
        stop.ThrowIfCancellationRequested();
        var build = await BuildCommand.BuildAsync(
            context,
            host,
            new BuildRequest(context.World.Ids.NewId().ToString(), []),
            stop
        );
        await host.Get<CatalogFile>().RefreshAsync(CancellationToken.None);
        var status = await host.Get<StatusOperation>().RunAsync(new StatusRequest(Pool: "source_pool"), stop);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await WriteAsync(context, host, folder, response.Runs, status, seconds, stop);
        var code = ExitCodes.Of(response.Verdict);
        if (code == ExitCodes.Incomplete && response.Runs.All(r => r.Failed + r.Open + r.Left == 0))
        {
            code = ExitCodes.Done; // a recording has the holes that it has: everything that it holds was served, and status says the rest
        }

        if (code == ExitCodes.Done && !build.IsSuccess)
        {
            code = ExitCodes.Failed;
        }

        if (!parse.GetValue(_noServe) && code == ExitCodes.Done)
        {
            context.Say($"The simulated vendor goes on until Ctrl-C. To fetch from it, in another terminal:");
            var elsewhere =
                simulator.Address.Port == port ? "" : $"TIDEMARK__VENDORS__TUSHARE__URL={simulator.Address} ";
            context.Say($"  {elsewhere}tidemark refetch tushare.daily");
            await SimulatedVendor.WaitAsync(stop);
        }

        return code;
    }

    /// <summary>Where the workspace looks for its vendor.</summary>
    private static int PortOf(CommandContext context, string folder) =>
        WorkspaceReader.Load(folder, context.World.Environment).Vendors.Tushare.Url.Port;

    // Whoever stays is to be found where tidemark.yaml says, unless somebody else listens there.
    private static async Task<TushareSimulator> StartAsync(SimulatedVendor vendor, int port, CancellationToken stop)
    {
        try
        {
            return await TushareSimulator.StartAsync(
                new TushareSimulatorOptions { Source = vendor.Source, Port = port },
                stop
            );
        }
        catch (IOException) when (port != 0)
        {
            return await StartAsync(vendor, 0, stop);
        }
    }

    // The first call decides which days the demo is about; later calls go on with them, whatever day it is then.
    private static void EnsureWorkspace(
        CommandContext context,
        string folder,
        SimulatedVendor vendor,
        TradingCalendar calendar,
        DateOnly lastDay,
        int days
    )
    {
        if (File.Exists(Path.Combine(folder, WorkspaceReader.FileName)))
        {
            EnsureSimulated(context, folder);
            return;
        }

        if (days < 1)
        {
            throw new TidemarkException(ErrorKind.BadRequest, "DAYS_INVALID", "--days takes a whole number from 1.");
        }

        DateOnly from;
        DateOnly to;
        if (vendor.Replay is { } replay)
        {
            from = replay.FirstDay ?? throw Empty();
            to = replay.LastDay!.Value;
        }
        else
        {
            var open = calendar.OpenDaysBetween(calendar.First, lastDay);
            from = open[Math.Max(0, open.Length - days)];
            to = lastDay;
        }

        WorkspaceWriter.Init(
            folder,
            new Dictionary<string, string>
            {
                ["plan.from"] = from.ToIso(),
                ["plan.to"] = to.ToIso(),
                ["vendors.tushare.url"] = $"http://127.0.0.1:{SimulatedVendor.DefaultPort}",
                ["vendors.tushare.token"] = "demo",
                ["pools.targets.symbols"] = string.Join(", ", vendor.SomeStocks()),
            }
        );
        context.Say($"New workspace {folder}: {from.ToIso()} … {to.ToIso()}");
    }

    // A workspace of a real vendor would have invented rows among its own.
    private static void EnsureSimulated(CommandContext context, string folder)
    {
        var vendor = WorkspaceReader.Load(folder, context.World.Environment).Vendors.Tushare.Url;
        if (!vendor.IsLoopback)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "WORKSPACE_EXISTS",
                $"{folder} is a workspace that fetches from {vendor}: the demo's made-up rows would go among its own. Nothing was done; choose another folder."
            );
        }
    }

    private static TidemarkException Empty() =>
        new(
            ErrorKind.BadRequest,
            "REPLAY_EMPTY",
            "The replay folder has no tushare/daily file with rows, so there are no days to replay."
        );

    private static HostWorld WithVendor(CommandContext context, Uri address)
    {
        var environment = new Dictionary<string, string>(context.World.Environment, StringComparer.Ordinal)
        {
            ["TIDEMARK__VENDORS__TUSHARE__URL"] = address.ToString(),
            ["TIDEMARK__VENDORS__TUSHARE__TOKEN"] = "demo",
            ["TIDEMARK__VENDORS__TUSHARE__RATE_LIMITS__DEFAULT"] = "1000000/min",
        };
        return context.World.ToHostWorld() with { Environment = environment };
    }

    private static async Task WriteAsync(
        CommandContext context,
        TidemarkHost host,
        string folder,
        IReadOnlyList<RunOutcome> runs,
        StatusResponse status,
        double seconds,
        CancellationToken stop
    )
    {
        var report = status.Report;
        var tables = new List<string>();
        var days = 0;
        long rows = 0;
        foreach (var table in await host.Get<DataLake>().TablesAsync(stop))
        {
            var snapshot = await table.SnapshotAsync(stop);
            tables.Add(table.Id.ToString());
            rows += snapshot.RowCount;
            if (table.Id.ToString() == "ods.ods_daily")
            {
                days = snapshot.Days.Count();
            }
        }

        var total = report.Total;
        context.WriteJson(
            new
            {
                workspace = folder,
                days,
                runs = runs.Count,
                rows,
                tables,
                status = new
                {
                    complete = total.Complete,
                    partial = total.Partial,
                    missing = total.Missing,
                    not_applicable = total.NotApplicable,
                    not_started = total.NotStarted,
                },
                seconds = Math.Round(seconds, 2),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        StatusMatrix.Write(context, status);
        context.Say("");
        context.Say("The ten most traded stocks (turnover in million CNY a day, annualised volatility):");
        await new QueryWriter(context, QueryFormat.Table, file: null).WriteAsync(
            host.Get<QueryOperation>(),
            new QueryRequest(Query),
            stop
        );

        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows:N0} rows in {tables.Count} tables, {days} days, {seconds:F1} s. Try next, in {folder}:"
            )
        );
        if (host.Get<TargetList>().Read() is [var symbol, ..])
        {
            context.Say($"  tidemark status --entity {symbol}");
        }

        context.Say("  tidemark sql \"SELECT * FROM dwd.dwd_stock_daily_dt('" + report.AsOf?.ToIso() + "') LIMIT 5\"");
        context.Say("  tidemark tables · tidemark history ods.ods_daily · tidemark runs");
    }
}
