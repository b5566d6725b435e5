using System.Net;
using System.Text;
using System.Text.Json;
using Tidemark.Simulator.AkTools;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests.AkTools;

/// <summary>A simulated AKTools over a small market, and a client that knows nothing but HTTP.</summary>
internal sealed class AkServer : IAsyncDisposable
{
    private readonly AkToolsSimulator _server;

    private AkServer(AkToolsSimulator server, AkToolsSimulatorOptions options)
    {
        _server = server;
        Options = options;
        Http = new HttpClient { BaseAddress = server.Address };
    }

    public AkToolsSimulatorOptions Options { get; }

    public SyntheticMarket Market => Options.Market;

    public HttpClient Http { get; }

    public static async Task<AkServer> StartAsync(Func<AkToolsSimulatorOptions, AkToolsSimulatorOptions>? change = null)
    {
        var options = new AkToolsSimulatorOptions { Market = TestMarkets.Small() };
        options = change?.Invoke(options) ?? options;
        return new AkServer(await AkToolsSimulator.StartAsync(options, TestContext.Current.CancellationToken), options);
    }

    /// <summary>The text of an answer and its status, as it came.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, Encoding.UTF8.GetString(body));
    }

    /// <summary>The rows of a function, which must answer.</summary>
    public async Task<JsonElement[]> RowsAsync(string call)
    {
        var (status, body) = await GetAsync($"/api/public/{call}");
        status.ShouldBe(HttpStatusCode.OK, $"{call}: {body}");
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return _server.DisposeAsync();
    }
}
