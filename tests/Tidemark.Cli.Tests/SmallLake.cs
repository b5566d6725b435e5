using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Cli.Tests;

/// <summary>
/// What <c>demo</c> leaves of three days of a small market; tests of one class share it and change no rows.
/// </summary>
public sealed class SmallLake : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-small-").FullName;

    /// <summary>What the demo said.</summary>
    internal Answer Demo { get; private set; } = null!;

    internal static ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero));

    public async ValueTask InitializeAsync()
    {
        // Without the datasets that stand by: what commands say of a lake can be seen of fewer tables.
        var few = new Dictionary<string, string> { ["TIDEMARK__ON"] = "" };
        Demo = await new CommandLine(_folder, Clock) { Environment = few }.RunAsync(
            "demo",
            "w",
            "--days",
            "3",
            "--stocks",
            "30",
            "--no-serve"
        );
        Demo.ExitCode.ShouldBe(0, Demo.Out + Demo.Error);
        var file = Path.Combine(_folder, "w", "tidemark.yaml");
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text.Replace("on: [P0, P1]", "on: []", StringComparison.Ordinal));
        await FenceAsync();
    }

    /// <summary>What a run does that takes over the lease of another: a version of each table without new rows.</summary>
    private async Task FenceAsync()
    {
        await using var host = TidemarkHost.Open(HostWorld.OfProcess(), Path.Combine(_folder, "w"));
        var fences = host.Get<LaneFences>();
        var epoch = await fences.NewestEpochAsync(Lane.China, CancellationToken.None) + 1;
        await fences.FenceAsync(new WriterFence("another", Lane.China, epoch, Clock.UtcNow), CancellationToken.None);
    }

    internal Task<Answer> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    /// <summary>For somebody who sits at a terminal of 80 columns, in the zone of the clock.</summary>
    internal Task<Answer> RunWatchedAsync(TimeProvider clock, params string[] arguments) =>
        new CommandLine(Path.Combine(_folder, "w"), clock) { IsInteractive = true }.RunAsync(arguments);

    /// <summary>With other values of tidemark.yaml, as <c>TIDEMARK__SECTION__KEY</c>.</summary>
    internal Task<Answer> RunWithAsync(Dictionary<string, string> values, params string[] arguments) =>
        new CommandLine(Path.Combine(_folder, "w"), Clock) { Environment = values }.RunAsync(arguments);

    /// <summary>A copy for one test to break.</summary>
    internal async Task<LakeCopy> CopyAsync()
    {
        var copy = new LakeCopy();
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "w"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Folder, Path.GetRelativePath(Path.Combine(_folder, "w"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        // The copied catalog is of the lake that it was copied from.
        (await copy.RunAsync("catalog", "refresh")).ExitCode.ShouldBe(0);
        return copy;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
