using Tidemark.Operations.Status;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>What must hold at the end of a simulation, against what its market says.</summary>
internal sealed class SimulationTruth(Simulation simulation)
{
    private SeededMarket Market => simulation.World.Market;

    public void ShouldHold()
    {
        simulation.World.Leases.Faults.ShouldBeEmpty();
        CellsShouldBeTrue();
        RunsShouldHaveEnded();
        FiresShouldBeOver();
    }

    private void RunsShouldHaveEnded()
    {
        simulation
            .Lines(
                "select id, status, scope, error_message from ingest_runs where status = 'running' or finished_at is null"
            )
            .ShouldBeEmpty();
        simulation
            .Lines(
                "select ingest_run_id, step_id from ingest_step_runs_v1 where status = 'running' or finished_at is null"
            )
            .ShouldBeEmpty();
        simulation
            .Lines(
                "select lane, state, job_id, cancel_requested from ingest_control_state_v1 where state <> 'idle' or job_id is not null or cancel_requested <> 0 or paused <> 0"
            )
            .ShouldBeEmpty();
    }

    private void FiresShouldBeOver()
    {
        var due = Enumerable
            .Range(-1, simulation.Last.DayNumber - simulation.First.DayNumber + 2) // whoever starts first catches up the day before
            .Select(i => SeededMarket.At(simulation.First.AddDays(i), 19.5).ToUnixTimeMilliseconds().ToString())
            .ToArray();
        simulation.Lines("select due_at from schedule_fires_v1 order by due_at").ShouldBe(due);
        simulation
            .Lines(
                "select due_at, status from schedule_fires_v1 where finished_at is null or status in ('waiting', 'running')"
            )
            .ShouldBeEmpty();
    }

    private void CellsShouldBeTrue()
    {
        foreach (var stock in Market.Stocks)
        {
            var report = simulation
                .Workspace.Get<StatusOperation>()
                .RunAsync(new StatusRequest(Entity: stock.Code), CancellationToken.None)
                .GetAwaiter()
                .GetResult()
                .Report;
            foreach (var pool in report.Pools)
            {
                var check = pool.Buckets.SelectMany(bucket => bucket.Checks).Single();
                check.NotEvaluated.ShouldBeNull();
                var said = check
                    .Ranges.SelectMany(range =>
                        SeededMarket
                            .Calendar.OpenDaysBetween(range.From, range.To)
                            .ToArray()
                            .Select(day => $"{day:yyyy-MM-dd} {range.Status} {range.Reason}".TrimEnd())
                    )
                    .ToArray();
                said.ShouldBe(
                    Market.Days.Select(day => $"{day:yyyy-MM-dd} {TruthOf(stock, day)}"),
                    $"{stock.Code} in {pool.Pool}"
                );
            }
        }
    }

    private string TruthOf(SeededStock stock, DateOnly day) =>
        day < stock.Listed ? "not_applicable not_listed"
        : day >= stock.Delisted ? "not_applicable delisted"
        : Market.HasBar(stock, day) ? "complete"
        : Market.IsHalted(stock.Code, day) ? "not_applicable suspended"
        : "missing";
}
