namespace Tidemark.EndToEnd.Tests.Support;

/// <summary><c>tidemark sim VENDOR</c> on a free port, until it is disposed of.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    /// <summary>The market's today in these tests, whatever day it is: a Friday.</summary>
    public const string Today = "2025-06-27";

    private const string Ready = "listening on ";
    private readonly TidemarkProcess _process;

    private SimulatorProcess(TidemarkProcess process, string firstLine)
    {
        _process = process;
        FirstLine = firstLine;
        Url = new Uri($"http://{firstLine[Ready.Length..]}");
    }

    public string FirstLine { get; }

    public Uri Url { get; }

    /// <summary>All of stdout so far.</summary>
    public string Out => _process.OutSoFar;

    public static Task<SimulatorProcess> SmallMarketAsync(string folder, params string[] more) =>
        StartAsync(folder, ["--stocks", "60", "--start", Today, .. more]);

    public static Task<SimulatorProcess> StartAsync(string folder, params string[] arguments) =>
        StartVendorAsync("tushare", folder, arguments);

    /// <summary>An AKTools server over the market of <see cref="SmallMarketAsync"/>.</summary>
    public static Task<SimulatorProcess> AkToolsAsync(string folder) =>
        StartVendorAsync("aktools", folder, ["--stocks", "60", "--start", Today]);

    /// <summary>A gateway of Interactive Brokers.</summary>
    public static Task<SimulatorProcess> GatewayAsync(string folder, params string[] arguments) =>
        StartVendorAsync("tws", folder, arguments);

    private static async Task<SimulatorProcess> StartVendorAsync(string vendor, string folder, string[] arguments)
    {
        var process = TidemarkProcess.Start(folder, ["sim", vendor, "--port", "0", .. arguments]);
        var line = await process.FirstLineAsync();
        if (line.StartsWith(Ready, StringComparison.Ordinal))
        {
            return new SimulatorProcess(process, line);
        }

        var ended = await process.EndAsync();
        throw new InvalidOperationException($"the simulator did not start: {ended}");
    }

    /// <summary>Asks it to end, as a service manager would.</summary>
    public Task<Ended> StopAsync()
    {
        _process.Send(Signal.Terminate);
        return _process.EndAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
