using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>Makes the bad answer of a request and its good one.</summary>
internal delegate HostileAnswer Spoiling(JsonElement request, JsonNode answer);

/// <summary>
/// A vendor that hands on the simulated one's answers, one api's spoilt until <see cref="MendAsync"/>. Probes, which
/// ask for one row, pass, unless it is they that are to fail.
/// </summary>
internal sealed class FaultyRelay : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly HostileVendor _vendor;
    private readonly Uri _behind;
    private readonly string _api;
    private readonly bool _spoilsProbes;
    private volatile Spoiling? _spoil;

    private FaultyRelay(Uri behind, string api, Spoiling spoil, bool spoilsProbes)
    {
        _behind = behind;
        _api = api;
        _spoil = spoil;
        _spoilsProbes = spoilsProbes;
        _vendor = new HostileVendor(Answer);
    }

    /// <summary>Puts one between a scenario's workspace and its vendor.</summary>
    public static Task BetweenAsync(AdviceWorld world, string api, Spoiling spoil, bool spoilsProbes = false)
    {
        var relay = new FaultyRelay(world.Vendor, api, spoil, spoilsProbes);
        world.Started.Push(relay);
        world.Environment["TIDEMARK__VENDORS__TUSHARE__URL"] = relay._vendor.Url.ToString();
        return Task.CompletedTask;
    }

    /// <summary>As <see cref="BetweenAsync"/>, with the vendor's own words of refusal.</summary>
    public static Task RefuseAsync(AdviceWorld world, int code, string words, bool spoilsProbes = false) =>
        BetweenAsync(world, "daily", (_, _) => Refusal(code, words), spoilsProbes);

    /// <summary>As <see cref="BetweenAsync"/>, with a change of the rows alone.</summary>
    public static Task SpoilRowsAsync(AdviceWorld world, string api, Action<string[], JsonArray> spoil) =>
        BetweenAsync(world, api, (_, answer) => Changed(answer, spoil));

    /// <summary>The vendor has found its fault, as "run again later" and "tell the vendor" hope.</summary>
    public static Task MendAsync(AdviceWorld world) => TurnAsync(world, spoil: null);

    /// <summary>The vendor has another fault, or none.</summary>
    public static Task TurnAsync(AdviceWorld world, Spoiling? spoil)
    {
        world.Started.OfType<FaultyRelay>().Single()._spoil = spoil;
        return Task.CompletedTask;
    }

    public static HostileAnswer Refusal(int code, string words) =>
        HostileAnswer.Of($$"""{"request_id":"x","code":{{code}},"msg":"{{words}}","data":null}""");

    public static HostileAnswer Changed(JsonNode answer, Action<string[], JsonArray> change)
    {
        var data = answer["data"]!;
        var items = data["items"]!.AsArray();
        if (items.Count > 0)
        {
            change([.. data["fields"]!.AsArray().Select(f => (string)f!)], items);
        }

        return HostileAnswer.Of(answer.ToJsonString());
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
        return _spoil is { } spoil && Strikes(request) ? spoil(request, JsonNode.Parse(body)!) : HostileAnswer.Of(body);
    }

    private bool Strikes(JsonElement request) =>
        request.GetProperty("api_name").GetString() == _api
        && (_spoilsProbes || request.GetProperty("params").GetProperty("limit").GetInt32() > 1);
}
