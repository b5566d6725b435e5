using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests;

/// <summary>Which modules daily runs fetch, and who said no: enabled = configured ∩ allowed.</summary>
public sealed class ModulePlanTests
{
    private static readonly DateTimeOffset s_day = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    private static readonly RolloutFlags s_waves = RolloutFlags.Default.With(
        FlagNames.Waves.ToDictionary(name => name, _ => true),
        s_day
    );

    private static DatasetRegistry Registry(Switches? switches = null) =>
        DatasetRegistry.Load(
            DefinitionFiles.Read(DefinitionsFolder.Shipped, own: null, DatasetRegistry.Kind),
            SourceTree.Calendars,
            switches ?? Switches.None
        );

    private static Switches File(string[]? off = null, string[]? on = null) =>
        new([.. (off ?? []).Select(Of)]) { On = [.. (on ?? []).Select(Of)] };

    private static Switch Of(string word) => new(word, new YamlOrigin("tidemark.yaml", 1));

    private static ModulePlan Plan(
        RolloutFlags? flags = null,
        SourceConfig? sources = null,
        Switches? switches = null,
        string[]? proved = null,
        string[]? refused = null
    ) =>
        ModulePlan.Of(
            new ModuleInput(
                Registry(switches),
                switches ?? Switches.None,
                sources ?? SourceConfig.None,
                flags ?? RolloutFlags.Default
            )
            {
                Proved = (proved ?? []).ToHashSet(),
                Refused = (refused ?? []).ToDictionary(id => id, _ => new AccessRefusal(s_day, "no permission")),
            }
        );

    private static string Why(ModulePlan plan, string dataset) =>
        plan.Find(dataset) is { } of
            ? $"{(of.IsConfigured ? "configured" : "not configured")} {of.By}, {of.ClosedBy ?? "allowed"}"
            : "unknown";

    [Fact]
    public void Flags_NobodyHasChangedThem_AreThoseOfThePlan()
    {
        FlagNames.All.Count.ShouldBe(10);
        FlagNames
            .All.Where(RolloutFlags.Default.IsOn)
            .ShouldBe([
                "p0Enabled",
                "p1Enabled",
                "p2Enabled",
                "p2RealtimeIndexV1",
                "p2RealtimeEquityEtfV1",
                "p2FuturesMicrostructureV1",
            ]);
        RolloutFlags.Default.UpdatedAt.ShouldBe(0);
    }

    [Fact]
    public void Flags_EachChanged_IsThatOneAloneAndMovesTheMoment()
    {
        foreach (var name in FlagNames.All)
        {
            var on = RolloutFlags.Default.IsOn(name);
            var changed = RolloutFlags.Default.With(new Dictionary<string, bool> { [name] = !on }, s_day);

            FlagNames.All.Where(f => changed.IsOn(f) != RolloutFlags.Default.IsOn(f)).ShouldBe([name]);
            changed.UpdatedAt.ShouldBe(s_day.ToUnixTimeMilliseconds());
            RolloutFlags.Default.With(new Dictionary<string, bool> { [name] = on }, s_day).UpdatedAt.ShouldBe(0);
        }
    }

    [Fact]
    public void Plan_Defaults_LeavesOutTheWavesAloneOfWhatIsConfigured()
    {
        var plan = Plan();

        plan.LeftOut.Select(d => $"{d.Dataset.Id} {d.ClosedBy}")
            .ShouldBe([
                "tushare.daily_basic universeDailyBasicEnabled",
                "tushare.index_daily universeIndexDailyEnabled",
            ]);
        plan.Planned.Select(d => d.Id)
            .ShouldBe([
                "tushare.adj_factor",
                "tushare.daily",
                "tushare.fund_basic",
                "tushare.fund_daily",
                "tushare.index_basic",
                "tushare.stock_basic",
                "tushare.suspend_d",
                "tushare.trade_cal",
            ]);
        plan.Excluded.ShouldBe(
            new Dictionary<string, CellReason>
            {
                ["tushare.daily_basic"] = CellReason.OutsidePlan,
                ["tushare.index_daily"] = CellReason.OutsidePlan,
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public void Plan_WavesOn_PlansEveryDatasetThatDoesNotStandBy()
    {
        var plan = Plan(s_waves);

        plan.Planned.ShouldBe(
            Registry().Planned,
            comparer: EqualityComparer<DatasetDefinition>.Create((a, b) => a!.Id == b!.Id)
        );
        plan.LeftOut.ShouldBeEmpty();
        plan.Excluded.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tushare.rt_idx_k", "p2RealtimeIndexV1")]
    [InlineData("tushare.rt_idx_min", "p2RealtimeIndexV1")]
    [InlineData("tushare.idx_mins", "p2RealtimeIndexV1")]
    [InlineData("tushare.rt_etf_k", "p2RealtimeEquityEtfV1")]
    [InlineData("tushare.rt_min", "p2RealtimeEquityEtfV1")]
    [InlineData("tushare.stk_mins", "p2RealtimeEquityEtfV1")]
    [InlineData("tushare.ft_mins", "p2FuturesMicrostructureV1")]
    [InlineData("tushare.fut_wsr", "p2FuturesMicrostructureV1")]
    [InlineData("tushare.fut_holding", "p2FuturesMicrostructureV1")]
    [InlineData("tushare.stk_premarket", "p2SpecialPermissionStkPremarketV1")]
    public void Plan_DatasetOfTheSecondBatch_NeedsItsFlagAndThatOfTheBatch(string dataset, string flag)
    {
        var wanted = File(on: ["P2"]);
        var open = RolloutFlags.Default.With(new Dictionary<string, bool> { [flag] = true }, s_day);
        Why(Plan(open, switches: wanted, proved: [dataset]), dataset).ShouldBe("configured FileOn, allowed");

        var flagOff = open.With(new Dictionary<string, bool> { [flag] = false }, s_day);
        Why(Plan(flagOff, switches: wanted, proved: [dataset]), dataset).ShouldBe($"configured FileOn, {flag}");
        var batchOff = open with { P2Enabled = false };
        Why(Plan(batchOff, switches: wanted, proved: [dataset]), dataset).ShouldBe("configured FileOn, p2Enabled");
    }

    [Fact]
    public void Plan_EveryDatasetOfTheSecondBatch_NamesAFlag() =>
        Registry().All.Where(d => d.Batch == "P2").ShouldAllBe(d => d.Flag != null);

    [Theory]
    [InlineData("P0", "tushare.daily", "p0Enabled")]
    [InlineData("P1", "tushare.cn_cpi", "p1Enabled")]
    public void Plan_BatchOff_ClosesItsDatasets(string batch, string dataset, string flag)
    {
        var flags = s_waves.With(new Dictionary<string, bool> { [flag] = false }, s_day);

        var plan = Plan(flags, switches: File(on: ["P0", "P1"]));

        plan.Find(dataset)!.ClosedBy.ShouldBe(flag);
        plan.Planned.ShouldAllBe(d => d.Batch != batch);
    }

    [Fact]
    public void Plan_SpecialPermission_IsNotTakenForGrantedWithoutARecentProbe()
    {
        var flags = RolloutFlags.Default with { P2SpecialPermissionStkPremarketV1 = true };
        var wanted = File(on: ["stock.premarket"]);

        var unproved = Plan(flags, switches: wanted).Find("tushare.stk_premarket")!;
        unproved.IsEnabled.ShouldBeFalse();
        unproved.IsUnproved.ShouldBeTrue();
        Plan(flags, switches: wanted, proved: ["tushare.stk_premarket"])
            .Find("tushare.stk_premarket")!
            .IsEnabled.ShouldBeTrue();

        var plan = Plan(flags);
        DatasetDefinition[] named =
        [
            plan.Find("tushare.stk_premarket")!.Dataset,
            plan.Find("tushare.daily_basic")!.Dataset,
        ];
        plan.Forbidden(named).Select(d => d.Dataset.Id).ShouldBe(["tushare.stk_premarket"]);
        plan.Overridden(named).Select(d => d.Dataset.Id).ShouldBe(["tushare.daily_basic"]);
    }

    /// <summary>Who goes before whom, from the strongest no to the default.</summary>
    [Fact]
    public void Configured_EveryoneSaysSomething_TheFirstThatFitsDecides()
    {
        var on = File(on: ["stock.moneyflow"]);
        var off = SourceConfig.None.With("stock", d => d.With("stock.moneyflow", enabled: false));
        var yes = SourceConfig.None.With("stock", d => d.With("stock.moneyflow", enabled: true));
        var domainOff = yes.With("stock", d => d with { Enabled = false });
        var elsewhere = SourceConfig.None.With("stock", d => d with { Provider = "akshare" });
        const string It = "tushare.moneyflow";

        Why(Plan(s_waves), It).ShouldBe("not configured Standby, allowed");
        Why(Plan(s_waves, switches: on), It).ShouldBe("configured FileOn, allowed");
        Why(Plan(s_waves, elsewhere), It).ShouldBe("not configured SourceProvider, allowed");
        Why(Plan(s_waves, elsewhere, on), It).ShouldBe("configured FileOn, allowed");
        Why(Plan(s_waves, yes), It).ShouldBe("configured SourceModule, allowed");
        Why(Plan(s_waves, off, on), It).ShouldBe("not configured SourceModule, allowed");
        Why(Plan(s_waves, domainOff, on), It).ShouldBe("not configured SourceDomain, allowed");
        Why(Plan(s_waves, yes, File(off: ["stock.moneyflow"])), It).ShouldBe("not configured FileOff, allowed");
        Why(Plan(s_waves), "tushare.daily").ShouldBe("configured Definition, allowed");
    }

    /// <summary>What a newer version brought was off for all who had ever saved a configuration.</summary>
    [Fact]
    public void Configured_ModuleThatTheStoredConfigurationDoesNotKnow_FollowsItsOwnDefault()
    {
        var sources = SourceConfig.None.With(
            "stock",
            d => d.With("stock.moneyflow", enabled: true) with { Enabled = true }
        );

        Plan(s_waves, sources).Find("tushare.adj_factor")!.IsEnabled.ShouldBeTrue();
    }

    [Fact]
    public void Module_OfSeveralDatasets_IsEnabledWithAnyOfThem()
    {
        var plan = Plan();

        var module = plan.Modules.Single(m => m.Module == "stock.daily_basic");
        module.IsConfigured.ShouldBeTrue();
        module.IsAllowed.ShouldBeFalse();
        module.IsEnabled.ShouldBeFalse();
        module.ClosedBy.ShouldBe(FlagNames.DailyBasic);
        module.Flags.ShouldBe([FlagNames.P0, FlagNames.DailyBasic]);
        plan.Modules.SelectMany(m => m.Datasets).Count().ShouldBe(plan.Decisions.Count);
    }

    [Fact]
    public void Refused_SomeOfThem_AreLeftOutAndTheirCellsAreNotEntitled()
    {
        var plan = Plan(s_waves, refused: ["tushare.fund_daily"]);

        plan.Planned.ShouldNotContain(d => d.Id == "tushare.fund_daily");
        plan.NotEntitled.Select(d => d.Dataset.Id).ShouldBe(["tushare.fund_daily"]);
        plan.Excluded["tushare.fund_daily"].ShouldBe(CellReason.NotEntitled);
        plan.Enabled.ShouldContain(d => d.Id == "tushare.fund_daily");
    }

    /// <summary>Else a run of nothing would succeed every day.</summary>
    [Fact]
    public void Refused_AllOfThem_AreAskedAgain()
    {
        var all = Registry().Planned.Select(d => d.Id).ToArray();

        var plan = Plan(s_waves, refused: all);

        plan.Planned.Select(d => d.Id).ShouldBe(all);
        plan.NotEntitled.ShouldBeEmpty();
        plan.Excluded.ShouldBeEmpty();
    }

    /// <summary>Every module that can be enabled has a probe, from the first moment on.</summary>
    [Fact]
    public void Probe_EveryShippedDataset_CanBeAskedForBeforeAnyListIsThere() =>
        Registry().All.Where(d => d.Retired is null).ShouldAllBe(d => PreflightCheck.CanAsk(d));

    /// <summary>The predecessor downloaded the whole catalogue to see whether funds can be had.</summary>
    [Fact]
    public void Probe_Funds_IsOneCallOfOneDay()
    {
        var list = Registry().Get("tushare.fund_basic");

        list.Module.ShouldBe("etf.basic_info");
        PreflightCheck.CanAsk(list).ShouldBeTrue();
        Plan().Modules.Count(m => m.Module == "etf.daily_quote").ShouldBe(1);
    }
}
