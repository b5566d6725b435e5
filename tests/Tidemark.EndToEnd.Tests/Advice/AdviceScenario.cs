using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>
/// One piece of advice: something is broken, a command says so and what to do, that is done, and the same command no
/// longer says it.
/// </summary>
/// <param name="Code">The error's code in <c>docs/errors.md</c>.</param>
/// <param name="Command">What a user types.</param>
internal sealed record AdviceScenario(string Code, params string[] Command)
{
    /// <summary>Makes the world in which the error is.</summary>
    public Func<AdviceWorld, Task> Break { get; init; } = _ => Task.CompletedTask;

    /// <summary>
    /// A part of the message that names what to do: the command, key or file that <see cref="Obey"/> then uses.
    /// </summary>
    public required string Says { get; init; }

    /// <summary>Does what the message and the page say, and nothing else.</summary>
    public Func<AdviceWorld, Task> Obey { get; init; } = _ => Task.CompletedTask;

    /// <summary>The command as the advice makes it, where the advice is to type another.</summary>
    public string[]? Then { get; init; }

    /// <summary>
    /// A line of a shell, in place of <see cref="Command"/>, where something has to come on standard input.
    /// </summary>
    public string? Typed { get; init; }

    /// <summary>The command serves until it is stopped, once nothing is wrong.</summary>
    public bool Serves { get; init; }

    /// <summary>The exit code of the command with the error.</summary>
    public required int Exit { get; init; }

    /// <summary>
    /// The exit code afterwards: other than 0 only where a second thing is open that the advice is not about.
    /// </summary>
    public int ExitThen { get; init; }

    public async Task WalkAsync(AdviceWorld world)
    {
        try
        {
            await Break(world);
            var broken = (await RunAsync(world, Command)).With(Exit);
            (broken.Out + broken.Error).ShouldContain(Code, Case.Sensitive, broken.ToString());
            Flat(broken.Out + broken.Error).ShouldContain(Says, Case.Sensitive, broken.ToString());

            await Obey(world);
            if (Serves)
            {
                await using var server = TidemarkProcess.Start(world.Folder, Then ?? Command);
                (await server.FirstLineAsync()).ShouldStartWith("listening on ");
                return;
            }

            var mended = (await RunAsync(world, Then ?? Command)).With(ExitThen);
            (mended.Out + mended.Error).ShouldNotContain(Code, Case.Sensitive, mended.ToString());
        }
        finally
        {
            while (world.Started.TryPop(out var started))
            {
                await started.DisposeAsync();
            }
        }
    }

    private Task<Ended> RunAsync(AdviceWorld world, string[] command) =>
        Typed is null ? world.RunAsync(command) : world.ShellAsync(Typed);

    // Messages may be broken over lines for a terminal.
    private static string Flat(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
