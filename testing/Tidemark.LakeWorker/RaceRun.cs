using Tidemark.Core;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing.Crashes;
using Tidemark.Testing.Stores;

namespace Tidemark.LakeWorker;

/// <summary>
/// Commits a unit after the other while other processes do the same, and says <c>ok VERSION UNIT NUMBER</c> of each.
/// </summary>
internal static class RaceRun
{
    private const string BucketPrefix = "s3:";

    /// <param name="place">A folder, or <c>s3:BUCKET</c> on the server that the environment names.</param>
    /// <param name="work">A folder for what is not the lake.</param>
    /// <param name="index">Which of the writers this is.</param>
    /// <param name="commits">How many it makes.</param>
    /// <param name="collides">Whether all write the same units.</param>
    public static async Task<int> RunAsync(string place, string work, int index, int commits, bool collides)
    {
        var writer = $"w{index}";
        var own = Path.Combine(work, writer);
        using var engine = new LakeEngine(new EngineOptions(1, "128MB"), Path.Combine(own, "spill"));
        var lake = place.StartsWith(BucketPrefix, StringComparison.Ordinal)
            ? S3Server.TryFind()!.OpenLake(place[BucketPrefix.Length..], own, engine)
            : DataLake.OnDisk(place, engine, TimeProvider.System, new SystemIdSource());
        Console.In.ReadLine(); // all start at once
        for (var round = 0; round < commits; round++)
        {
            var day = new DateOnly(2024, 6, 3).AddDays(round % 4);
            var unit = new WorkloadUnit($"{(collides ? "all" : writer)}/{day:yyyy-MM-dd}", day, 3);
            var step = new WorkloadStep((round * 100) + index, WorkloadAction.Commit, [unit], 0);
            while (true)
            {
                using var staging = lake.Stage(Workload.Table, writer);
                staging.Append(unit.Name, day, Workload.Rows(step, unit));
                try
                {
                    var done = await lake.CommitAsync(staging, new CommitRequest("RACE"), CancellationToken.None);
                    Console.WriteLine($"ok {done.Version} {unit.Name} {step.Number} {done.IsNewVersion}");
                    break;
                }
                catch (CommitConflictException)
                {
                    Console.WriteLine($"conflict {unit.Name} {step.Number}");
                }
            }
        }

        return 0;
    }
}
