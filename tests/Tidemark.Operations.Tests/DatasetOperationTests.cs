using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>What is declared can be listed and described, and more of it drafted from a vendor's answer.</summary>
public sealed class DatasetOperationTests
{
    private const string Dividend = """
        {"request_id":"r","code":0,"msg":"","data":{"fields":["ts_code","end_date","ann_date","cash_div","Ex-Date","dt"],
        "items":[["600519.SH","20231231","20240403",30.876,"2024-06-19",1],["000001.SZ","20231231","20240315",0.719,null,2]],
        "has_more":false}}
        """;

    private static readonly IReadOnlyDictionary<string, string> s_nothing = new Dictionary<string, string>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_TellsOfEachWhetherItIsOnOffOrLeftOut()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("definitions/datasets/tushare.daily.yaml", "dataset: tushare.daily\n");
        workspace.Add("tidemark.yaml", "off: [tushare.suspend_d]\n");
        await workspace.ReopenAsync();

        var response = workspace.Get<ListDatasets>().Run();

        response.Verdict.ShouldBe(Verdict.Incomplete);
        var byId = response.Datasets.ToDictionary(each => each.Id);
        byId["tushare.adj_factor"].State.ShouldBe("on");
        byId["tushare.adj_factor"].Table.ShouldBe("ods.ods_adj_factor");
        byId["tushare.adj_factor"].Origin.ShouldBe("shipped");
        byId["tushare.suspend_d"].State.ShouldBe("off");
        byId["tushare.daily"].State.ShouldBe("left_out");
        byId["tushare.daily"].Origin.ShouldBe("own");
        byId["tushare.daily"].Because!.ShouldContain("tushare.daily.yaml:1");
        byId["tushare.stock_basic"].Fetched().ShouldStartWith("snapshot");
    }

    [Fact]
    public async Task Show_OfOneThatIsOff_DescribesItAllTheSame()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Add("tidemark.yaml", "off: [tushare.suspend_d]\n");
        await workspace.ReopenAsync();

        var off = workspace.Get<DescribeDataset>().Run(new("tushare.suspend_d"));
        var on = workspace.Get<DescribeDataset>().Run(new("daily"));

        off.State.ShouldBe("off");
        on.State.ShouldBe("on");
        on.Request.Params.ShouldBe(new Dictionary<string, string> { ["trade_date"] = "{dt}" });
        var volume = on.Columns.Single(c => c.Name == "vol");
        (volume.Type, volume.Unit, volume.Nullable, volume.Since).ShouldBe(("double", "hand", true, null));
        on.Columns[^1].Since.ShouldBe("2026-07-06");
        on.File.ShouldEndWith("datasets/tushare.daily.yaml");
        Should
            .Throw<TidemarkException>(() => workspace.Get<DescribeDataset>().Run(new("dayly")))
            .Code.ShouldBe("DATASET_UNKNOWN");
    }

    [Fact]
    public async Task Add_FromTheVendor_WritesAFileThatIsReadAndFetched()
    {
        // A call that nobody has declared.
        await using var workspace = await OpenWorkspace.ReplayAsync(
            "etf_limit",
            "trade_date,ts_code,up_limit,down_limit\n20260820,510300.SH,4.4,3.6\n20260820,159915.SZ,2.2,1.8\n"
        );
        var parameters = new Dictionary<string, string> { ["trade_date"] = "20260820" };

        var added = await workspace.Get<AddDataset>().RunAsync(new("etf_limit", parameters, null), Stop);

        await workspace.ReopenAsync();
        var dataset = workspace.Get<DatasetRegistry>().Find(added.Dataset).ShouldNotBeNull();
        dataset.Grain.ShouldBe(UnitGrain.TradingDay);
        dataset.Key.ShouldBe(["ts_code", "trade_date"]);
        dataset.Parameters.ShouldBe(new Dictionary<string, string> { ["trade_date"] = "{dt}" });
        var request = new RunPoolsRequest([Pool.Universe], ["etf_limit"], Builds: false);
        await workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), Stop);
        (await workspace.VersionAsync(added.Table)).ShouldBe(0);
    }

    [Fact]
    public async Task Add_FromARecordedAnswer_InfersColumnsKeyAndGrain()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("answer.json", Dividend);

        var added = await AddAsync(workspace, "tushare.payouts");

        added.Columns.ShouldBe(6);
        added.Checks.ShouldContain(check => check.StartsWith("grain: "));
        await workspace.ReopenAsync();
        var dataset = workspace.Get<DatasetRegistry>().Get("payouts");
        dataset.Grain.ShouldBe(UnitGrain.Events);
        dataset.Table.ShouldBe("ods_payouts");
        dataset.Key.ShouldBe(["ts_code", "ann_date"]);
        dataset
            .Columns.Select(column => (column.Name, column.Field, column.Kind))
            .ShouldBe([
                ("ts_code", "ts_code", ColumnKind.Text),
                ("end_date", "end_date", ColumnKind.Date),
                ("ann_date", "ann_date", ColumnKind.Date),
                ("cash_div", "cash_div", ColumnKind.Double),
                ("ex_date", "Ex-Date", ColumnKind.Date),
                ("dt_2", "dt", ColumnKind.Double),
            ]);
        workspace.Files("definitions/datasets").ShouldBe(["tushare.payouts.yaml"], "and no draft of it");
    }

    [Fact]
    public async Task Add_OfOneThatIsThere_LeavesItAsItIs()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("answer.json", Dividend);
        workspace.Write("definitions/datasets/tushare.payouts.yaml", "mine");

        var own = await Should.ThrowAsync<TidemarkException>(() => AddAsync(workspace, "payouts"));
        var shipped = await Should.ThrowAsync<TidemarkException>(() => AddAsync(workspace, "daily"));

        own.Code.ShouldBe("DATASET_EXISTS");
        shipped.Code.ShouldBe("DATASET_EXISTS");
        workspace.Text("definitions/datasets/tushare.payouts.yaml").ShouldBe("mine");
    }

    [Theory]
    [InlineData("payouts", "{}", "SAMPLE_UNUSABLE")]
    [InlineData("payouts", "", "SAMPLE_UNUSABLE")]
    [InlineData("payouts", """{"code":40203,"msg":"没有权限","data":null}""", "SAMPLE_UNUSABLE")]
    [InlineData("payouts", """{"code":0,"msg":"","data":{"fields":["a"],"items":[]}}""", "SAMPLE_UNUSABLE")]
    [InlineData("../payouts", Dividend, "DATASET_NAME_INVALID")]
    [InlineData("tushare.Payouts", Dividend, "DATASET_NAME_INVALID")]
    [InlineData("nobody.payouts", Dividend, "VENDOR_UNKNOWN")]
    public async Task Add_OfWhatTellsNothing_IsRefusedAndWritesNothing(string api, string answer, string code)
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write("answer.json", answer);

        var error = await Should.ThrowAsync<TidemarkException>(() => AddAsync(workspace, api));

        error.Code.ShouldBe(code);
        workspace.Files("definitions/datasets").ShouldBeEmpty();
    }

    private static Task<AddDatasetResponse> AddAsync(OpenWorkspace workspace, string api) =>
        workspace.Get<AddDataset>().RunAsync(new(api, s_nothing, workspace.PathOf("answer.json")), Stop);
}
