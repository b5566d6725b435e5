using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Runs" of <c>docs/errors.md</c>, and what commits say where writers meet.</summary>
public sealed class RunAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private static readonly string[] s_universe = ["run", "universe"];

    internal static readonly AdviceScenario[] All =
    [
        new("PREFLIGHT_FAILED", s_universe)
        {
            Break = async w =>
            {
                await w.LoseAsync("ods_daily");
                await w.ControlAsync("update market_settings set value = '{' where key = 'data_source_test_state_v1'");
            },
            Exit = 3,
            Says = "delete from market_settings where key = 'data_source_test_state_v1'",
            Obey = w => w.ControlAsync("delete from market_settings where key = 'data_source_test_state_v1'"),
        },
        new("READINESS_BLOCKED", s_universe)
        {
            Break = async w =>
            {
                await w.LoseAsync("ods_daily");
                await Edit(w, "tidemark.yaml", "token: test", "token: wrong");
            },
            Exit = 3,
            Says = "`tidemark token set`",
            Obey = async w =>
            {
                (await w.RunAsync("preflight")).With(exitCode: 3).Out.ShouldContain("token不对");
                await w.StoreTokenAsync("right");
            },
        },
        new("MODULE_LEFT_OUT", s_universe)
        {
            Break = async w =>
            {
                await w.LoseAsync("ods_daily");
                await ForbiddenAsync(w);
            },
            Exit = 4,
            Says = "`off: [stock.market.daily]` in tidemark.yaml",
            Obey = w => Configure(w, "off: [stock.market.daily]"),
        },
        new("MODULE_TEST_FAILED", "preflight", "--json")
        {
            Break = ForbiddenAsync,
            Exit = 0,
            Says = "`off: [stock.market.daily]` in tidemark.yaml",
            Obey = w => Configure(w, "off: [stock.market.daily]"),
        },
        new("DOMAIN_TOKEN_MISSING", "preflight", "--json")
        {
            Break = w => Edit(w, "tidemark.yaml", "token: test", "token: \"\""),
            Exit = 3,
            Says = "`tidemark token set`",
            Obey = w => w.StoreTokenAsync("test"),
        },
        new("LANE_BUSY", s_universe)
        {
            // Held by the process of this test, until that lets it go.
            Break = w =>
                w.ControlAsync(
                    $"update lane_leases set owner = '{Environment.MachineName}/{Environment.ProcessId}/x', released = 0, "
                        + "acquired_at = strftime('%s') * 1000, expires_at = (strftime('%s') + 600) * 1000"
                ),
            Exit = 3,
            Says = "Wait for it, or stop it",
            Obey = w => w.ControlAsync("update lane_leases set released = 1"),
        },
        new("LANE_STUCK", "doctor")
        {
            Break = StickAsync,
            Exit = 1,
            Says = "`tidemark doctor --repair` releases it",
            Obey = w => w.DoAsync("doctor", "--repair"),
        },
        new("LANE_LOST", AdviceLake.RefetchDaily)
        {
            // Another process takes the pool over while the vendor takes its time, and is done soon after.
            Break = w =>
                FaultyRelay.SpoilRowsAsync(
                    w,
                    "daily",
                    (_, _) =>
                        w.ControlAsync(
                                "update lane_leases set owner = 'elsewhere/1/x', epoch = epoch + 1, released = 1 where lane = 'china'"
                            )
                            .GetAwaiter()
                            .GetResult()
                ),
            Exit = 1,
            Says = "Run again",
            Obey = FaultyRelay.MendAsync,
        },
        new("COMMIT_CONFLICT", AdviceLake.RefetchDaily)
        {
            // Somebody restores another version each time that the vendor is asked.
            Break = async w =>
            {
                await LakeAdvice.RaiseAsync(w);
                await w.DoAsync(AdviceLake.RefetchDaily);
                var version = 0;
                await FaultyRelay.TurnAsync(
                    w,
                    (_, answer) =>
                    {
                        w.DoAsync("restore", "ods.ods_daily", "--version", $"{version++}").GetAwaiter().GetResult();
                        return HostileAnswer.Of(answer.ToJsonString());
                    }
                );
            },
            Exit = 4,
            Says = "Run again",
            Obey = FaultyRelay.MendAsync,
        },
        new("SETTING_UNREADABLE", "preflight")
        {
            Break = w => w.ControlAsync("update market_settings set value = '{'"),
            Exit = 1,
            Says = "delete from market_settings where key = 'data_source_test_state_v1'",
            Obey = w => w.ControlAsync("delete from market_settings where key = 'data_source_test_state_v1'"),
        },
        new("CONTROL_UNREADABLE", "runs")
        {
            Break = w => Do(() => w.Write("control.db", "no database, but a text that is long enough to be looked at")),
            Exit = 1,
            Says = "Move the file away",
            Obey = w => Do(() => File.Move(w.At("control.db"), w.At("broken.db"))),
        },
        new("TARGETS_MISSING", "run", "targets")
        {
            Break = w => Configure(w, "pools: { targets: { from_file: mine.csv } }"),
            Exit = 2,
            Says = "Write one symbol a line",
            Obey = w => Do(() => w.Write("mine.csv", "000001.SZ\n")),
        },
        new("TARGETS_INVALID", "run", "targets")
        {
            Break = async w =>
            {
                await Configure(w, "pools: { targets: { from_file: mine.csv } }");
                w.Write("mine.csv", "000001.SZ\n平安银行\n");
            },
            Exit = 2,
            Says = "mine.csv:2: '平安银行'",
            Obey = w => Do(() => w.Write("mine.csv", "000001.SZ\n")),
        },
        new("TARGETS_UNKNOWN", "doctor")
        {
            Break = w => Configure(w, "pools: { targets: { symbols: [600999.SH] } }"),
            Exit = 1,
            Says = "tidemark.yaml (pools.targets.symbols)",
            Obey = w => Edit(w, "tidemark.yaml", "600999.SH", "000001.SZ"),
        },
        new("TARGETS_UNREADABLE", "run", "targets")
        {
            Break = async w =>
            {
                await Configure(w, "pools: { targets: { from_file: mine.csv } }");
                (await w.ShellAsync("mkfifo mine.csv")).With(exitCode: 0);
            },
            Exit = 2,
            Says = "Write the symbols into a file, one a line",
            Obey = w =>
                Do(() =>
                {
                    File.Delete(w.At("mine.csv"));
                    w.Write("mine.csv", "000001.SZ\n");
                }),
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    private static Task ForbiddenAsync(AdviceWorld world) =>
        FaultyRelay.RefuseAsync(world, 40203, "抱歉，您没有接口(daily)访问权限", spoilsProbes: true);

    /// <summary>A lease that no clock can have written: it ends in the year 2255.</summary>
    private static Task StickAsync(AdviceWorld world) =>
        world.ControlAsync(
            "update lane_leases set owner = 'elsewhere/1/x', released = 0, acquired_at = 9000000000000, expires_at = 9000000000000"
        );
}
