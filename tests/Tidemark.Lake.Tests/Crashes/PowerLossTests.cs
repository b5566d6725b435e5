using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>
/// The power goes at any moment: what was acknowledged is there, what was not is there whole or not at all.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class PowerLossTests(ITestOutputHelper output) : IDisposable
{
    private const int Seeds = 6;
    private const int StepsASeed = 14;
    private const int LossesASeed = 50;
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-power-").FullName;

    [Fact]
    public async Task Lake_AfterALossOfPower_HoldsWhatWasAcknowledgedAndNothingTorn()
    {
        using var engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(_folder, "spill"));
        for (var seed = 0; seed < Seeds; seed++)
        {
            var root = Path.Combine(_folder, $"lake{seed}");
            var disk = new RecordingDisk();
            var states = await WorkAsync(root, disk, engine, seed);
            var random = new Random(seed);
            for (var loss = 0; loss < LossesASeed; loss++)
            {
                var moment = random.Next(disk.Calls.Count + 1);
                var left = Path.Combine(_folder, $"left{seed}-{loss}");
                PowerLoss.Leave(disk.Calls.Take(moment), root, left, random);

                var done = disk.Calls.Take(moment).LastOrDefault(c => c.Kind == DiskCallKind.Mark)?.Target;
                var finished = done is null ? 0 : int.Parse(done, CultureInfo.InvariantCulture);
                var lake = DataLake.OnDisk(left, engine, TimeProvider.System, new SystemIdSource());
                var (found, _) = await WorkloadState.ReadAsync(lake, CancellationToken.None);
                var allowed = states.Skip(finished).Take(2).ToArray();
                allowed.ShouldContain(found, $"seed {seed}, loss {loss} before call {moment}, {finished} steps done");
                Directory.Delete(left, recursive: true);
            }
        }

        output.WriteLine($"proof: {Seeds * LossesASeed} losses of power, seeds 0 to {Seeds - 1}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <returns>The state before each step and after the last.</returns>
    private static async Task<List<WorkloadState>> WorkAsync(
        string root,
        RecordingDisk disk,
        LakeEngine engine,
        int seed
    )
    {
        var clock = new WorkloadClock();
        var lake = new DataLake(
            new LocalObjectStore(root, disk),
            new StagingArea(Path.Combine(root, "_staging")),
            engine,
            clock,
            new SystemIdSource()
        );
        var runner = new WorkloadRunner(lake, engine, clock, new SystemIdSource());
        var states = new List<WorkloadState> { WorkloadState.Empty };
        for (var number = 0; number < StepsASeed; number++)
        {
            await runner.DoAsync(Workload.Step(seed, number), CancellationToken.None);
            disk.Mark((number + 1).ToString(CultureInfo.InvariantCulture));
            states.Add((await WorkloadState.ReadAsync(lake, CancellationToken.None)).State);
        }

        return states;
    }
}
