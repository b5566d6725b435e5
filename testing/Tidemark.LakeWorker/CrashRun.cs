using Tidemark.Core;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Testing.Crashes;

namespace Tidemark.LakeWorker;

/// <summary>
/// Carries out steps of a <see cref="Workload"/>, saying <c>begin N</c> before and <c>done N VERSION</c> after each.
/// </summary>
internal static class CrashRun
{
    public static async Task<int> RunAsync(string folder, int seed, int first, int steps, KillSwitch killSwitch)
    {
        var store = new WatchedStore(new LocalObjectStore(folder), killSwitch.Passing);
        using var engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(folder, "..", $"spill-{seed}"));
        var clock = new WorkloadClock();
        var lake = new DataLake(
            store,
            new StagingArea(Path.Combine(folder, "_staging")),
            engine,
            clock,
            new SystemIdSource()
        );
        using (lake.ClaimStaging(WorkloadRunner.Run))
        {
            var runner = new WorkloadRunner(lake, engine, clock, new SystemIdSource());
            killSwitch.Arm();
            for (var number = first; number < first + steps; number++)
            {
                var step = Workload.Step(seed, number);
                Say($"begin {number}");
                var version = await runner.DoAsync(step, CancellationToken.None);
                Say($"done {number} {version}");
            }
        }

        lake.Staging.Sweep(WorkloadRunner.Run);
        return 0;
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
