using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>What a terminal is sent, as seen by <c>script</c> of util-linux, which is one.</summary>
public sealed class TerminalTests : IDisposable
{
    private const char Escape = '\u001b';

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", true)]
    [InlineData("--no-color", false)]
    public async Task Doctor_AtATerminal_IsColouredUnlessToldOtherwise(string option, bool isColoured)
    {
        if (!OperatingSystem.IsLinux() || Checkout.Tool("script") is not { } script)
        {
            throw Xunit.Sdk.SkipException.ForSkip("script of util-linux is not here");
        }

        Workspace.Create(_folder.Path, new Uri("http://127.0.0.1:1"), "2024-06-06", "2024-06-07");

        await using var terminal = TidemarkProcess.StartTool(
            script,
            _folder.Path,
            new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["DOTNET_ROOT"] = Checkout.DotnetRoot },
            "-qec",
            $"env -u NO_COLOR '{Checkout.Program}' doctor {option}",
            "/dev/null"
        );
        var said = (await terminal.EndAsync()).Out;

        said.ShouldContain("workspace");
        if (!isColoured)
        {
            said.ShouldNotContain(Escape.ToString()); // not the runtime's either, which switches the keypad's mode
        }

        (
            said.Contains($"{Escape}[38;", StringComparison.Ordinal)
            || said.Contains($"{Escape}[39;", StringComparison.Ordinal)
        ).ShouldBe(isColoured, said);
    }
}
