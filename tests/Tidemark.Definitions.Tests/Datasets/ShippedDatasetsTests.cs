using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>What is shipped is what the vendor has: columns, their order, types and units.</summary>
public sealed class ShippedDatasetsTests
{
    private static readonly Dictionary<ColumnKind, string> s_types = new()
    {
        [ColumnKind.Text] = "t",
        [ColumnKind.Date] = "d",
        [ColumnKind.Timestamp] = "m",
        [ColumnKind.Long] = "i",
        [ColumnKind.Double] = "n",
    };

    private static readonly DatasetRegistry s_shipped = new DefinitionBundle(
        new DefinitionFolders(Path.Combine(SourceTree.Root, "definitions"), null),
        Switches.None
    ).Datasets;

    private static IEnumerable<DatasetDefinition> Tushares => s_shipped.All.Where(d => d.Vendor == "tushare");

    private static IEnumerable<DatasetDefinition> AkShares => s_shipped.All.Where(d => d.Vendor == "akshare");

    public static TheoryData<string> Ids => [.. Tushares.Select(dataset => dataset.Id)];

    [Fact]
    public void AkShares_StandBy_AndTellInBothLanguagesWhatTheyAre()
    {
        AkShares.Count().ShouldBe(22);
        AkShares.ShouldAllBe(d => d.IsStandby && d.Batch == null && !string.IsNullOrWhiteSpace(d.TitleZh));
        AkShares
            .SelectMany(d => d.Columns)
            .ShouldAllBe(column => column.Description != null && column.DescriptionZh != null);
    }

    /// <summary>By the vendors' pages: which have rows of each instrument a day, and which do not.</summary>
    [Fact]
    public void Shipped_SayWhatTheirUnitsOwe()
    {
        IdsOf(ExpectedRows.CalendarDay)
            .ShouldBe([
                "akshare.bond_zh_us_rate",
                "akshare.macro_china_shibor_all",
                "tushare.daily_info",
                "tushare.fund_share",
                "tushare.fut_holding",
                "tushare.fut_wsr",
                "tushare.fx_daily",
                "tushare.index_dailybasic",
                "tushare.shibor",
                "tushare.stock_st",
                "tushare.sz_daily_info",
                "tushare.us_tbr",
                "tushare.us_tltr",
                "tushare.us_trltr",
                "tushare.us_trycr",
                "tushare.us_tycr",
            ]);
        IdsOf(ExpectedRows.Period)
            .ShouldBe([
                "akshare.macro_china_lpr",
                "tushare.cn_cpi",
                "tushare.cn_gdp",
                "tushare.cn_m",
                "tushare.cn_pmi",
                "tushare.cn_ppi",
                "tushare.index_weight",
                "tushare.monthly",
                "tushare.sf_month",
                "tushare.shibor_lpr",
                "tushare.tmt_twincome",
            ]);
        IdsOf(ExpectedRows.Event)
            .ShouldBe([
                "tushare.block_trade",
                "tushare.dividend",
                "tushare.index_global",
                "tushare.namechange",
                "tushare.repurchase",
                "tushare.st",
                "tushare.suspend_d",
            ]);
        IdsOf(ExpectedRows.Live)
            .ShouldBe([
                "akshare.fund_etf_spot_em",
                "akshare.stock_zh_a_spot_em",
                "tushare.rt_etf_k",
                "tushare.rt_idx_k",
                "tushare.rt_idx_min",
                "tushare.rt_min",
            ]);
        s_shipped.All.Where(d => d.Expected == ExpectedRows.Snapshot).ShouldAllBe(d => d.IsList);
    }

    private static IEnumerable<string> IdsOf(ExpectedRows expected) =>
        s_shipped.All.Where(d => d.Expected == expected).Select(d => d.Id);

    [Fact]
    public void AkShares_AreBroughtByTheirVendor_AndByNoBucket()
    {
        Bundle("akshare").Datasets.Planned.Count(d => d.Vendor == "akshare").ShouldBe(22);
        Bundle("stock", "etf", "macro").Datasets.Planned.ShouldAllBe(d => d.Vendor == "tushare");
    }

    [Fact]
    public void Shipped_AreThoseOfThePlan_AndNoneIsLeftOut()
    {
        s_shipped.LeftOut.ShouldBeEmpty();
        Tushares.Count().ShouldBeGreaterThanOrEqualTo(60);
        Tushares.Select(dataset => dataset.Api).ShouldBe(VendorColumns.Read().Keys, ignoreOrder: true);
        Tushares.Where(dataset => dataset.Batch is null).Select(dataset => dataset.Api).ShouldBe(["fut_trade_cal"]);
        var byBatch = Tushares
            .Where(dataset => dataset.Batch is not null)
            .GroupBy(dataset => dataset.Batch!)
            .ToDictionary(b => b.Key, b => b.Count());
        byBatch.ShouldBe(
            new Dictionary<string, int>
            {
                ["P0"] = 39,
                ["P1"] = 16,
                ["P2"] = 10,
            },
            ignoreOrder: true
        );
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Columns_AreTheVendors_InItsOrderWithTypesAndUnits(string id)
    {
        var dataset = s_shipped.Find(id)!;

        // The day of a moment is made here: its field is named before.
        var declared = dataset
            .Columns.DistinctBy(column => column.Field)
            .Select(column => new VendorColumn(column.Field, s_types[column.Kind], column.Unit));

        declared.ShouldBe(VendorColumns.Read()[dataset.Api]);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void EachOfThem_TellsInBothLanguagesWhatItIsAndWhatItNeeds(string id)
    {
        var dataset = s_shipped.Find(id)!;

        dataset.TitleZh.ShouldNotBeNullOrWhiteSpace();
        dataset.Needs.ShouldNotBeNull();
        dataset.Columns.ShouldAllBe(column => column.Description != null && column.DescriptionZh != null);
    }

    [Fact]
    public void Runs_PlanTheTenOfTheBeginning_UntilMoreAreAskedFor()
    {
        s_shipped.Planned.Count.ShouldBe(10);
        s_shipped.Get("tmt_twincome").IsPlanned.ShouldBeFalse();
        var wanted = Bundle("P1", "etf", "tushare.weekly").Datasets;

        wanted.Planned.Count(d => d.Batch == "P1").ShouldBe(15, "all but the one that is retired");
        wanted.Planned.Where(d => d.Bucket == Bucket.Etf).Count().ShouldBe(7);
        wanted.Get("weekly").IsPlanned.ShouldBeTrue();
        wanted.Get("monthly").IsPlanned.ShouldBeFalse();
    }

    [Fact]
    public void Fingerprint_OfAnotherWish_IsAnother() => Bundle("P1").Fingerprint.ShouldNotBe(Bundle().Fingerprint);

    private static DefinitionBundle Bundle(params string[] on) =>
        new(
            new DefinitionFolders(Path.Combine(SourceTree.Root, "definitions"), null),
            new Switches([]) { On = [.. on.Select(word => new Switch(word, default))] }
        );
}
