using System.Text.Json;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Every API as the table of the vendor's facts has it: columns, types, caps, pages and refusals.</summary>
public sealed class ApiTableTests(Vendor vendor) : IClassFixture<Vendor>
{
    private static readonly string[] s_asText =
    [
        "cn_gdp",
        "cn_cpi",
        "cn_ppi",
        "cn_pmi",
        "cn_m",
        "sf_month",
        "shibor",
        "us_tycr",
        "us_trycr",
        "us_tbr",
        "us_tltr",
        "us_trltr",
        "sge_daily",
    ];

    public static TheoryData<string> Names => [.. VendorApis.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Columns_OfAnApi_AreTheVendorsInItsOrder(string name)
    {
        var api = Api(name);
        var columns = api.Columns.Split(' ');

        var usual = await vendor.AskAsync(name, api.Ask);
        var all = await vendor.AskAsync(name, api.Ask, string.Join(',', columns.Reverse().Select(Bare)));

        usual.Rows.ShouldNotBeEmpty();
        usual.Fields.ShouldBe(columns.Where(c => !c.EndsWith('-')).Select(Bare));
        all.Fields.ShouldBe(columns.Select(Bare), "whatever order is asked for");
        for (var i = 0; i < columns.Length; i++)
        {
            foreach (var row in all.Rows)
            {
                CheckType(columns[i], row[i], s_asText.Contains(name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Pages_OfAnApi_AreThoseOfOneAnswer(string name)
    {
        var api = Api(name);
        var whole = await vendor.AskAsync(name, api.Ask);
        var beyond = await vendor.AskAsync(name, Joined(api.Ask, "limit=100000"));
        var half = Math.Max(1, whole.Rows.Length / 2);

        var first = await vendor.AskAsync(name, Joined(api.Ask, $"limit={half}"));
        var second = await vendor.AskAsync(name, Joined(api.Ask, $"limit={half}&offset={half}"));

        whole.Rows.Length.ShouldBeLessThanOrEqualTo(api.Cap);
        (whole.HasMore == true).ShouldBe(whole.HasMore == true && whole.Rows.Length == api.Cap);
        Vendor.Lines(beyond).ShouldBe(Vendor.Lines(whole), "no limit is above the vendor's");
        Vendor.Lines(first).Concat(Vendor.Lines(second)).ShouldBe(Vendor.Lines(whole).Take(2 * half));
        first.HasMore.ShouldBe(whole.Rows.Length > half || whole.HasMore == true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_WithoutParameters_IsRefusedWhereSomeAreNeeded(string name)
    {
        var answer = await vendor.TryAsync(name);

        (answer.Code, answer.Code == 0 ? null : answer.Message).ShouldBe(
            Api(name).Missing is { } text ? (50101, text) : (0, null)
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answer_OfAnotherServer_IsTheSame(string name)
    {
        var api = Api(name);
        var mine = await vendor.AskAsync(name, Joined(api.Ask, "limit=300"));

        var other = TestMarkets.Ask(Vendor.Make(), name, Joined(api.Ask, "limit=300"));

        other.Fields.Select(f => f.ToUpperInvariant()).ShouldBe(mine.Fields.Select(f => f.ToUpperInvariant()));
        Vendor.Lines(other).ShouldBe(Vendor.Lines(mine));
    }

    [Theory]
    [InlineData("weekly", 6000)]
    [InlineData("monthly", 4500)]
    [InlineData("stock_st", 1000)]
    [InlineData("stk_premarket", 8000)]
    [InlineData("fund_share", 2000)]
    [InlineData("index_dailybasic", 3000)]
    [InlineData("index_global", 4000)]
    [InlineData("daily_info", 4000)]
    [InlineData("sz_daily_info", 2000)]
    [InlineData("fut_daily", 2000)]
    [InlineData("fut_mapping", 2000)]
    [InlineData("fut_weekly_detail", 4000)]
    [InlineData("fut_wsr", 1000)]
    [InlineData("sge_daily", 2000)]
    [InlineData("fx_daily", 1000)]
    [InlineData("shibor", 2000)]
    [InlineData("us_tycr", 2000)]
    [InlineData("us_trycr", 2000)]
    [InlineData("us_tbr", 2000)]
    [InlineData("us_tltr", 2000)]
    [InlineData("us_trltr", 2000)]
    public async Task Answer_OfALongHistory_StopsAtTheCap(string name, int cap)
    {
        var answer = await vendor.AskAsync(name);

        (answer.Rows.Length, answer.HasMore).ShouldBe((cap, true));
    }

    [Fact]
    public async Task Names_OfManagersIndices_AreSpelledAsTheyAreAskedFor()
    {
        var asked = await vendor.AskAsync("cn_pmi", "m=202403", "month,pmi010000,PMI030000");

        asked.Fields.ShouldBe(["month", "pmi010000", "PMI030000"]);
        asked.Rows.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("tmt_twincome")]
    [InlineData("index_min")]
    [InlineData("no_such")]
    public async Task Api_ThatTheVendorLacks_IsNamedSoUnderTheCodeOfAWrongToken(string name)
    {
        var answer = await vendor.TryAsync(name, "item=1");

        (answer.Code, answer.Message).ShouldBe((40101, "请指定正确的接口名"));
    }

    [Fact]
    public async Task Day_ThatIsNone_IsRefusedEverywhere()
    {
        foreach (var api in new[] { "weekly", "fut_daily", "repurchase", "sge_daily", "daily_info", "fx_daily" })
        {
            var answer = await vendor.TryAsync(api, "start_date=2026-09-30");
            (answer.Code, answer.Message).ShouldBe(
                (50101, "查询数据失败，请确认参数！可以反馈管理员协助您排查问题"),
                api
            );
        }
    }

    [Fact]
    public void Apis_OfTheSimulator_AreThoseOfTheTable() =>
        TushareApis
            .All.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(VendorApis.All.Select(a => a.Name).Order(StringComparer.Ordinal));

    internal static string Joined(string parameters, string more) =>
        parameters.Length == 0 ? more : $"{parameters}&{more}";

    private static VendorApi Api(string name) => VendorApis.All.Single(a => a.Name == name);

    private static string Bare(string column) => column.TrimEnd('-', '!', '#');

    private static void CheckType(string column, JsonElement value, bool isText)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        var mark = column.TrimEnd('-')[^1];
        value.ValueKind.ShouldBe(mark is '#' or '!' && !isText ? JsonValueKind.Number : JsonValueKind.String, column);
        if (mark == '!' && !isText)
        {
            value.GetRawText().ShouldNotContain(".", customMessage: column);
        }
    }
}
