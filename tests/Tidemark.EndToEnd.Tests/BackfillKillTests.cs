using System.Globalization;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Backfills and compactions of one workspace, killed one after the other, leave a whole lake with the rows of an
/// undisturbed one.
/// </summary>
public sealed class BackfillKillTests(ITestOutputHelper output)
{
    private const int Kills = 10;
    private const int Seed = 20250627;
    private const string Last = SimulatorProcess.Today;
    private static readonly DateOnly s_first = new(2025, 6, 2);

    [Fact]
    public async Task Backfill_KilledAgainAndAgain_EndsInTheSameLakeAndVerifiesClean()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var random = new Random(Seed);
        output.WriteLine($"seed {Seed}");
        var workspace = NewWorkspace("killed");
        var kills = 0;
        var first = s_first;
        for (var round = 0; kills < Kills; round++)
        {
            round.ShouldBeLessThan(10 * Kills, "processes end before they are killed");
            // Now and then some more days, so that there is always something left to fetch.
            first = first.AddDays(-7);
            string[] command = round % 3 == 2 ? ["compact"] : BackfillFrom(first);
            var wait = TimeSpan.FromMilliseconds(random.Next(200, 1500));
            await using var process = workspace.Start(command);
            if (process.EndsWithin(wait))
            {
                // A process of which the one before was killed is to go on, not to complain.
                (await process.EndAsync()).With(exitCode: 0);
                continue;
            }

            process.Send(Signal.Kill);
            await process.EndAsync();
            kills++;
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{command[0]} killed after {wait.TotalMilliseconds:F0} ms: {workspace.CommittedTables().Count} tables, "
                )
                    + $"{workspace.LakeFiles("*", "_staging").Count} staged, {workspace.LakeFiles(".tmp-*").Count} temporary"
            );
        }

        output.WriteLine($"proof: {kills} kills of backfill and compact, then verify");
        await workspace.JsonAsync(BackfillFrom(first));
        await workspace.JsonAsync("compact");
        Age(workspace.LakeFiles(".tmp-*")); // younger ones may be those of a process that is at work
        (await workspace.JsonAsync("doctor", "--repair")).GetProperty("ok").GetBoolean().ShouldBeTrue();

        var verified = await workspace.JsonAsync("verify");
        verified.GetProperty("ok").GetBoolean().ShouldBeTrue();
        verified.GetProperty("tables").EnumerateArray().Sum(t => t.GetProperty("faults").GetArrayLength()).ShouldBe(0);
        workspace.LakeFiles(".tmp-*").ShouldBeEmpty();
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty();
        var undisturbed = NewWorkspace("undisturbed");
        await undisturbed.JsonAsync(BackfillFrom(first));
        workspace.Content().ShouldBe(undisturbed.Content());
        var runs = (await workspace.JsonAsync("runs", "--last", "100")).EnumerateArray().ToArray();
        runs.ShouldAllBe(r => r.GetProperty("status").GetString() != "running");

        Workspace NewWorkspace(string name) => Workspace.Create(folder.At(name), simulator.Url, "2024-06-03", Last);
    }

    private static string[] BackfillFrom(DateOnly first) =>
        ["backfill", "--from", first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "--to", Last];

    private static void Age(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(-2));
        }
    }
}
