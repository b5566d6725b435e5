using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>The shell scripts that build and test: what they take for built, and what for flaky.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly DateTime s_before = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_after = s_before.AddYears(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Current_BuildFoldersBesideTheSources_DoNotMakeItStale()
    {
        await BuildAsync();

        Write("src/Project/bin/Release/Project.dll", s_after);
        Write("src/Project/obj/project.assets.json", s_after);
        Directory.SetLastWriteTimeUtc(_folder.At("src/Project"), s_after);

        (await IsCurrentAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("added though old")]
    [InlineData("deleted")]
    [InlineData("renamed")]
    public async Task Current_ASourceThatIsNotAsItWas_MakesItStale(string what)
    {
        await BuildAsync();
        var source = _folder.At("src/Project/One.cs");
        switch (what)
        {
            case "changed":
                File.SetLastWriteTimeUtc(source, s_after);
                break;
            case "added":
                Write("src/Project/Two.cs", s_after);
                break;
            case "added though old":
                Write("src/Project/Two.cs", s_before);
                break;
            case "deleted":
                File.Delete(source);
                break;
            default:
                File.Move(source, source + "x");
                break;
        }

        (await IsCurrentAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Retry_WhatPassesByItself_IsNamedOnce()
    {
        var (exit, said) = await RetryAsync(3, failsAgain: "none");

        exit.ShouldBe(0);
        said.ShouldBe("Ns.Other.Second\nNs.Outer+Inner.Method_Case\n");
    }

    [Theory]
    [InlineData(3, "Second")] // fails again
    [InlineData(4, "none")] // something failed that is no test
    public async Task Retry_WhatFailsAgainOrCannotBeNamed_HasFailed(int failures, string failsAgain) =>
        (await RetryAsync(failures, failsAgain)).Exit.ShouldNotBe(0);

    [Theory]
    [InlineData("=== ===\n   T  Total: 7, Errors: 1, Failed: 2, Skipped: 3, Not Run: 0, Time: 8.9s\n", "", "7 1 2 3\n")]
    [InlineData("=== ===\n   T  Total: 0\n", "1", "0 0 0 0\n")] // a fast run of a project whose tests are all slow
    [InlineData("=== ===\n   T  Total: 0\n", "", "")] // a project without tests
    [InlineData("Segmentation fault\n", "1", "")]
    public async Task Summary_OfARunnersLog_IsItsCounts(string log, string fast, string counts)
    {
        Write("log", s_before, log);

        var (_, said) = await ShellAsync($". \"{Checkout.Root}/build/retry.sh\"; summary_of log \"{fast}\"");

        said.ShouldBe(counts);
    }

    [Fact]
    public async Task MissingPackages_OfALockFile_AreThoseThatNuGetsCacheLacks()
    {
        Write("cache/here/1.0.0/here.nuspec", s_before);
        Write(
            "lock.json",
            s_before,
            """
            {
              "version": 2,
              "dependencies": {
                "net10.0": {
                  "Some.Analyzer": {
                    "type": "Direct",
                    "resolved": "3.0.0"
                  },
                  "Here": {
                    "type": "Direct",
                    "requested": "[1.0.0, )",
                    "resolved": "1.0.0"
                  },
                  "Newer.Than.Here": {
                    "type": "Transitive",
                    "resolved": "2.0.0-RC",
                    "dependencies": {
                      "Here": "1.0.0"
                    }
                  },
                  "tidemark.core": {
                    "type": "Project"
                  }
                }
              }
            }
            """
        );

        var (exit, said) = await ShellAsync(
            $". \"{Checkout.Root}/build/lib.sh\"; NUGET_PACKAGES=$PWD/cache missing_packages lock.json"
        );

        (exit, said).ShouldBe((0, "newer.than.here/2.0.0-rc\n"));
    }

    private async Task BuildAsync()
    {
        Write("src/Project/One.cs", s_before);
        Write("definitions/one.yaml", s_before);
        Write("build/current.sh", s_before, File.ReadAllText(Path.Combine(Checkout.Root, "build", "current.sh")));
        (await IsCurrentAsync()).ShouldBeTrue("the first question builds");
    }

    private async Task<bool> IsCurrentAsync()
    {
        var (exit, _) = await ShellAsync(
            """
            root=$PWD bin=$PWD/.tidemark/bin
            . build/current.sh
            if [ ! -d "$bin" ]; then
              mkdir -p "$bin" && cp /bin/sh "$bin/tidemark" && touch -t 200201010000 "$bin/.built" && fingerprint >"$bin/.sources"
            fi
            is_current
            """
        );
        return exit == 0;
    }

    private Task<(int Exit, string Said)> RetryAsync(int failures, string failsAgain)
    {
        Write(
            "log",
            s_before,
            """
                Ns.Outer+Inner.Method_Case(text: "a [b] (c)") [FAIL]
                  Assert.Equal() Failure
                Ns.Outer+Inner.Method_Case(text: "d") [FAIL]
                Ns.Passing.Fine [PASS]
                Ns.Other.Second [FAIL]

            """
        );
        return ShellAsync(
            $$"""
            . "{{Checkout.Root}}/build/retry.sh"
            run() {
              case $2 in
                *{{failsAgain}}) echo '   T  Total: 1, Errors: 0, Failed: 1, Skipped: 0' ;;
                *) echo '   T  Total: 1, Errors: 0, Failed: 0, Skipped: 0' ;;
              esac
            }
            retry log {{failures}} run
            """
        );
    }

    private async Task<(int Exit, string Said)> ShellAsync(string script)
    {
        await using var shell = TidemarkProcess.StartTool(
            "/bin/bash",
            _folder.Path,
            new Dictionary<string, string>(),
            "-c",
            script
        );
        var ended = await shell.EndAsync();
        return (ended.ExitCode, ended.Out);
    }

    private void Write(string file, DateTime when, string text = "")
    {
        File.SetLastWriteTimeUtc(_folder.Write(file, text), when);
    }
}
