using System.Collections;
using System.Diagnostics;
using Tidemark.Cli;
using Tidemark.Cli.Output;
using Tidemark.Core;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>
/// The command line within this process: the same arguments, answers and exit codes, without the second or two of
/// processor time that each process spends in compiling itself. For steps that lead to what a test is about, and for
/// words; what is said of a process (signals, streams, memory, its environment) needs a <see cref="TidemarkProcess"/>.
/// </summary>
internal static class TidemarkHere
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    // Tests that wait for processes hold threads of the pool; one that has to be asked for half a second is none for a
    // command.
    static TidemarkHere() => ThreadPool.SetMinThreads(32, 32);

    /// <summary>
    /// Runs a command to its end, in a folder, with variables beside those of this process; Tidemark's own are not
    /// inherited.
    /// </summary>
    public static Task<Ended> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => RunAsync(folder, environment, TimeProvider.System, arguments);

    /// <summary>The same by another clock.</summary>
    public static async Task<Ended> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider clock,
        params string[] arguments
    )
    {
        var start = Stopwatch.GetTimestamp();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(s_limit);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var world = new CommandWorld(
            TextReader.Null,
            TextWriter.Synchronized(output), // as the console's are
            TextWriter.Synchronized(error),
            IsInteractive: false,
            Variables(environment),
            folder,
            clock,
            new SystemIdSource()
        );
        // On a thread of the pool: a command may wait for long without giving way.
        var code = await Task.Run(() => new CommandLineApp(world).RunAsync(arguments, late.Token));
        return new Ended(
            $"tidemark {string.Join(' ', arguments)}",
            code,
            output.ToString(),
            error.ToString(),
            Stopwatch.GetElapsedTime(start)
        );
    }

    private static Dictionary<string, string> Variables(IReadOnlyDictionary<string, string> more)
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(e => (Name: (string)e.Key, Value: (string?)e.Value ?? ""))
            .Where(e => !TidemarkProcess.IsOurs(e.Name))
            .ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }
}
