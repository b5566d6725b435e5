using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests;

/// <summary>
/// Calls as the published Python client makes them: <c>pro.query('daily', trade_date='20220601', fields='…')</c> posts
/// {api_name, token, params, fields} as JSON to <c>/dataapi/daily</c> and expects 200 with code, msg and data.
/// </summary>
internal sealed class PythonLikeClient(Uri address, string token = "0123456789abcdef") : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    public async Task<Table> QueryAsync(string api, object? parameters = null, string fields = "")
    {
        using var response = await PostAsync(
            $"/dataapi/{api}",
            new
            {
                api_name = api,
                token,
                @params = parameters ?? new { },
                fields,
            }
        );
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return Table.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        PostTextAsync(path, JsonSerializer.Serialize(body), "application/json");

    public async Task<HttpResponseMessage> PostTextAsync(string path, string body, string contentType)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await _http.PostAsync(path, content);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    public void Dispose() => _http.Dispose();

    /// <summary>A server and a client at once.</summary>
    public static async Task<(TushareSimulator Server, PythonLikeClient Client)> StartAsync(
        TushareSimulatorOptions options,
        string token = "0123456789abcdef"
    )
    {
        var server = await TushareSimulator.StartAsync(options, TestContext.Current.CancellationToken);
        return (server, new PythonLikeClient(server.Address, token));
    }
}
