using System.Diagnostics;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>Commands that read: nothing makes them wait for what never comes.</summary>
public sealed class StandardInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TokenSet_StandardInputEmpty_FailsAtOnce()
    {
        var workspace = Workspace.Create(_folder.Path, new Uri("http://127.0.0.1:1"), "2024-06-06", "2024-06-07");

        var ended = await workspace.RunAsync("token", "set");

        ended.With(exitCode: 2).Error.ShouldContain("TOKEN_EMPTY");
    }

    [Fact]
    public async Task Targets_FromAPipe_AreRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no named pipes among files");
        }

        var pipe = Path.Combine(_folder.Path, "targets.csv");
        using (var made = Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var workspace = Workspace.Create(
            _folder.Path,
            new Uri("http://127.0.0.1:1"),
            "2024-06-06",
            "2024-06-07",
            more: "pools: { targets: { from_file: targets.csv } }"
        );

        var ended = await workspace.RunAsync("run", "targets");

        ended.With(exitCode: 2).Error.ShouldContain("TARGETS_UNREADABLE");
    }
}
