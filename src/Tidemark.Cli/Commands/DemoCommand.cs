using System.CommandLine;
using System.Globalization;
using Tidemark.Cli.Output;
using Tidemark.Operations.Query;
using Tidemark.Operations.Simulation;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark demo</c>: a complete workspace against a simulated vendor in this process. Everything but the vendor
/// works as in a real workspace. Calling it again on the same folder continues where it stopped.
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

    private readonly Argument<string> _folder = CommonOptions.NewWorkspace(
        "The folder of the workspace",
        "tidemark-demo"
    );

    private readonly Option<int?> _days = new("--days")
    {
        Description = $"Trading days; {DemoMarket.UsualDays} without it",
        HelpName = "N",
    };
    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Another number, another market; 1 without it",
        HelpName = "S",
    };
    private readonly Option<int?> _stocks = new("--stocks")
    {
        Description = $"Size of the market; {TushareSimulation.DefaultStocks} without it",
        HelpName = "N",
    };
    private readonly Option<string?> _replay = new("--replay")
    {
        Description = "Recorded data instead of the invented market",
        HelpName = "DIR",
    };
    private readonly Option<bool> _noServe = new("--no-serve") { Description = "End when the data is there" };

    public override Command Build()
    {
        TypedOptions.Bound(_stocks, 1);
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
        await using var operations = context.WithoutWorkspace();
        var request = new DemoRequest(
            context.World.FullPath(parse.GetValue(_folder)!),
            new DemoMarket(
                parse.GetValue(_days),
                parse.GetValue(_seed),
                parse.GetValue(_stocks),
                parse.GetValue(_replay) is { } recorded ? context.World.FullPath(recorded) : null
            ),
            Serves: !parse.GetValue(_noServe)
        );
        await using var demo = await operations
            .Get<DemoOperation>()
            .RunAsync(request, new RunProgressView(context), stop);
        await WriteAsync(context, request.Folder, demo, stop);
        var code = ExitCodes.Of(demo.Verdict);
        if (request.Serves && code == ExitCodes.Done)
        {
            context.Say("The simulated vendor runs until Ctrl-C. To fetch from it, in another terminal:");
            var setting = demo.VendorSetting is { } variable ? $"{variable} " : "";
            context.Say($"  {setting}tidemark refetch tushare.daily");
            await CommandContext.WaitForStopAsync(stop);
        }

        return code;
    }

    private static async Task WriteAsync(
        CommandContext context,
        string folder,
        DemoResponse demo,
        CancellationToken stop
    )
    {
        if (demo.NewDays is var (from, to))
        {
            context.Say($"New workspace {folder}: {from:yyyy-MM-dd} … {to:yyyy-MM-dd}");
        }

        if (demo.FlagsOn.Count > 0)
        {
            context.Say($"Flags that the demo switched on (`tidemark flags`): {string.Join(", ", demo.FlagsOn)}");
        }

        new RunPrinter(context).Write(demo.Run);
        var total = demo.Status.Report.Total;
        context.WriteJson(
            new
            {
                workspace = folder,
                days = demo.Days,
                flags_on = demo.FlagsOn,
                runs = demo.Run.Runs.Count,
                rows = demo.Rows,
                tables = demo.Tables,
                status = new
                {
                    complete = total.Complete,
                    partial = total.Partial,
                    missing = total.Missing,
                    not_applicable = total.NotApplicable,
                    not_started = total.NotStarted,
                },
                seconds = Math.Round(demo.Seconds, 2),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        StatusMatrix.Write(context, demo.Status);
        context.Say("");
        context.Say("The ten most traded stocks (turnover in million CNY a day, annualised volatility):");
        await QueryWriter
            .Of(context, QueryFormat.Table, file: null)
            .WriteAsync(demo.Workspace.Get<QueryOperation>(), new QueryRequest(Query), stop);
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{demo.Rows:N0} rows in {demo.Tables.Count} tables, {demo.Days} days, {demo.Seconds:F1} s. Try next, in {folder}:"
            )
        );
        if (demo.Target is { } symbol)
        {
            context.Say($"  tidemark status --entity {symbol}");
        }

        context.Say(
            $"  tidemark sql \"SELECT * FROM dwd.dwd_stock_daily_dt('{demo.Status.Report.AsOf:yyyy-MM-dd}') LIMIT 5\""
        );
        context.Say("  tidemark tables · tidemark history ods.ods_daily · tidemark runs");
    }
}
