using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>What vendors send now, and what their pages say, beside what is declared.</summary>
public sealed class LiveAnswerTests
{
    [Fact]
    public async Task Live_OfWhatIsShipped_IsAsDeclared_AndKeepsNothing()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Add("tidemark.yaml", "on: [P0, P1]\n");
        await workspace.ReopenAsync();

        var found = await CheckAsync(workspace, new CheckDatasetsRequest([]) { IsLive = true });

        found.Datasets.Count.ShouldBeGreaterThan(50);
        found
            .Datasets.Where(d => !d.IsRight)
            .SelectMany(d => d.Compared.Select(c => $"{d.Dataset}: {c}"))
            .ShouldBeEmpty();
        found.Datasets.ShouldAllBe(d => d.Compared.Count == 1);
        (await workspace.Get<DataLake>().TablesAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Live_OfADeclarationThatTheVendorDoesNotKeep_TellsWhat()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        Declare(
            workspace,
            "daily_basic",
            text => text.Replace("  dv_ttm:", "  dv:").Replace("  ps: { type: double", "  ps: { type: date")
        );
        await workspace.ReopenAsync();

        var found = await CheckAsync(workspace, new CheckDatasetsRequest(["daily_basic"]) { IsLive = true });

        var check = found.Datasets.ShouldHaveSingleItem().Compared.ShouldHaveSingleItem();
        check.New.ShouldBe(["dv_ttm"]);
        check.Retyped.ShouldHaveSingleItem().Column.ShouldBe("ps");
        check.Problem!.ShouldContain("lacks 1 declared column(s): dv");
        found.Verdict.ShouldBe(Verdict.Incomplete);
    }

    [Fact]
    public async Task Live_OfAnAnswerWithoutRows_ComparesNothingAndSaysSo()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        Declare(
            workspace,
            "daily_basic",
            text =>
                text.Replace("params: { trade_date: \"{dt}\" }", "params: { trade_date: \"{dt}\", ts_code: 999999.SH }")
        );
        await workspace.ReopenAsync();

        var found = await CheckAsync(workspace, new CheckDatasetsRequest(["daily_basic"]) { IsLive = true });

        var check = found.Datasets.ShouldHaveSingleItem().Compared.ShouldHaveSingleItem();
        check.Problem!.ShouldContain("no rows of 2026-08-20");
        found.Verdict.ShouldBe(Verdict.Incomplete);
    }

    [Fact]
    public async Task Sample_ShowsWhatTheVendorSends_WithWhatIsNotDeclared()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        Declare(workspace, "daily_basic", text => text.Replace("  dv_ttm:", "  # dv_ttm:"));
        await workspace.ReopenAsync();

        var sample = await workspace
            .Get<SampleDataset>()
            .RunAsync(new SampleDatasetRequest("daily_basic", 3), TestContext.Current.CancellationToken);

        sample.Parameters.ShouldBe(new Dictionary<string, string> { ["trade_date"] = "20260820" });
        sample.Rows.Count.ShouldBe(3);
        sample.Rows.ShouldAllBe(row => row.Count == sample.Fields.Count);
        sample.Rows[0][sample.Fields.ToList().IndexOf("trade_date")].ShouldBe("20260820");
        sample.Undeclared.ShouldBe(["dv_ttm"]);
    }

    [Fact]
    public async Task Pages_AreReadAsTheVendorWritesThem()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        workspace.Write(
            "pages/stocks/factors.md",
            """
            ## A page
            接口：adj_factor，as text goes on

            **输入参数**

            名称 | 类型 | 必选 | 描述
            --- | --- | --- | ---
            mode | str | N | not a field

            **输出参数**

            名称 | 类型 | 描述
            ---- | ----- | ----
            ts_code | str | the code
            adj_factor | float | the factor
            mood | int | a new one

            no | field | here
            """
        );
        workspace.Write("pages/nobody.md", "接口名称: nobody\n**输出参数**\n| 名称 | 类型 |\n|---|---|\n| a | str |\n");
        workspace.Write("pages/prose.md", "# Nothing of a call\n");

        var found = await CheckAsync(workspace, new CheckDatasetsRequest([]) { Pages = workspace.PathOf("pages") });

        found.Undeclared.ShouldBe(["nobody"]);
        var page = found.Datasets.Single(d => d.Compared.Count > 0).Compared.ShouldHaveSingleItem();
        page.New.ShouldBe(["mood"]);
        page.Missing.ShouldBe(["trade_date"]);
        page.Retyped.ShouldBeEmpty();
        var none = new CheckDatasetsRequest([]) { Pages = workspace.PathOf("definitions") };
        (await Should.ThrowAsync<TidemarkException>(() => CheckAsync(workspace, none))).Code.ShouldBe("PAGES_MISSING");
    }

    private static Task<CheckDatasetsResponse> CheckAsync(OpenWorkspace workspace, CheckDatasetsRequest request) =>
        workspace.Get<CheckDatasets>().RunAsync(request, TestContext.Current.CancellationToken);

    private static void Declare(OpenWorkspace workspace, string api, Func<string, string> change)
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "definitions", "datasets", $"tushare.{api}.yaml");
        workspace.Write($"definitions/datasets/tushare.{api}.yaml", change(File.ReadAllText(shipped)));
    }
}
