using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests;

/// <summary>Every code that may stand in the way of a scope, and that nothing else does.</summary>
public sealed class ReadinessTests
{
    private static readonly DateTimeOffset s_now = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);

    private static readonly DatasetRegistry s_registry = DatasetRegistry.Load(
        DefinitionsFolder.Shipped,
        SourceTree.Calendars
    );

    private static readonly string[] s_scope = ["tushare.stock_basic", "tushare.daily", "tushare.fund_daily"];

    private SourceConfig _sources = SourceConfig.None;
    private string[] _scope = s_scope;
    private HashSet<string> _providers = ["tushare"];
    private Dictionary<(string, Bucket), string> _noToken = [];
    private HashSet<string> _untestable = [];
    private readonly Dictionary<string, ProbeRecord> _tests = s_scope.ToDictionary(id => id, id => Passed(id));

    private static ProbeRecord Passed(string id, int hoursAgo = 1)
    {
        var dataset = s_registry.Get(id);
        return new ProbeRecord(
            "module",
            dataset.Bucket.Name(),
            dataset.Module,
            dataset.Api,
            ProbeRecord.Pass,
            s_now.AddHours(-hoursAgo),
            null,
            null
        )
        {
            DatasetId = id,
        };
    }

    private static ProbeRecord Refused(string id, ErrorKind kind) =>
        Passed(id) with
        {
            Status = ProbeRecord.Fail,
            Kind = kind.ToString(),
            ErrorCode = "VENDOR_SAID_NO",
            Message = "the vendor said no",
        };

    private string[] Issues() =>
        [
            .. Readiness
                .Of(
                    ModulePlan.Of(new ModuleInput(s_registry, Switches.None, _sources, RolloutFlags.Default)),
                    [.. _scope.Select(s_registry.Get)],
                    new ReadinessFacts(_providers, _noToken, _tests, _untestable),
                    s_now
                )
                .Select(i => string.Join(' ', new[] { i.Level, i.Code, i.DomainId, i.ModuleId }.OfType<string>())),
        ];

    [Fact]
    public void Ready_EverythingHasPassed_HasNoIssue() => Issues().ShouldBeEmpty();

    [Fact]
    public void Untested_AllOfADomain_IsSaidOnceOfTheDomain()
    {
        _tests.Remove("tushare.fund_daily");

        Issues().ShouldBe(["error DOMAIN_TEST_REQUIRED etf"]);
    }

    [Fact]
    public void Untested_OneOfSeveral_IsSaidOfItsModule()
    {
        _tests.Remove("tushare.daily");

        Issues().ShouldBe(["error MODULE_TEST_REQUIRED stock stock.market.daily"]);
    }

    [Fact]
    public void Stale_MoreThanADayAgoOrChangedSince_IsNoPass()
    {
        _tests["tushare.fund_daily"] = Passed("tushare.fund_daily", hoursAgo: 25);
        _tests["tushare.daily"] = Passed("tushare.daily") with { Stale = true };

        Issues().ShouldBe(["error MODULE_TEST_STALE stock stock.market.daily", "error DOMAIN_TEST_STALE etf"]);
    }

    [Fact]
    public void Stale_ADayAgoToTheHour_StillCounts()
    {
        _tests["tushare.daily"] = Passed("tushare.daily", hoursAgo: 24);

        Issues().ShouldBeEmpty();
    }

    [Fact]
    public void Failed_BesideOthersThatMayRun_IsAWarning()
    {
        _tests["tushare.daily"] = Refused("tushare.daily", ErrorKind.Permission);

        Issues().ShouldBe(["warning MODULE_TEST_FAILED stock stock.market.daily"]);
    }

    [Fact]
    public void Failed_AllOfADomain_NamesTheDomainToo()
    {
        _tests["tushare.fund_daily"] = Refused("tushare.fund_daily", ErrorKind.Transient);

        Issues().ShouldBe(["warning DOMAIN_TEST_FAILED etf", "warning MODULE_TEST_FAILED etf etf.daily_quote"]);
    }

    [Fact]
    public void Failed_NothingElseMayRun_IsAnError()
    {
        foreach (var id in s_scope)
        {
            _tests[id] = Refused(id, ErrorKind.Transient);
        }

        Issues()
            .ShouldBe([
                "error DOMAIN_TEST_FAILED stock",
                "error MODULE_TEST_FAILED stock stock.basic",
                "error MODULE_TEST_FAILED stock stock.market.daily",
                "error DOMAIN_TEST_FAILED etf",
                "error MODULE_TEST_FAILED etf etf.daily_quote",
            ]);
    }

    [Fact]
    public void Failed_TokenRefused_IsAnErrorWhateverElseHasPassed()
    {
        _tests["tushare.daily"] = Refused("tushare.daily", ErrorKind.Unauthorized);

        Issues().ShouldBe(["error MODULE_TEST_FAILED stock stock.market.daily"]);
    }

    [Fact]
    public void Token_MissingForADomain_IsSaidOnceInPlaceOfItsTests()
    {
        _noToken[("tushare", Bucket.Stock)] = "There is no Tushare token.";
        _tests.Remove("tushare.daily");

        Issues().ShouldBe(["error DOMAIN_TOKEN_MISSING stock"]);
    }

    [Fact]
    public void Provider_ThatThisProgramDoesNotKnow_BlocksItsDomainAlone()
    {
        _sources = SourceConfig.None.With("etf", d => d with { Provider = "wind" });

        Issues().ShouldBe(["error DOMAIN_PROVIDER_NOT_ACTIVE etf"]);
        _scope = ["tushare.daily"];
        Issues().ShouldBe(["warning DOMAIN_PROVIDER_NOT_ACTIVE etf"], "what the plan does not run cannot block it");
    }

    [Fact]
    public void Vendor_WithoutAClientInThisProgram_IsSaidOfItsDomain()
    {
        _scope = ["tushare.daily", "akshare.fund_etf_hist_em"];

        Issues().ShouldBe(["error RUNTIME_API_MISSING etf"]);
    }

    [Fact]
    public void Untestable_Module_IsAWarning()
    {
        _untestable = ["tushare.daily"];

        Issues().ShouldBe(["warning MODULE_NOT_SYNC_CAPABLE stock stock.market.daily"]);
    }

    [Fact]
    public void Nothing_Selected_IsAnError()
    {
        _scope = [];

        Issues().ShouldBe(["error NO_SYNC_MODULE_SELECTED"]);
    }

    /// <summary>
    /// The predecessor was never ready for its targets: futures were on, and have no module that targets want.
    /// </summary>
    [Fact]
    public void Domain_OnWithoutAModule_WarnsAndBlocksNothing()
    {
        _sources = SourceConfig.None.With("futures", d => d with { Enabled = true });

        Issues().ShouldBe(["warning DOMAIN_HAS_NO_ENABLED_MODULES futures"]);
    }

    /// <summary>And never for its universe: seven modules that were on had no probe.</summary>
    [Fact]
    public void Ready_DefaultsWithEveryProbePassed_IsTrue()
    {
        var plan = ModulePlan.Of(new ModuleInput(s_registry, Switches.None, SourceConfig.None, RolloutFlags.Default));

        var issues = Readiness.Of(
            plan,
            plan.Planned,
            new ReadinessFacts(
                _providers,
                _noToken,
                plan.Planned.ToDictionary(d => d.Id, d => Passed(d.Id)),
                plan.Planned.Where(d => !PreflightCheck.CanAsk(d)).Select(d => d.Id).ToHashSet()
            ),
            s_now
        );

        issues.ShouldBeEmpty();
    }
}
