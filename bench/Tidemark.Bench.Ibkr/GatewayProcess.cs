using System.Diagnostics;
using System.Globalization;
using Tidemark.Definitions.Calendars;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Testing;

namespace Tidemark.Bench.Ibkr;

/// <summary>
/// The simulated gateway as a process of its own, without limits, in the middle of a trading day that goes on by the
/// wall clock.
/// </summary>
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
            CalendarFile.Parse("XNYS", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "XNYS.csv")), "XNYS.csv")
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
