using System.Globalization;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Hosting;
using Tidemark.Operations.Definitions;
using Tidemark.Testing;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Operations.Tests;

/// <summary>
/// Declarations beside answers: those that others have recorded of the vendor (skipped on a machine without them), and
/// some that are made here.
/// </summary>
public sealed class RecordedAnswerTests : IDisposable
{
    private const string Absent = "../shared/data/tushare_raw_responses is not on this machine";

    // What a row's volume and turnover count, as the facts say: shares and CNY of one.
    private static readonly Dictionary<string, double> s_units = new()
    {
        ["hand"] = 100,
        ["share"] = 1,
        ["10,000 shares"] = 10_000,
        ["CNY"] = 1,
        ["thousand CNY"] = 1_000,
        ["10,000 CNY"] = 10_000,
    };

    private static readonly DatasetRegistry s_shipped = ShippedDefinitions.Alone().Datasets;
    private static readonly TushareVendor s_vendor = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-answers-").FullName;

    private static string? Recorded => SourceTree.Shared("tushare_raw_responses", "responses");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EveryRecordedAnswerOfADeclaredCall_DecodesWithoutLoss()
    {
        Assert.SkipWhen(Recorded is null, Absent);

        var found = await CheckAsync(Recorded);

        found.Datasets.Where(d => !d.IsRight).Select(Told).ShouldBeEmpty();
        var compared = found.Datasets.Where(d => d.Compared.Count > 0).Select(d => d.Dataset).ToList();
        compared.Count.ShouldBeGreaterThanOrEqualTo(16);
        found.Datasets.Where(d => d.Compared.Count > 0).ShouldAllBe(d => d.Compared[0].Rows > 0);
        TestContext.Current.SendDiagnosticMessage(
            "no recording of: {0}",
            string.Join(", ", found.Datasets.Where(d => d.Compared.Count == 0).Select(d => d.Dataset))
        );
    }

    [Theory]
    [InlineData("daily")]
    [InlineData("weekly")]
    [InlineData("monthly")]
    [InlineData("block_trade")]
    [InlineData("fund_daily")]
    public void Turnover_OverVolume_IsAPriceOfTheRow(string api)
    {
        var file = Recorded is null ? null : Path.Combine(Recorded, $"{api}.json");
        Assert.SkipWhen(file is null || !File.Exists(file), $"{Absent}, or has nothing of {api}");
        var dataset = s_shipped.Get(api);
        var answer = s_vendor.ReadSample(api, File.ReadAllBytes(file!));
        double Factor(string column) => s_units[dataset.Columns.Single(c => c.Name == column).Unit!];
        double Value(IReadOnlyList<SampleValue> row, string field) =>
            double.Parse(row[answer.Fields.ToList().IndexOf(field)].Text, CultureInfo.InvariantCulture);
        var (low, high) = api == "block_trade" ? ("price", "price") : ("low", "high");

        foreach (var row in answer.Rows)
        {
            var price = Value(row, "amount") * Factor("amount") / (Value(row, "vol") * Factor("vol"));

            // Numbers are rounded to two digits.
            price.ShouldBeInRange(Value(row, low) - 0.01, Value(row, high) + 0.01);
        }
    }

    [Fact]
    public async Task AnAnswerThatHasChanged_IsToldColumnByColumn()
    {
        Write(
            "adj_factor",
            """{"code":0,"msg":"","data":{"fields":["TS_CODE","adj_factor","mood"],"items":[["600519.SH","high",1]]}}"""
        );
        Write("fund_adj", """{"code":40203,"msg":"抱歉，您没有接口访问权限","data":null}""");
        Write("nobody", "{}");

        var found = await CheckAsync(_folder);

        found.Verdict.ShouldBe(Verdict.Incomplete);
        found.Undeclared.ShouldBe(["nobody"]);
        var factors = found.Datasets.Single(d => d.Dataset == "tushare.adj_factor").Compared[0];
        factors.New.ShouldBe(["mood"]);
        factors.Missing.ShouldBe(["trade_date"]);
        factors.Retyped.ShouldHaveSingleItem().Column.ShouldBe("adj_factor");
        found
            .Datasets.Single(d => d.Dataset == "tushare.fund_adj")
            .Compared[0]
            .Problem!.ShouldContain("没有接口访问权限");
        found.Datasets.Count(d => d.IsRight).ShouldBe(found.Datasets.Count - 2);
    }

    [Fact]
    public async Task AColumnThatBeganLater_MayBeLackingInARecording()
    {
        Write(
            "daily",
            """{"code":0,"msg":"","data":{"fields":["ts_code","trade_date","open","high","low","close","pre_close","change","pct_chg","vol","amount"],"items":[["600519.SH","20240102",1,1,1,1,1,0,0,1,1]]}}"""
        );

        var found = await CheckAsync(_folder, "daily");

        found.Verdict.ShouldBe(Verdict.Done);
        found.Datasets.ShouldHaveSingleItem().Compared[0].Rows.ShouldBe(1);
    }

    [Fact]
    public async Task WithoutAnswers_TheFilesAreCheckedAndAnEmptyFolderIsRefused()
    {
        var found = await CheckAsync(null);

        found.Verdict.ShouldBe(Verdict.Done);
        found.Datasets.Count.ShouldBeGreaterThanOrEqualTo(60);
        (await Should.ThrowAsync<TidemarkException>(() => CheckAsync(_folder))).Code.ShouldBe("ANSWERS_MISSING");
        (await Should.ThrowAsync<TidemarkException>(() => CheckAsync(null, "dayly"))).Code.ShouldBe("DATASET_UNKNOWN");
    }

    // Nobody is asked: recorded answers alone are looked at.
    private static Task<CheckDatasetsResponse> CheckAsync(string? against, params string[] datasets) =>
        new CheckDatasets(s_shipped, new SampleVendors([s_vendor]), null!, null!).RunAsync(
            new CheckDatasetsRequest(datasets) { Against = against },
            TestContext.Current.CancellationToken
        );

    private void Write(string api, string text) => File.WriteAllText(Path.Combine(_folder, $"{api}.json"), text);

    private static string Told(DatasetCheck check)
    {
        var answer = check.Compared[0];
        return $"{check.Dataset}: {string.Join("; ", check.Faults)} new {string.Join(",", answer.New)} "
            + $"missing {string.Join(",", answer.Missing)} {answer.Problem} "
            + string.Join("; ", answer.Retyped.Select(r => $"{r.Column} {r.Declared}: {r.Because}"));
    }
}
