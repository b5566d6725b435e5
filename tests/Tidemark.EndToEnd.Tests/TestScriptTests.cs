using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// <c>./test</c> itself, in a checkout with two test projects and a <c>dotnet</c> that plays how one of them ends.
/// </summary>
public sealed class TestScriptTests : IDisposable
{
    private const string Passed =
        "   Tidemark.B.Tests  Total: 10, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 1.0s";
    private const string Failed =
        "    Ns.A.B [FAIL]\n      why\n   Tidemark.B.Tests  Total: 10, Errors: 0, Failed: 1, Skipped: 1, Not Run: 0, Time: 1.0s";
    private const string None = "   Tidemark.B.Tests  Total: 0";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Passed, 0, "", 0, "18 passed, 0 failed, 2 skipped")]
    [InlineData(Passed, 134, "", 1, "18 passed, 1 failed, 2 skipped")] // crashed when all tests had ended
    [InlineData(Passed, 124, "", 1, "18 passed, 1 failed, 2 skipped")] // never ended after that
    [InlineData("    Ns.A.B [STARTING]", 139, "", 1, "9 passed, 1 failed, 1 skipped")] // crashed
    [InlineData("", 124, "", 1, "9 passed, 1 failed, 1 skipped")] // hung
    [InlineData(None, 0, "", 1, "9 passed, 1 failed, 1 skipped")]
    [InlineData(
        "    Ns.A.B [OUTPUT]  T  Total: 7, Errors: 0, Failed: 0, Skipped: 0",
        139,
        "",
        1,
        "9 passed, 1 failed, 1 skipped"
    )]
    [InlineData(Failed, 1, Passed, 0, "flaky: Ns.A.B\n18 passed, 0 failed, 2 skipped")]
    [InlineData(Failed, 1, Failed, 1, "17 passed, 1 failed, 2 skipped")]
    [InlineData(Failed, 1, None, 1, "17 passed, 1 failed, 2 skipped")]
    [InlineData(Failed, 1, "Segmentation fault", 1, "17 passed, 1 failed, 2 skipped")]
    [InlineData(Failed, 1, "   T  Total: 1, Errors: 0, Failed: 0, Skipped: 1", 1, "17 passed, 1 failed, 2 skipped")]
    [InlineData(Failed, 139, Passed, 1, "17 passed, 2 failed, 2 skipped")] // failed, and crashed besides
    public async Task Test_AProjectThatEnds_CountsAsItEnded(
        string said,
        int code,
        string saidAgain,
        int exit,
        string last
    )
    {
        var ended = await RunAsync(said, code, saidAgain);

        ended.ExitCode.ShouldBe(exit, ended.ToString());
        ended.Out.TrimEnd().ShouldEndWith(last, customMessage: ended.ToString());
    }

    [Fact]
    public async Task Test_ANameThatNoProjectHas_IsNoSuccess()
    {
        var ended = await RunAsync(Passed, 0, "", "Nothing");

        ended.ExitCode.ShouldBe(1);
        ended.Out.ShouldEndWith("0 passed, 0 failed, 0 skipped\n");
    }

    private async Task<Ended> RunAsync(string said, int code, string saidAgain, params string[] names)
    {
        foreach (var script in new[] { "test", "build/lib.sh", "build/retry.sh" })
        {
            _folder.Write(script, File.ReadAllText(Path.Combine(Checkout.Root, script)));
        }

        _folder.Write("tests/node/package-lock.json", "");
        _folder.Write("tests/Tidemark.A.Tests/Tidemark.A.Tests.csproj", "");
        _folder.Write("tests/Tidemark.B.Tests/Tidemark.B.Tests.csproj", "");
        _folder.Write("said", said);
        _folder.Write("again", saidAgain);
        Tool(
            "dotnet",
            $$"""
            case $* in
              *Tidemark.A.Tests.dll*) echo '   Tidemark.A.Tests  Total: 10, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0' ;;
              *Tidemark.B.Tests.dll*-method*) cat again ;;
              *Tidemark.B.Tests.dll*) cat said; echo; exit {{code}} ;;
            esac
            """
        );
        Tool("npm", "exit 0");
        Tool("timeout", "shift 3; exec \"$@\"");
        await using var shell = TidemarkProcess.StartTool(
            "/bin/bash",
            _folder.Path,
            new Dictionary<string, string>
            {
                ["PATH"] = $"{_folder.At("tools")}:{Environment.GetEnvironmentVariable("PATH")}",
            },
            ["-c", "chmod +x tools/* && exec bash test \"$@\"", "test", .. names]
        );
        return await shell.EndAsync();
    }

    private void Tool(string name, string script) => _folder.Write($"tools/{name}", $"#!/bin/bash\n{script}\n");
}
