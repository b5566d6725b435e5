using Tidemark.Core;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>A server over a small market, and a client of it: what a class of tests shares.</summary>
public sealed class Vendor : IAsyncLifetime
{
    public const string Today = "2026-09-30";

    private TushareSimulator _server = null!;
    private PythonLikeClient _client = null!;

    /// <summary>The market of this server, to move its today.</summary>
    internal SyntheticMarket Market { get; } = Make();

    internal static SyntheticMarket Make(string today = Today) =>
        new(
            new SyntheticMarketOptions
            {
                Calendar = TestMarkets.Calendar,
                LastDay = TradeDate.ParseIso(today),
                Seed = 7,
                Stocks = 200,
                Etfs = 30,
                Indices = 20,
            }
        );

    public async ValueTask InitializeAsync() =>
        (_server, _client) = await PythonLikeClient.StartAsync(new TushareSimulatorOptions { Source = Market });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>Asks with <c>a=1&amp;b=2</c>, and expects an answer.</summary>
    internal async Task<Table> AskAsync(string api, string parameters = "", string fields = "")
    {
        var answer = await TryAsync(api, parameters, fields);
        answer.Code.ShouldBe(0, $"{api}: {answer.Message}");
        return answer;
    }

    internal Task<Table> TryAsync(string api, string parameters = "", string fields = "") =>
        _client.QueryAsync(api, TestMarkets.Parameters(parameters), fields);

    internal static string[] Lines(Table table) => [.. table.Rows.Select(row => string.Join(',', row))];
}
