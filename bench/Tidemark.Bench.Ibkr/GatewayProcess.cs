using System.Diagnostics;
using System.Globalization;
using Tidemark.Core.Calendars;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;

namespace Tidemark.Bench.Ibkr;

/// <summary>The simulated gateway as a process of its own, without limits, in the middle of a trading day that goes on by the wall clock.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>10:30 in New York on a Thursday.</summary>
    public static DateTimeOffset Morning { get; } = new(2025, 11, 20, 15, 30, 0, TimeSpan.Zero);

    /// <summary>The most memory that it has had.</summary>
    public double PeakMegabytes => Memory.PeakMegabytes(_process.Id);

    public static SyntheticOptionMarket Market() =>
        new(
            1,
            TradingCalendar.Parse(
                "XNYS",
                File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "XNYS.csv")),
                "XNYS.csv"
            )
        );

    /// <summary>Runs this program once more, as the gateway.</summary>
    public static async Task<GatewayProcess> StartAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["gateway"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync();
        return new GatewayProcess(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    /// <summary>Serves until the other process has gone.</summary>
    public static async Task ServeAsync()
    {
        await using var gateway = await TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = Market(),
                Limits = TwsLimits.None,
                TimeProvider = new ScaledClock(Morning, 1),
            },
            CancellationToken.None
        );
        Console.WriteLine(gateway.Port);
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>A clock that begins at another moment and goes faster than the wall's: minutes of a protocol's waiting pass in seconds.</summary>
internal sealed class ScaledClock(DateTimeOffset start, int speed) : TimeProvider
{
    private readonly long _begin = Stopwatch.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begin) * speed;

    private TimeSpan Real(TimeSpan time) => time <= TimeSpan.Zero ? time : time / speed;

    private sealed class ScaledTimer(ITimer timer, ScaledClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

/// <summary>What a process has taken.</summary>
internal static class Memory
{
    public static double PeakMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            / 1024;
    }
}
