using System.Globalization;
using Tidemark.Operations.Status;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>What must hold at the end of a simulation, against what its market says.</summary>
internal sealed class SimulationTruth(SimulationRun simulation)
{
    private SeededMarket Market => simulation.World.Market;

    public void ShouldHold()
    {
        simulation.World.Leases.Faults.ShouldBeEmpty();
        LogsShouldTellOfOneWriterAtATime();
        UnitsShouldBeCommittedOnce();
        CellsShouldBeTrue();
        RunsShouldHaveEnded();
        FiresShouldBeOver();
    }

    /// <summary>The epochs of a table's log never fall, and one epoch has one holder.</summary>
    private void LogsShouldTellOfOneWriterAtATime()
    {
        foreach (var table in simulation.Logs.GroupBy(entry => entry.Table))
        {
            table.Select(entry => entry.Version).ShouldBe(Enumerable.Range(0, table.Count()).Select(i => (long)i));
            var last = (Epoch: 0L, TakenAt: 0L);
            foreach (var entry in table)
            {
                if (entry.Fence is { } fence)
                {
                    fence.Epoch.ShouldBeGreaterThanOrEqualTo(last.Epoch, $"{entry}");
                    (fence.Epoch > last.Epoch || fence.TakenAt == last.TakenAt).ShouldBeTrue($"{entry}: two holders");
                    last = (fence.Epoch, fence.TakenAt);
                }
            }

            last.Epoch.ShouldBePositive($"{table.Key} has commits of no lane's lease");
        }
    }

    /// <summary>
    /// No version of a table has a unit's rows of two commits, and a unit has no more contents than the vendor gave
    /// answers to its question.
    /// </summary>
    private void UnitsShouldBeCommittedOnce()
    {
        foreach (var table in simulation.Logs.GroupBy(entry => entry.Table))
        {
            var standing = new Dictionary<string, (string Unit, long Version)>();
            var contents = new Dictionary<string, HashSet<string>>();
            foreach (var entry in table)
            {
                foreach (var path in entry.Removed)
                {
                    standing.Remove(path);
                }

                foreach (var (path, unit, content) in entry.Added)
                {
                    standing[path] = (unit, entry.Version);
                    contents.TryAdd(unit, []);
                    contents[unit].Add(content);
                }

                standing
                    .Values.GroupBy(file => file.Unit)
                    .Where(files => files.Select(file => file.Version).Distinct().Count() > 1)
                    .Select(files => files.Key)
                    .ShouldBeEmpty($"{entry}");
            }

            foreach (var (unit, of) in contents)
            {
                var (api, day) = (unit[(unit.IndexOf('.') + 1)..unit.IndexOf('/')], unit[(unit.IndexOf('/') + 1)..]);
                if (api != "stock_basic") // what it is asked has no day
                {
                    of.Count.ShouldBeLessThanOrEqualTo(
                        simulation.World.Served.Different(api, DateOnly.Parse(day, CultureInfo.InvariantCulture)),
                        unit
                    );
                }
            }
        }
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
