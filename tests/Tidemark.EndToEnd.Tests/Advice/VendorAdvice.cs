using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Vendors" of <c>docs/errors.md</c>: what the account may do, and what stands on the wire.</summary>
public sealed class VendorAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Daily = AdviceWorld.Daily;
    private const string LaterOrTell = "Run the same command again later. If it stays so, tell the vendor.";
    private static readonly string[] s_refetch = AdviceLake.RefetchDaily;

    internal static readonly AdviceScenario[] All =
    [
        new("VENDOR_UNKNOWN", "refetch", "acme.daily", "--from", AdviceLake.To, "--to", AdviceLake.To)
        {
            Break = w => Do(() => w.Write("definitions/datasets/acme.daily.yaml", Mine("acme.daily"))),
            Exit = 2,
            Says = "A dataset's id begins with its vendor: tushare",
            Obey = w =>
                Do(() =>
                {
                    File.Delete(w.At("definitions/datasets/acme.daily.yaml"));
                    w.Write("definitions/datasets/tushare.mine.yaml", Mine("tushare.mine"));
                }),
            Then = ["refetch", "tushare.mine", "--from", AdviceLake.To, "--to", AdviceLake.To],
        },
        new("VENDOR_UNREACHABLE", s_refetch)
        {
            Break = w => FaultyRelay.BetweenAsync(w, "daily", (_, _) => HostileAnswer.HangUp),
            Exit = 4,
            Says = "Check the network and `vendors.tushare.url`",
            Obey = w => Do(() => w.Environment.Clear()), // the url of the workspace is the right one
        },
        new("VENDOR_HTTP_STATUS", s_refetch)
        {
            Break = w => FaultyRelay.BetweenAsync(w, "daily", (_, _) => new HostileAnswer([], Status: 404)),
            Exit = 4,
            Says = "Check `vendors.tushare.url` in tidemark.yaml",
            Obey = w => Do(() => w.Environment.Clear()),
        },
        new("VENDOR_RATE_LIMITED", s_refetch)
        {
            Break = w => FaultyRelay.RefuseAsync(w, 40203, "抱歉，您访问接口(daily)频率超限(2次/天)"),
            Exit = 4,
            Says = "if the account may make more calls by now, say so in `vendors.tushare.rate_limits`",
            Obey = async w =>
            {
                await FaultyRelay.MendAsync(w);
                w.Environment["TIDEMARK__VENDORS__TUSHARE__RATE_LIMITS__DAILY"] = "1000/day";
            },
        },
        new("VENDOR_UNAUTHORIZED", s_refetch)
        {
            Break = w =>
                FaultyRelay.BetweenAsync(
                    w,
                    "daily",
                    (request, answer) =>
                        request.GetProperty("token").GetString() == "right"
                            ? HostileAnswer.Of(answer.ToJsonString())
                            : FaultyRelay.Refusal(40101, "您的token不对，请确认。")
                ),
            Exit = 3,
            Says = "Set the right token: `tidemark token set`",
            Obey = w => w.StoreTokenAsync("right"),
        },
        new("VENDOR_IP_QUOTA", s_refetch)
        {
            Break = w => FaultyRelay.RefuseAsync(w, 40204, "您的token在太多IP上使用，IP数量超限"),
            Exit = 3,
            Says = "stop the other host or wait until the vendor forgets it",
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_FORBIDDEN", AdviceLake.Backfill)
        {
            Break = async w =>
            {
                await w.LoseAsync("ods_daily");
                await FaultyRelay.RefuseAsync(w, 40203, "抱歉，您没有接口(daily)访问权限");
            },
            Exit = 4,
            Says = "`off: [stock.market.daily]` in tidemark.yaml",
            Obey = w => Configure(w, "off: [stock.market.daily]"),
        },
        new("VENDOR_BAD_REQUEST", s_refetch)
        {
            Break = async w =>
            {
                w.Redefine(Daily, "params: { trade_date", "params: { adjust: qfq, trade_date");
                await FaultyRelay.BetweenAsync(
                    w,
                    "daily",
                    (request, answer) =>
                        request.GetProperty("params").TryGetProperty("adjust", out _)
                            ? FaultyRelay.Refusal(50101, "参数校验失败")
                            : HostileAnswer.Of(answer.ToJsonString())
                );
            },
            Exit = 4,
            Says = "the dataset's `api` and `request`",
            Obey = w => Edit(w, Daily, "adjust: qfq, ", ""),
        },
        new("VENDOR_FAILED", s_refetch)
        {
            Break = w => FaultyRelay.RefuseAsync(w, 999, "内部错误"),
            Exit = 4,
            Says = "内部错误. Run the same command again later",
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_GARBLED", s_refetch)
        {
            Break = w => FaultyRelay.BetweenAsync(w, "daily", (_, _) => HostileAnswer.Of("<html>Log in</html>")),
            Exit = 4,
            Says = "A proxy in between is a usual cause: check `vendors.tushare.url`",
            Obey = w => Do(() => w.Environment.Clear()),
        },
        new("VENDOR_ENVELOPE", s_refetch)
        {
            Break = w =>
                FaultyRelay.BetweenAsync(w, "daily", (_, _) => HostileAnswer.Of("""{"code":0,"msg":"","datas":{}}""")),
            Exit = 4,
            Says = "Run the same command again later. If it stays so, check `vendors.tushare.url` and tell the vendor",
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_COLUMN_MISSING", s_refetch)
        {
            // The vendor has a new name for a column, and sends it under that alone.
            Break = w => FaultyRelay.BetweenAsync(w, "daily", Renamed, spoilsProbes: true),
            Exit = 4,
            Says = "give it `optional: true` in the dataset; if it was renamed, add the new name as a column, too",
            Obey = w =>
                Do(() =>
                    w.Redefine(
                        Daily,
                        "  vol: { type: double,",
                        "  volume: { type: double }\n  vol: { optional: true, type: double,"
                    )
                ),
            Then = [.. s_refetch, "--allow-shrink", "renamed"], // a day that is there already loses the old name's values
        },
        new("VENDOR_ROW_SHAPE", s_refetch)
        {
            Break = w => FaultyRelay.SpoilRowsAsync(w, "daily", (_, rows) => rows[0]!.AsArray().Add(1)),
            Exit = 4,
            Says = LaterOrTell,
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_VALUE", s_refetch)
        {
            Break = w =>
                FaultyRelay.SpoilRowsAsync(w, "daily", (fields, rows) => rows[0]![Of(fields, "close")] = "a lot"),
            Exit = 4,
            Says = LaterOrTell,
            Obey = FaultyRelay.MendAsync,
        },
        new("VENDOR_ECHOES_SECRET", s_refetch)
        {
            Break = async w =>
            {
                await Edit(w, "tidemark.yaml", "token: test", "token: 4f5e6a7b8c9d0e1f");
                await FaultyRelay.BetweenAsync(
                    w,
                    "daily",
                    (request, answer) =>
                        FaultyRelay.Changed(
                            answer,
                            (fields, rows) => rows[0]![Of(fields, "ts_code")] = request.GetProperty("token").GetString()
                        )
                );
            },
            Exit = 4,
            Says = "Tell the vendor or the relay, and have the token replaced",
            Obey = async w =>
            {
                await FaultyRelay.MendAsync(w);
                await Edit(w, "tidemark.yaml", "4f5e6a7b8c9d0e1f", "f1e0d9c8b7a6e5f4");
            },
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    private static int Of(string[] fields, string column) => Array.IndexOf(fields, column);

    private static string Mine(string id) =>
        AdviceWorld
            .Shipped("datasets/tushare.daily.yaml")
            .Replace("dataset: tushare.daily", $"dataset: {id}", StringComparison.Ordinal)
            .Replace("module: stock.market.daily", "module: mine.daily", StringComparison.Ordinal)
            .Replace("table: ods_daily", "table: ods_mine", StringComparison.Ordinal);

    // The probe of before the change passed; the next one asks for the new name.
    private static HostileAnswer Renamed(JsonElement request, JsonNode answer)
    {
        if (
            request.GetProperty("params").GetProperty("limit").GetInt32() == 1
            && !request.GetProperty("fields").GetString()!.Contains("volume", StringComparison.Ordinal)
        )
        {
            return HostileAnswer.Of(answer.ToJsonString());
        }

        var fields = answer["data"]!["fields"]!.AsArray();
        fields[Of([.. fields.Select(f => (string)f!)], "vol")] = "volume";
        return HostileAnswer.Of(answer.ToJsonString());
    }
}
