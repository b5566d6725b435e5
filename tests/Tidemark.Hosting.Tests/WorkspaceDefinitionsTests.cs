using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Yaml;
using Tidemark.Operations.Definitions;
using Tidemark.Testing;
using Tidemark.Warehouse.Project;

namespace Tidemark.Hosting.Tests;

/// <summary>What a whole workspace makes of its own definitions and of <c>off:</c>.</summary>
public sealed class WorkspaceDefinitionsTests : IDisposable
{
    private static readonly string s_shipped = Path.Combine(AppContext.BaseDirectory, "definitions");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_AFolderWithOneDataset_AddsItToThoseShipped()
    {
        _folder.Write("definitions/datasets/tushare.yearly.yaml", Yearly());
        await using var host = Open("");

        var report = host.Get<DescribeDefinitions>().Describe();

        host.Get<DatasetRegistry>().Get("yearly").Table.ShouldBe("ods_yearly");
        host.Get<WarehouseProject>().Tables.ShouldNotBeEmpty();
        report.Kinds.Single(k => k.Kind == "datasets").Own.ShouldBe(1);
        report.Kinds.Sum(k => k.Own).ShouldBe(1);
        report.Kinds.ShouldAllBe(k => k.Shipped > 0 && k.Replaced.Count == 0);
        report.Off.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_ACopyOfAllDefinitions_IsTheSameWithEveryOneReplaced()
    {
        foreach (var file in Directory.EnumerateFiles(s_shipped, "*", SearchOption.AllDirectories))
        {
            _folder.Write(Path.Combine("definitions", Path.GetRelativePath(s_shipped, file)), File.ReadAllText(file));
        }

        await using var copied = Open("");
        var report = copied.Get<DescribeDefinitions>().Describe();
        report.Kinds.ShouldAllBe(k => k.Shipped == 0 && k.Own > 0 && k.Replaced.Count == k.Own);

        Directory.Delete(Path.Combine(_folder.Path, "definitions"), recursive: true);
        await using var plain = Open("");
        copied
            .Get<WarehouseProject>()
            .Tables.Select(t => t.Id)
            .ShouldBe(plain.Get<WarehouseProject>().Tables.Select(t => t.Id));
    }

    [Fact]
    public async Task Describe_WhatIsOff_SaysWhatDependsOnIt()
    {
        await using var host = Open("off: [tushare.suspend_d, etf.daily_quote, dim.dim_trade_calendar]");

        var report = host.Get<DescribeDefinitions>().Describe();

        report
            .Off.Select(o => $"{o.Kind} {o.Id}")
            .ShouldBe(
                [
                    "dataset tushare.fund_daily",
                    "dataset tushare.suspend_d",
                    "check etf.daily_bars",
                    "table dim.dim_trade_calendar",
                    "table dwd.dwd_macro_observation",
                    "table dws.dws_macro_snapshot",
                ],
                ignoreOrder: true
            );
        report.Notes.ShouldContain(note =>
            note.StartsWith("stock.daily_bars excuses suspended days by tushare.suspend_d")
        );
        report.Notes.ShouldContain(note => note.StartsWith("dwd.dwd_stock_daily reads ods.ods_suspend_d"));
    }

    [Fact]
    public async Task Open_AnIdUnderOffThatIsNone_NamesTheLineAndTheNearest()
    {
        await using var host = Open("timezone: Asia/Shanghai\noff: [tushare.fund_dayly]");

        var error = Should.Throw<InvalidDefinitionException>(() => host.Get<DatasetRegistry>());

        error.Code.ShouldBe("CONFIG_INVALID");
        error.Message.ShouldContain("tidemark.yaml:2: 'off' names 'tushare.fund_dayly'");
        error.Message.ShouldContain("did you mean 'tushare.fund_daily'?");
        error.Kind.ShouldBe(ErrorKind.Configuration);
    }

    private TidemarkHost Open(string yaml)
    {
        _folder.Write("tidemark.yaml", yaml);
        return TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder.Path, new ManualClock(), new SystemIdSource()),
            workspace: null
        );
    }

    private static string Yearly() =>
        File.ReadAllText(Path.Combine(s_shipped, "datasets", "tushare.daily.yaml"))
            .Replace("tushare.daily", "tushare.yearly", StringComparison.Ordinal)
            .Replace("ods_daily", "ods_yearly", StringComparison.Ordinal)
            .Replace("api: daily", "api: yearly", StringComparison.Ordinal)
            .Replace("module: stock.market.daily", "module: stock.yearly", StringComparison.Ordinal);
}
