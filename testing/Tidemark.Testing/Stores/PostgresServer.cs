using System.Diagnostics;
using System.Globalization;

namespace Tidemark.Testing.Stores;

/// <summary>
/// A server of PostgreSQL: the one that <c>TIDEMARK_TEST_POSTGRES</c> names (<c>./test</c> starts it), else one that
/// <c>build/postgres-server.sh</c> starts for this process. It ends with the process.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    public const string Variable = "TIDEMARK_TEST_POSTGRES";

    private static readonly Lazy<(PostgresServer? Server, string Reason)> s_shared = new(Find);

    private readonly string? _folder;

    private PostgresServer(string url, string? folder)
    {
        Url = new Uri(url);
        _folder = folder;
    }

    /// <summary>Of its superuser.</summary>
    public Uri Url { get; }

    /// <summary>The folder with its socket; of one of one's own.</summary>
    public string Folder => _folder ?? throw new InvalidOperationException("the shared server has no folder here");

    /// <summary>The server that all tests share; null with the reason when there is none: then skip the test.</summary>
    /// <exception cref="InvalidOperationException">There is none in continuous integration.</exception>
    public static PostgresServer? TryFind(out string reason)
    {
        var (server, said) = s_shared.Value;
        reason = said;
        return server is null && Environment.GetEnvironmentVariable("CI") is "true"
            ? throw new InvalidOperationException($"no test of PostgreSQL may be skipped here: {said}")
            : server;
    }

    /// <summary>A server of one's own, to be halted and crashed; only where <see cref="TryFind"/> gave one.</summary>
    public static PostgresServer Start()
    {
        var (server, said) = StartHere();
        return server ?? throw new InvalidOperationException(said);
    }

    /// <summary>Ends it in order; its data stay.</summary>
    public void Halt() => Run("halt", Folder);

    /// <summary>Ends it without order; its data stay.</summary>
    public void Crash() => Run("crash", Folder);

    /// <summary>Starts it again, on the same port.</summary>
    public void Resume() => Run("resume", Folder);

    public void Dispose()
    {
        if (_folder is not null)
        {
            Run("stop", _folder);
        }
    }

    private static (PostgresServer?, string) Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url
            ? (new PostgresServer(url, null), "")
            : StartHere();

    private static (PostgresServer?, string) StartHere()
    {
        if (OperatingSystem.IsWindows())
        {
            return (null, "no PostgreSQL server: build/postgres-server.sh needs bash");
        }

        var folder = Directory.CreateTempSubdirectory("tidemark-pg-").FullName;
        var (code, output) = RunScript("start", folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        var line = output.Split('\n').FirstOrDefault(l => l.StartsWith(Variable + "=", StringComparison.Ordinal));
        return code == 0 && line is not null
            ? (new PostgresServer(line[(Variable.Length + 1)..].Trim(), folder), "")
            : (null, $"no PostgreSQL server: {output.Trim()}");
    }

    private static void Run(params string[] arguments)
    {
        var (code, output) = RunScript(arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"postgres-server.sh {arguments[0]} ended with {code}: {output}");
        }
    }

    private static (int Code, string Output) RunScript(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(SourceTree.Root, "build", "postgres-server.sh"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        // Both at once: a full pipe would stop the script.
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
