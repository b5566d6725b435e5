using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>Signals by their numbers on this system: those of stopping differ between Linux and macOS.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,

    /// <summary>Stands still until <see cref="Continue"/>; nothing in the process can tell it beforehand.</summary>
    Stop = -1,

    Continue = -2,
}

/// <summary>How a process ended and all that it said.</summary>
internal sealed record Ended(string Command, int ExitCode, string Out, string Error, TimeSpan Took)
{
    /// <summary>
    /// This, after its exit code was found to be the expected one; else the failure shows what the process said.
    /// </summary>
    public Ended With(int exitCode)
    {
        ExitCode.ShouldBe(exitCode, ToString());
        return this;
    }

    /// <summary>Stdout as one JSON document; anything else on it fails.</summary>
    public JsonElement Json()
    {
        try
        {
            return JsonDocument.Parse(Out).RootElement;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"stdout is not one JSON document ({e.Message}). {this}", e);
        }
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Command}\nexit code {ExitCode} after {Took.TotalSeconds:F1} s\n--- stdout\n{Out}\n--- stderr\n{Error}"
        );
}

/// <summary>
/// One real process: started, listened to, sent signals, waited for. Killed when it is disposed of before its end.
/// </summary>
internal sealed partial class TidemarkProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private readonly Process _process;
    private readonly string _command;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Output _out;
    private readonly Output _error;

    private TidemarkProcess(Process process, string command)
    {
        _process = process;
        _command = command;
        _out = new Output(process.StandardOutput);
        _error = new Output(process.StandardError);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What the process has had of the processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that the process has had so far, as Linux counts it; 0 once it has ended.</summary>
    public long PeakBytes()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status")
                .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
                * 1024;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0; // it has ended in this moment
        }
    }

    /// <summary>Starts the program in a folder.</summary>
    public static TidemarkProcess Start(string folder, params string[] arguments) =>
        Start(folder, new Dictionary<string, string>(), arguments);

    /// <summary>
    /// Starts the program in a folder with variables beside those of this process; Tidemark's own are not inherited.
    /// </summary>
    public static TidemarkProcess Start(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => StartTool(Checkout.Program, folder, environment, arguments);

    /// <summary>Starts another program likewise.</summary>
    public static TidemarkProcess StartTool(
        string program,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.ToArray())
        {
            if (IsOurs(name))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["DOTNET_ROOT"] = Checkout.DotnetRoot;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new TidemarkProcess(process, $"{Path.GetFileName(program)} {string.Join(' ', arguments)}");
    }

    /// <summary>Whether a variable is one that Tidemark reads, so that a test must not inherit it.</summary>
    public static bool IsOurs(string variable) =>
        variable.StartsWith("TIDEMARK_", StringComparison.Ordinal)
        || variable.StartsWith("TUSHARE_", StringComparison.Ordinal);

    /// <summary>Runs the program to its end.</summary>
    public static Task<Ended> RunAsync(string folder, params string[] arguments) =>
        RunAsync(folder, new Dictionary<string, string>(), arguments);

    /// <summary>Runs the program to its end with variables of its own.</summary>
    public static async Task<Ended> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    )
    {
        await using var process = Start(folder, environment, arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> EndAsync(TimeSpan? limit = null)
    {
        using var late = new CancellationTokenSource(limit ?? s_limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            throw Late("did not end");
        }

        await Task.WhenAll(_out.Ended, _error.Ended);
        return new Ended(_command, _process.ExitCode, _out.Text, _error.Text, Stopwatch.GetElapsedTime(_start));
    }

    /// <summary>Lets the process live for a while. True = it has ended by itself meanwhile.</summary>
    public bool EndsWithin(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Waits until something has happened in the world; fails when the process ends before.</summary>
    public void WaitUntil(Func<bool> happened, string what)
    {
        while (!happened())
        {
            if (_process.WaitForExit(s_look) && !happened())
            {
                throw Late($"ended before {what}");
            }

            if (Stopwatch.GetElapsedTime(_start) > s_limit)
            {
                throw Late($"saw no {what}");
            }
        }
    }

    /// <summary>The first line on stdout.</summary>
    public async Task<string> FirstLineAsync()
    {
        try
        {
            return await _out.FirstLine.WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            throw Late("said nothing");
        }
    }

    /// <summary>What has been said on stdout until now.</summary>
    public string OutSoFar => _out.Text;

    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, NumberOf(signal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Send(Signal.Kill);
        await _process.WaitForExitAsync();
        await Task.WhenAll(_out.Ended, _error.Ended);
        _process.Dispose();
    }

    private static int NumberOf(Signal signal) =>
        signal switch
        {
            Signal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
            Signal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
            _ => (int)signal,
        };

    private InvalidOperationException Late(string what) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_command} {what} ({Stopwatch.GetElapsedTime(_start).TotalSeconds:F1} s, {(_process.HasExited ? $"exit code {_process.ExitCode}" : "still running")})\n--- stdout\n{_out.Text}\n--- stderr\n{_error.Text}"
            )
        );

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    /// <summary>Collects what comes through a pipe, as it is.</summary>
    private sealed class Output
    {
        private readonly StringBuilder _text = new();
        private readonly TaskCompletionSource<string> _firstLine = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public Output(StreamReader reader) => Ended = ReadAsync(reader);

        public Task Ended { get; }

        public Task<string> FirstLine => _firstLine.Task;

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        private async Task ReadAsync(StreamReader reader)
        {
            var buffer = new char[4096];
            int count;
            while ((count = await reader.ReadAsync(buffer)) > 0)
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, count);
                }

                // The text is looked at once and not with each part of it: some answers have 20 MB.
                if (!_firstLine.Task.IsCompleted && buffer.AsSpan(0, count).Contains('\n'))
                {
                    _firstLine.TrySetResult(Text.Split('\n', 2)[0].TrimEnd('\r'));
                }
            }

            _firstLine.TrySetResult(Text);
        }
    }
}
