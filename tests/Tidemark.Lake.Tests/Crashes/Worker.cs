using System.Diagnostics;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>A process of <c>testing/Tidemark.LakeWorker</c>.</summary>
internal sealed class Worker : IDisposable
{
    private readonly Process _process;

    /// <summary>
    /// Where the worker is: in the folder that <c>./test</c> has made of it and of the program's compiled assemblies,
    /// with which it starts in half the time; else beside these tests.
    /// </summary>
    private static string Folder { get; } =
        Environment.GetEnvironmentVariable("TIDEMARK_TEST_WORKER") is { Length: > 0 } compiled
            ? compiled
            : AppContext.BaseDirectory;

    private Worker(Process process) => _process = process;

    public static Worker Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // The program that runs this test is dotnet or the test's own host: the worker needs dotnet in both cases.
        start.FileName = Path.GetFileNameWithoutExtension(start.FileName) == "dotnet" ? start.FileName : "dotnet";
        start.ArgumentList.Add(Path.Combine(Folder, "Tidemark.LakeWorker.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new Worker(Process.Start(start)!);
    }

    /// <summary>Lets a worker begin that waits for it.</summary>
    public void Go() => _process.StandardInput.WriteLine();

    /// <summary>Everything that it said, its last word on stderr, and whether it ended by itself.</summary>
    public async Task<(string[] Lines, string Error, bool Ended)> EndAsync(CancellationToken cancellationToken)
    {
        var error = _process.StandardError.ReadToEndAsync(cancellationToken);
        var text = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return (text.Split('\n', StringSplitOptions.RemoveEmptyEntries), await error, _process.ExitCode == 0);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
