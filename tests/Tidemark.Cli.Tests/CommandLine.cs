using System.Text.Json;
using Tidemark.Cli.Output;
using Tidemark.Core;

namespace Tidemark.Cli.Tests;

/// <summary>What a command left.</summary>
internal sealed record Answer(int ExitCode, string Out, string Error)
{
    /// <summary>The JSON document on stdout; fails with all that was said when the command did not succeed.</summary>
    public JsonElement Json(int exitCode = 0)
    {
        ExitCode.ShouldBe(exitCode, Out + Error);
        return JsonDocument.Parse(Out).RootElement;
    }
}

/// <summary>The program in this process, with a clock of the test's own.</summary>
internal sealed class CommandLine(string folder, TimeProvider clock)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether somebody sits at a terminal, which is 80 columns wide then.</summary>
    public bool IsInteractive { get; init; }

    public async Task<Answer> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var world = new CommandWorld(
            TextReader.Null,
            output,
            error,
            IsInteractive,
            Environment,
            folder,
            clock,
            new SystemIdSource()
        );
        var code = await new CommandLineApp(world).RunAsync(arguments, TestContext.Current.CancellationToken);
        return new Answer(code, output.ToString(), error.ToString());
    }
}
