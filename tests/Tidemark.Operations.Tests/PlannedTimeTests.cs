using Tidemark.Core.Runs;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests;

/// <summary>
/// Everything that is declared, with an account of 2,000 points, which may make 200 calls of an api a minute: what the
/// plan says before, and how long it then takes by the clock. A year here; TIDEMARK_YEARS=3 takes three (a minute more).
/// </summary>
[Trait("Speed", "Slow")]
public sealed class PlannedTimeTests
{
    private static readonly DateOnly s_last = new(2026, 8, 20);

    /// <summary>
    /// What costs more points, and what is sold by itself; stk_premarket its flag leaves out before anybody is asked.
    /// </summary>
    private static readonly string[] s_closed =
    [
        "etf_basic",
        "etf_share_size",
        "ft_mins",
        "fund_daily",
        "idx_mins",
        "index_global",
        "rt_etf_k",
        "rt_idx_k",
        "rt_idx_min",
        "rt_min",
        "sge_basic",
        "st",
        "stk_mins",
        "stock_st",
    ];

    [Fact]
    public async Task Run_OfEverything_TakesTheTimeThatThePlanSaid()
    {
        await using var workspace = await OpenWorkspace.StartAsync(new PointsTranche(2000, new DateOnly(2027, 3, 1)));
        var years = int.Parse(Environment.GetEnvironmentVariable("TIDEMARK_YEARS") ?? "1");
        var settings = workspace.Text("tidemark.yaml").Replace("1000000/min", "200/min");
        settings += "\non: [P0, P1, P2]\npools: { lease: 1h }\n"; // the clock moves faster than the lease is renewed
        await OpenFromAsync(workspace, settings, s_last);
        var day = await PlanAsync(workspace);
        await RunAsync(workspace, day.Token); // the lists, and how many rows a day has
        await OpenFromAsync(workspace, settings, s_last.AddYears(-years));

        var plan = await PlanAsync(workspace);
        var start = workspace.Clock.UtcNow;
        var run = (await RunAsync(workspace, plan.Token)).Runs.ShouldHaveSingleItem();

        var took = workspace.Clock.UtcNow - start;
        TestContext.Current.TestOutputHelper?.WriteLine($"{plan.Calls} calls; planned {plan.AtLeast}, took {took}");
        plan.Deferred.ShouldBeEmpty();
        plan.Closed.Select(of => of.Dataset.Api).Order().ShouldBe(s_closed);
        plan.AtLeast.ShouldBeGreaterThan(TimeSpan.FromMinutes(3), "else the clock would prove nothing");
        took.TotalMinutes.ShouldBe(plan.AtLeast.TotalMinutes, 0.05 * plan.AtLeast.TotalMinutes);
        run.Errors.ShouldBeEmpty();
        run.Committed.ShouldBe(plan.Units.Count() - run.Open);
    }

    private static Task OpenFromAsync(OpenWorkspace workspace, string settings, DateOnly first)
    {
        workspace.Write("tidemark.yaml", settings.Replace("from: 2026-08-19", $"from: {first:yyyy-MM-dd}"));
        return workspace.ReopenAsync();
    }

    private static Task<PlanPreview> PlanAsync(OpenWorkspace workspace) =>
        workspace
            .Get<PreviewPlan>()
            .RunAsync(new PreviewRequest([Pool.Universe], []), TestContext.Current.CancellationToken);

    /// <summary>Runs a plan, and moves the clock whenever an api has no turn left in its minute.</summary>
    private static async Task<RunPoolsResponse> RunAsync(OpenWorkspace workspace, string plan)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var request = new RunPoolsRequest([Pool.Universe], [], Builds: false) { Plan = plan };
        var running = workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), stop.Token);
        while (true)
        {
            var waiting = workspace.Clock.WhenPendingAsync(IsTurn, stop.Token);
            if (await Task.WhenAny(waiting, running) == running)
            {
                await stop.CancelAsync();
                return await running;
            }

            workspace.Clock.Advance((await waiting).Remaining);
        }
    }

    /// <summary>Turns come back after a minute and a little; heartbeats and time-outs are shorter, leases longer.</summary>
    private static bool IsTurn(PendingTimer timer) =>
        timer.SetTo > TimeSpan.FromSeconds(45) && timer.SetTo < TimeSpan.FromSeconds(75);
}
