using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Targets;

namespace Tidemark.Ingest.Tests;

/// <summary>Which instruments are targets and why; that runs, status and commands mean the same ones.</summary>
public sealed class TargetRuleTests
{
    private const string Minutes = "stk_mins";

    /// <summary>A stock of Shanghai in the simulated market; it stands for 600000.SH in the texts of tests.</summary>
    private static readonly Lazy<string> s_one = new(() => OneAsync().GetAwaiter().GetResult());

    private static string One => s_one.Value;

    [Fact]
    public async Task Run_OfAnIndustryBeforeAnyList_FetchesTheListsFirst()
    {
        await using var known = await IngestRig.StartAsync(more: ["index_member_all"]);
        await known.RunTargetsAsync("index_member_all");
        var industry = await known.TextAsync(
            "SELECT l1_name FROM ods.ods_index_member_all WHERE is_new = 'Y' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        );
        await using var rig = await StartAsync($"{{ tags: ['ind:sw:l1:{industry}'] }}", "index_member_all");
        var waiting = await rig.Get<ListTargets>().RunAsync(new ListTargetsRequest(), default);
        waiting.Rules.ShouldHaveSingleItem().WaitsFor.ShouldBe([new ListNeed("tushare.index_member_all")]);
        (await Should.ThrowAsync<TidemarkException>(() => rig.Get<PlannedTargets>().ReadAsync(default))).Code.ShouldBe(
            "TARGETS_UNRESOLVED"
        );

        var response = await rig.RunTargetsAsync();

        response.Runs.Select(r => r.Scope).ShouldBe([Pool.Targets, Pool.Targets]);
        response.Runs[0].Request!.Plan.Datasets.ShouldHaveSingleItem().Id.ShouldBe("tushare.index_member_all");
        response.Runs[1].Request!.Plan.Symbols!.Count.ShouldBeGreaterThan(0);
        var now = await rig.Get<ListTargets>().RunAsync(new ListTargetsRequest(), default);
        now.Targets.Select(t => t.Symbol).ShouldBe(response.Runs[1].Request!.Plan.Symbols, ignoreOrder: true);
        now.Targets.ShouldAllBe(t => t.IsRegistered && t.Reasons.Count == 1);
        (
            await rig.NumberAsync(
                $"SELECT count(DISTINCT ts_code) FROM ods.ods_index_member_all WHERE l1_name = '{industry}' AND in_date <= DATE '2024-06-12' AND coalesce(out_date > DATE '2024-06-12', true)"
            )
        ).ShouldBe(now.Targets.Count);
        (await rig.RunTargetsAsync()).Runs.ShouldHaveSingleItem().Planned.ShouldBe(0, "all is there");
    }

    [Fact]
    public async Task Run_WhoseListTheAccountMayNotUse_IsBlockedAndTheOtherPoolGoesOn()
    {
        await using var rig = await StartAsync("{ tags: ['ind:sw:l1:银行'] }", "index_member_all");
        await rig.ReopenAsync(new VendorSetup { Faults = "- { api: index_member_all, do: no_permission }" });

        var response = await rig.RunBothAsync();

        response.Runs[0].Block.ShouldNotBeNull().Message.ShouldContain("index_member_all");
        response.Runs[^1].Scope.ShouldBe(Pool.Universe);
        response.Runs[^1].Committed.ShouldBeGreaterThan(0);
        response.Verdict.ShouldNotBe(Operations.Verdict.Done);
    }

    [Fact]
    public async Task Run_WithATagThatMatchesNothing_GoesOnWithTheOthersAndTellsIt()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH], tags: ['exchange:SZSF', 'board:火星'] }");
        await rig.RunAsync();

        var response = await rig.RunTargetsAsync();

        response.Runs.ShouldHaveSingleItem().Request!.Plan.Symbols.ShouldBe([One]);
        response.Symbols!.Rules.Select(r => r.Rule).ShouldBe(["tag:exchange:SZSF", "tag:board:火星"]);
        response.Symbols.Rules[0].Problem.ShouldContain("did you mean 'exchange:SZSE'?");
        response.Symbols.Lines.ShouldContain(l => l.Contains("tag:board:火星", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WhoseRulesGiveNothing_IsBlockedAndRecorded()
    {
        await using var rig = await StartAsync("{ tags: ['board:火星'] }");
        await rig.RunAsync();

        (await Should.ThrowAsync<TidemarkException>(() => rig.RunTargetsAsync())).Code.ShouldBe("TARGETS_EMPTY");

        rig.Sql("select count(*) from ingest_runs where meta_json like '%TARGETS_EMPTY%'").ShouldBe("1");
    }

    [Theory]
    [InlineData("ind:sv:l1:银行", "did you mean 'ind:sw:l1'?")]
    [InlineData("kint:stock", "did you mean 'kind'?")]
    public async Task Tag_OfAnUnknownPrefix_IsRefusedWithTheNearest(string tag, string hint)
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }", "index_member_all");
        var wish = new TargetWish { Tags = [tag] };

        var error = await Should.ThrowAsync<TidemarkException>(() => rig.Get<ChangeTargets>().AddAsync(wish, default));

        error.Code.ShouldBe("TAG_UNKNOWN");
        error.Message.ShouldContain(hint);
        (await rig.Get<TargetSettings>().ConfigAsync(default)).Tags.ShouldBeEmpty();
    }

    [Fact]
    public async Task Index_OnADay_HasTheMembersOfTheNewestListBefore()
    {
        await using var rig = await StartAsync(
            "{ indexes: [000016.SH, 000016.SH@2024-04-15] }",
            "index_basic",
            "index_weight"
        );

        var response = await rig.RunTargetsAsync();

        var targets = await rig.Get<PlannedTargets>().ResolveAsync(asOf: null, default);
        targets.Rules.ShouldAllBe(r => r.Problem == null);
        (await MembersAsync(rig, "000016.SH", "2024-06-12")).ShouldBe(Of(targets, "index:000016.SH"));
        (await MembersAsync(rig, "000016.SH", "2024-04-15")).ShouldBe(Of(targets, "index:000016.SH@2024-04-15"));
        response.Runs[^1].Request!.Plan.Symbols.ShouldBe(targets.Targets.Select(t => t.Symbol), ignoreOrder: true);
    }

    [Fact]
    public async Task Index_WithoutLists_SaysWhichThereAre()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }", "index_basic", "index_weight");
        await rig.RunAsync();
        var wish = new TargetWish { Indexes = ["000001.SH"] };

        var error = await Should.ThrowAsync<TidemarkException>(() => rig.Get<ChangeTargets>().AddAsync(wish, default));

        error.Code.ShouldBe("TARGETS_UNMATCHED");
        error.Message.ShouldContain("part.values");
    }

    [Fact]
    public async Task TemporaryTarget_ExpiresOrIsPromoted()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }");
        await rig.RunAsync();
        var (first, second) = await TwoOthersAsync(rig);
        var change = rig.Get<ChangeTargets>();

        var added = await change.AddAsync(
            new TargetWish { Symbols = [first, second], Ttl = TimeSpan.FromDays(7) },
            default
        );

        added.Added.Select(t => t.Reasons.Single()).ShouldBe(["temp:2024-06-19", "temp:2024-06-19"]);
        var promoted = await change.PromoteAsync([first], default);
        promoted.Changed.ShouldHaveSingleItem().After.ShouldBe(["explicit"]);
        rig.Clock.Advance(TimeSpan.FromDays(7));
        (await SymbolsAsync(rig)).ShouldBe(new[] { One, first }.Order(StringComparer.Ordinal));
        (await Should.ThrowAsync<TidemarkException>(() => change.PromoteAsync([second], default))).Code.ShouldBe(
            "TARGETS_ELSEWHERE"
        );
        await change.AddAsync(new TargetWish { Symbols = [first], Ttl = TimeSpan.FromDays(1) }, default);
        rig.Sql("select value from market_settings where key = 'targets_temp_symbols_v1'")
            .ShouldNotContain(second, Case.Sensitive, "what has expired is forgotten by the next change");
        rig.Sql("select count(*) from settings_history_v1 where key like 'targets%'").ShouldBe("4");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(91)]
    public async Task TemporaryTarget_OfAnotherTime_IsRefused(double days)
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }");
        var wish = new TargetWish { Symbols = [One], Ttl = TimeSpan.FromDays(days) };

        (
            await Should.ThrowAsync<TidemarkException>(() => rig.Get<ChangeTargets>().AddAsync(wish, default))
        ).Code.ShouldBe("TARGETS_BAD_RULE");
    }

    [Fact]
    public async Task Changes_AddAndRemoveWhatTheyNamedAndNothingElse()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH], watchlists: { core: [600000.SH] } }");
        await rig.RunAsync();
        var (first, second) = await TwoOthersAsync(rig);
        var change = rig.Get<ChangeTargets>();
        var all = new TargetWish { Symbols = [first], Tags = ["exchange:SZSE"] };

        (await change.AddAsync(all, default)).Added.ShouldContain(t => t.Symbol == first);
        var listed = await change.AddAsync(new TargetWish { Symbols = [second], Watchlist = "core" }, default);
        listed.After.Targets.Single(t => t.Symbol == second).Reasons.ShouldContain("watchlist:core");
        listed.After.Targets.Single(t => t.Symbol == One).Reasons.ShouldBe(["explicit", "watchlist:core"]);
        var elsewhere = await Should.ThrowAsync<TidemarkException>(() =>
            change.RemoveAsync(new TargetWish { Symbols = [first, One[..6]] }, default)
        );
        elsewhere.Code.ShouldBe("TARGETS_ELSEWHERE");
        elsewhere.Message.ShouldContain($"{One[..6]} (a target by explicit, watchlist:core)");
        await change.RemoveAsync(all, default);
        await change.RemoveAsync(new TargetWish { Symbols = [second], Watchlist = "core" }, default);

        (await SymbolsAsync(rig)).ShouldBe([One]);
        (
            await Should.ThrowAsync<TidemarkException>(() =>
                change.AddAsync(new TargetWish { Symbols = ["999999.SH"] }, default)
            )
        ).Code.ShouldBe("TARGETS_UNMATCHED");
    }

    [Fact]
    public async Task Preview_ShowsTheDifferenceAndChangesNothing()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }");
        await rig.RunAsync();
        var preview = rig.Get<PreviewTargets>();
        var wish = new TargetWish { Tags = ["exchange:SSE & kind:stock"] };

        var beside = await preview.RunAsync(new PreviewTargetsRequest(wish, IsInstead: false), default);
        var instead = await preview.RunAsync(
            new PreviewTargetsRequest(wish with { Tags = ["exchange:SZSE"] }, IsInstead: true),
            default
        );

        beside.Changed.ShouldHaveSingleItem().After.ShouldBe(["explicit", "tag:exchange:SSE & kind:stock"]);
        beside.Added.ShouldAllBe(t => t.Symbol.EndsWith(".SH", StringComparison.Ordinal));
        instead.Removed.ShouldHaveSingleItem().Symbol.ShouldBe(One);
        (await SymbolsAsync(rig)).ShouldBe([One]);
    }

    [Fact]
    public async Task RunAfterTheUniverse_AsksOnlyForWhatIsMissing()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }", Minutes);
        await rig.RunAsync();
        await rig.RunTargetsAsync("daily", Minutes);
        (await PlannedAsync(rig, "daily", Minutes)).Units.ShouldBeEmpty();
        var (other, _) = await TwoOthersAsync(rig);

        await rig.Get<ChangeTargets>()
            .AddAsync(new TargetWish { Symbols = [other], Ttl = ChangeTargets.DefaultTtl }, default);

        var units = (await PlannedAsync(rig, "daily", Minutes)).Units;
        units.ShouldNotBeEmpty();
        units.ShouldAllBe(u => u.Dataset.Id == "tushare.stk_mins" && u.Id.Part == other);
    }

    [Fact]
    public async Task RunOfTargetsAlone_AsksForAbsentDaysByTheCheaperAxis()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }");
        rig.PlanFrom = "2024-01-02";
        await rig.ReopenAsync();
        await rig.RunTargetsAsync("stock_basic");

        var alone = (await PlannedAsync(rig, "daily")).Units;
        var both = await rig.Get<WorkspacePlan>().ForRunAsync(Pool.Targets, ["daily"], null, isAlone: false, default);

        alone.ShouldHaveSingleItem().Id.Part.ShouldBe(One, "a call for the symbol instead of 30 days");
        (await rig.Get<ExecutionPlanner>().PlanAsync(both, default)).Units.Count.ShouldBe(
            30,
            "the universe needs the days anyway"
        );
        await rig.RunTargetsAsync("daily");
        (await PlannedAsync(rig, "daily")).Units.ShouldBeEmpty();
        (
            await rig.NumberAsync($"SELECT count(DISTINCT trade_date) FROM ods.ods_daily WHERE ts_code = '{One}'")
        ).ShouldBeGreaterThan(25);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        (await PlannedAsync(rig, "daily"))
            .Units.ShouldHaveSingleItem()
            .Id.Part.ShouldBe(One, "it is proved by symbol, and one call either way");
    }

    [Fact]
    public async Task TargetsOfEveryKind_AreAskedOfTheirOwnDatasetsAlone()
    {
        string[] more = ["index_basic", "fut_basic", "fx_obasic", "fx_daily", Minutes];
        await using var rig = await StartAsync("{ symbols: [600000.SH] }", more);
        await rig.RunTargetsAsync("stock_basic", "index_basic", "fx_obasic");
        var index = await rig.TextAsync("SELECT min(ts_code) FROM ods.ods_index_basic WHERE market = 'SSE'");
        rig.Targets = $"{{ symbols: [{One}, {index}, usdcnh.fxcm, CU2407.SHF] }}";
        await rig.ReopenAsync();

        var response = await rig.RunTargetsAsync("daily", "fx_daily", Minutes);

        var run = response.Runs.ShouldHaveSingleItem();
        run.Errors.ShouldBeEmpty();
        run.Work.Committed.Where(c => c.Unit.Id.Dataset.EndsWith(Minutes, StringComparison.Ordinal))
            .Select(c => c.Unit.Id.Part)
            .Distinct()
            .ShouldBe([One]);
        var listed = await rig.Get<ListTargets>().RunAsync(new ListTargetsRequest(), default);
        listed
            .Targets.Select(t => $"{t.Symbol} {t.Kind} {t.IsRegistered}")
            .ShouldBe(
                [$"{One} Stock True", $"{index} Index True", "CU2407.SHF  False", "USDCNH.FXCM Fx True"],
                ignoreOrder: true
            );
        response.Symbols!.Targets.ShouldHaveSingleItem().Typed.ShouldBe("CU2407.SHF", "its list is not there");
    }

    [Fact]
    public async Task AnyRules_MeanTheSameForCommandsPlansAndStatus()
    {
        await using var rig = await StartAsync("{ symbols: [600000.SH] }", "index_basic");
        await rig.RunAsync();
        string[] tags =
        [
            "exchange:SSE",
            "exchange:SZSE & kind:stock",
            "kind:stock",
            "board:主板",
            "market:创业板",
            "board:火星",
        ];
        using var result = await rig.Get<Lake.DataLake>().OpenSessionAsync(null, default);
        string[] symbols =
        [
            .. result.Connection.Query("SELECT ts_code FROM ods.ods_stock_basic").Rows().Select(r => (string)r[0]!),
            "999999.SH",
        ];
        var rules =
            from typed in Gen.Elements(symbols).ListOf().Select(l => l.Take(5).ToArray())
            from tag in Gen.SubListOf(tags)
            from list in Gen.Elements("a", "b", null)
            select new TargetConfig
            {
                Symbols = list is null ? typed : [],
                Tags = [.. tag],
                Watchlists = list is null
                    ? new Dictionary<string, IReadOnlyList<string>>()
                    : new Dictionary<string, IReadOnlyList<string>> { [list] = typed },
            };

        Prop.ForAll(rules.ToArbitrary(), config => AreOne(rig, config)).QuickCheckThrowOnFailure();
    }

    private static bool AreOne(IngestRig rig, TargetConfig config)
    {
        rig.Get<TargetSettings>().ChangeAsync(_ => config, "test", default).GetAwaiter().GetResult();
        var listed = rig.Get<ListTargets>().RunAsync(new ListTargetsRequest(), default).Result.Targets;
        var planned = rig.Get<WorkspacePlan>().ForRunAsync(Pool.Targets, [], null, true, default).Result.Symbols!;
        var evaluated = rig.Get<ITargetSymbols>().ReadAsync(default).Result.Symbols;
        return listed.Select(t => t.Symbol).SequenceEqual(planned.Order(StringComparer.Ordinal))
            && evaluated.SetEquals(planned)
            && listed.All(t => t.Reasons.Count > 0);
    }

    private static async Task<string> OneAsync()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunTargetsAsync("stock_basic");
        return await rig.TextAsync(
            "SELECT min(ts_code) FROM ods.ods_stock_basic WHERE list_status = 'L' AND list_date < DATE '2020-01-01' AND ts_code LIKE '%.SH'"
        );
    }

    private static async Task<IngestRig> StartAsync(string targets, params string[] more)
    {
        var rig = await IngestRig.StartAsync(more: more);
        rig.Targets = targets.Replace("600000.SH", One, StringComparison.Ordinal);
        await rig.ReopenAsync();
        return rig;
    }

    private static async Task<ExecutionPlan> PlannedAsync(IngestRig rig, params string[] datasets) =>
        await rig.Get<ExecutionPlanner>()
            .PlanAsync(
                await rig.Get<WorkspacePlan>().ForRunAsync(Pool.Targets, datasets, null, isAlone: true, default),
                default
            );

    private static async Task<string[]> SymbolsAsync(IngestRig rig) =>
        [.. (await rig.Get<PlannedTargets>().ReadAsync(default)).Symbols.Order(StringComparer.Ordinal)];

    private static async Task<(string First, string Second)> TwoOthersAsync(IngestRig rig) =>
        (await OtherAsync(rig, 0), await OtherAsync(rig, 1));

    private static Task<string> OtherAsync(IngestRig rig, int place) =>
        rig.TextAsync(
            $"SELECT ts_code FROM ods.ods_stock_basic WHERE list_status = 'L' AND list_date < DATE '2020-01-01' AND ts_code NOT IN ('{One}') AND ts_code LIKE '%.SH' ORDER BY ts_code LIMIT 1 OFFSET {place}"
        );

    private static IEnumerable<string> Of(TargetResolution targets, string reason) =>
        targets.Targets.Where(t => t.Reasons.Contains(reason)).Select(t => t.Symbol);

    private static async Task<string[]> MembersAsync(IngestRig rig, string index, string day) =>
        (
            await rig.TextAsync(
                $"SELECT string_agg(con_code, ' ' ORDER BY con_code) FROM ods.ods_index_weight WHERE index_code = '{index}' AND trade_date = (SELECT max(trade_date) FROM ods.ods_index_weight WHERE index_code = '{index}' AND trade_date <= DATE '{day}')"
            )
        ).Split(' ');
}
