namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Calendars and definitions" of <c>docs/errors.md</c>.</summary>
public sealed class DefinitionAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Calendar = "definitions/calendars/XSHG.csv";
    private const string Daily = AdviceWorld.Daily;
    internal const string Check = "definitions/checks/stock.daily_bars.yaml";
    private const string Dividend = "definitions/datasets/tushare.payouts.yaml";
    private const string Answer = """
        {"code":0,"msg":"","data":{"fields":["ts_code","ann_date"],"items":[["600519.SH","20240403"]]}}
        """;
    private static readonly string[] s_backfill = AdviceLake.Backfill;

    internal static readonly AdviceScenario[] All =
    [
        new("CALENDAR_INVALID", s_backfill)
        {
            Break = w =>
            {
                w.Write(Calendar, AdviceWorld.Shipped("calendars/XSHG.csv"));
                w.Edit(Calendar, "\n1991-05-01,0,\n", "\n1991-05-01;0;\n");
                return Task.CompletedTask;
            },
            Exit = 2,
            Says = "expected date,open,early_close like 2026-10-01,0,",
            Obey = w => Edit(w, Calendar, "\n1991-05-01;0;\n", "\n1991-05-01,0,\n"),
        },
        new("CALENDAR_RANGE", s_backfill)
        {
            Break = w =>
            {
                // Where the vendor's calendar is there or can be had, the file's goes on with it.
                w.Write(Calendar, "# timezone: Asia/Shanghai\n# first: 1990-12-19\n# last: 2025-06-25\n");
                var fetched = w.At("lake/ods/ods_trade_cal");
                if (Directory.Exists(fetched))
                {
                    Directory.Delete(fetched, recursive: true);
                }

                return Configure(w, "off: [tushare.trade_cal]");
            },
            Exit = 2,
            Says = "calendars/XSHG.csv that has the day into your definitions folder",
            Obey = w => Edit(w, Calendar, "last: 2025-06-25", "last: 2029-12-31"),
        },
        new("DATASET_EXISTS", "datasets", "add", "payouts", "--sample", "answer.json")
        {
            Break = w =>
            {
                w.Write("answer.json", Answer);
                return Do(() => w.Write(Dividend, "dataset: tushare.payouts\n"));
            },
            Exit = 2,
            Says = "or remove it first",
            Obey = w => Do(() => File.Delete(w.At(Dividend))),
        },
        new("DATASET_NAME_INVALID", "datasets", "add", "Payouts", "--sample", "answer.json")
        {
            Break = w => Do(() => w.Write("answer.json", Answer)),
            Exit = 2,
            Says = "like dividend or tushare.dividend",
            Then = ["datasets", "add", "payouts", "--sample", "answer.json"],
        },
        new("SAMPLE_UNUSABLE", "datasets", "add", "payouts", "--sample", "answer.json")
        {
            Break = w => Do(() => w.Write("answer.json", "{}")),
            Exit = 2,
            Says = "Give a file with an answer as the vendor sends it",
            Obey = w => Do(() => w.Write("answer.json", Answer)),
        },
        new("DATASET_OFF", "refetch", "tushare.daily", "--from", AdviceLake.To, "--to", AdviceLake.To)
        {
            Break = w => Configure(w, "off: [tushare.daily]"),
            Exit = 2,
            Says = "from 'off' in tidemark.yaml",
            Obey = w => Unconfigure(w, "off: [tushare.daily]"),
        },
        new("DATASET_UNKNOWN", "refetch", "tushare.dayly", "--from", AdviceLake.To, "--to", AdviceLake.To)
        {
            Exit = 2,
            Says = "did you mean 'tushare.daily'?",
            Then = AdviceLake.RefetchDaily,
        },
        new("DEFINITION_INVALID", "status")
        {
            Break = w =>
            {
                w.Write(Daily, AdviceWorld.Shipped("datasets/tushare.daily.yaml"));
                return Edit(w, Daily, "grain: trading_day", "grain: full_moon");
            },
            Exit = 4,
            Says = "tushare.daily.yaml:",
            Obey = w => Edit(w, Daily, "grain: full_moon", "grain: trading_day"),
        },
        new("WAREHOUSE_INVALID", "build")
        {
            Break = w =>
            {
                w.Write(
                    "definitions/warehouse/dwd/dwd_mine.sql",
                    "-- partition: none\n-- key: a\nSELECT 1 AS a; SELECT 2 AS a\n"
                );
                return Task.CompletedTask;
            },
            Exit = 4,
            Says = "dwd_mine.sql",
            Obey = w =>
            {
                w.Write("definitions/warehouse/dwd/dwd_mine.sql", "-- key: a\n-- partition: none\nSELECT 1 AS a\n");
                return Task.CompletedTask;
            },
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);
}
