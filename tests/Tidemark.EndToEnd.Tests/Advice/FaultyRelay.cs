using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>A vendor that hands on the simulated one's answers, one api's spoilt until <see cref="MendAsync"/>.</summary>
internal sealed class FaultyRelay : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly HostileVendor _vendor;
    private readonly Uri _behind;
    private readonly string _api;
    private volatile Func<JsonNode, string>? _spoil;

    private FaultyRelay(Uri behind, string api, Func<JsonNode, string> spoil)
    {
        _behind = behind;
        _api = api;
        _spoil = spoil;
        _vendor = new HostileVendor(Answer);
    }

    /// <summary>Puts one between a scenario's workspace and its vendor.</summary>
    /// <param name="spoil">Makes the bad body of the good one.</param>
    public static Task BetweenAsync(AdviceWorld world, string api, Func<JsonNode, string> spoil)
    {
        var relay = new FaultyRelay(world.Vendor, api, spoil);
        world.Started.Push(relay);
        world.Environment["TIDEMARK__VENDORS__TUSHARE__URL"] = relay._vendor.Url.ToString();
        return Task.CompletedTask;
    }

    /// <summary>As <see cref="BetweenAsync"/>, with a change of the rows alone.</summary>
    public static Task SpoilRowsAsync(AdviceWorld world, string api, Action<string[], JsonArray> spoil) =>
        BetweenAsync(
            world,
            api,
            answer =>
            {
                var data = answer["data"]!;
                var items = data["items"]!.AsArray();
                if (items.Count > 0)
                {
                    spoil([.. data["fields"]!.AsArray().Select(f => (string)f!)], items);
                }

                return answer.ToJsonString();
            }
        );

    /// <summary>The vendor has found its fault, as "run again later" and "tell the vendor" hope.</summary>
    public static Task MendAsync(AdviceWorld world)
    {
        world.Started.OfType<FaultyRelay>().Single()._spoil = null;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _vendor.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private HostileAnswer Answer(JsonElement request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _behind)
        {
            Content = new StringContent(request.GetRawText(), Encoding.UTF8, "application/json"),
        };
        using var response = _client.Send(message);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var body = reader.ReadToEnd();
        return HostileAnswer.Of(
            _spoil is { } spoil && request.GetProperty("api_name").GetString() == _api
                ? spoil(JsonNode.Parse(body)!)
                : body
        );
    }
}
