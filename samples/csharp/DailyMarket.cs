// What the command line does, from C#: each command is an operation, a request record in, a response record out.
//   dotnet add reference …/src/Tidemark.Hosting/Tidemark.Hosting.csproj
//   return await DailyMarket.RunAsync(HostWorld.OfProcess(), "/home/me/market", Console.Out, CancellationToken.None);
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Operations;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Schedules;
using Tidemark.Operations.Status;

namespace Tidemark.Samples;

/// <summary>A day with Tidemark: what is missing, what it would cost, fetch it, prove it, read it.</summary>
public static class DailyMarket
{
    /// <summary>Returns what the program would exit with: 0 done, 1 failed, 3 blocked, 4 incomplete.</summary>
    public static async Task<int> RunAsync(HostWorld world, string workspace, TextWriter output, CancellationToken stop)
    {
        await using var tidemark = TidemarkHost.Open(world, workspace);
        var pools = Pools.Of(Pools.Both);

        // tidemark plan: what a run would fetch, and how many calls that takes.
        var plan = await tidemark.Get<PreviewPlan>().RunAsync(new PreviewRequest(pools, []), stop);
        output.WriteLine($"{plan.Units.Count()} units to fetch, in {plan.Calls} calls");

        // tidemark preflight: may the account do that?
        var preflight = await tidemark.Get<PreflightOperation>().RunAsync(new PreflightRequest(Pool.Universe), stop);
        foreach (var issue in preflight.Issues)
        {
            output.WriteLine($"{issue.Code}: {issue.Message}");
        }

        // tidemark run: fetches, commits, evaluates, builds. `tidemark pause`, `resume` and `cancel` steer it from any other
        // process; from here, `ControlLanes` does.
        var run = await tidemark.Get<RunOperation>().RunAsync(new RunPoolsRequest(pools, []), new NoWatcher(), stop);
        foreach (var one in run.Runs)
        {
            output.WriteLine($"{one.Scope.Name()}: {one.Status.Name()}, {one.Committed} of {one.Planned} units");
        }

        // tidemark status: what is complete, and what is not.
        var status = await tidemark.Get<StatusOperation>().RunAsync(new StatusRequest(Days: 5), stop);
        output.WriteLine($"{status.Report.Total.Complete} cells complete, {status.Report.Total.Missing} missing");

        // tidemark sql: rows, chunk by chunk.
        const string newest = "select count(*) from ods.ods_daily where dt = (select max(dt) from ods.ods_daily)";
        using (
            var rows = await tidemark.Get<QueryOperation>().OpenAsync(new QueryRequest(newest), QueryForm.Text, stop)
        )
        {
            while (rows.Next() is var (chunk, count))
            {
                output.WriteLine($"{count} row of {chunk.ColumnCount} column: bars of the newest day");
            }
        }

        // tidemark schedule, tidemark runs: what comes next, what each lane does, what was.
        var overview = await tidemark.Get<ListSchedule>().RunAsync(last: 1, stop);
        output.WriteLine($"next run: {overview.Next:u}");
        foreach (var lane in overview.Lanes)
        {
            output.WriteLine($"lane {lane.Lane.Name()}: {lane.Activity.Name()}");
        }

        var last = (await tidemark.Get<RunHistory>().ListAsync(new RunsRequest(1), stop))[0];
        output.WriteLine($"last run: {last.Row.Scope.Name()}, {last.Row.Status.Name()}");
        return ExitCodeOf(run.Verdict);
    }

    private static int ExitCodeOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Done => 0,
            Verdict.Blocked => 3,
            Verdict.Incomplete => 4,
            _ => 1,
        };
}
