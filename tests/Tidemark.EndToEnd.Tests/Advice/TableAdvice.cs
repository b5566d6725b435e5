using System.Globalization;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Lake" of <c>docs/errors.md</c>, as far as tables and their declarations are concerned.</summary>
public sealed class TableAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Daily = AdviceWorld.Daily;
    private const string Mine = "definitions/warehouse/dwd/dwd_mine.sql";
    private const string Migration = "definitions/catalog/100_mine.sql";
    private const string Log = "lake/ods/ods_daily/_delta_log";
    private const string Theirs = "lake/ods/ods_theirs";

    internal static readonly AdviceScenario[] All =
    [
        new("SCHEMA_MISMATCH", AdviceLake.RefetchDaily)
        {
            Break = w =>
                Do(() =>
                    w.Redefine(Daily, "\n  pre_close: { type: double, unit: CNY,", "\n  pre_close: { type: text,")
                ),
            Exit = 4,
            Says = "Correct the declaration, or give what is declared another table",
            Obey = w => Edit(w, Daily, "\n  pre_close: { type: text,", "\n  pre_close: { type: double, unit: CNY,"),
        },
        new("SCHEMA_MISMATCH", AdviceLake.RefetchDaily)
        {
            Break = w =>
                Do(() =>
                    w.Redefine(Daily, "\n  pre_close: { type: double, unit: CNY,", "\n  pre_close: { type: text,")
                ),
            Exit = 4,
            Says = "pre_close is DOUBLE in the table and declared as VARCHAR",
            Obey = w => Edit(w, Daily, "table: ods_daily", "table: ods_daily_text"),
        },
        new("SCHEMA_MISMATCH", "run", "universe")
        {
            Break = w => Do(() => w.Redefine(Daily, "table: ods_daily", "table: ods_daily\npartition: month")),
            Exit = 4,
            Says = "declare them as they are",
            Obey = w => Edit(w, Daily, "table: ods_daily\npartition: month", "table: ods_daily"),
        },
        new("SCHEMA_TOO_WIDE", "build", "dwd.dwd_mine")
        {
            Break = w => Do(() => w.Write(Mine, Table(2001))),
            Exit = 1,
            Says = "Keep such data in rows: a name and a value",
            Obey = w =>
                Do(() =>
                    w.Write(
                        Mine,
                        "-- key: name\n-- partition: none\nSELECT 'c' || range AS name, 1 AS value FROM range(2001)\n"
                    )
                ),
        },
        new("TYPE_UNSUPPORTED", "history", "ods.ods_theirs")
        {
            Break = w => Do(() => w.Write($"{Theirs}/_delta_log/{0:D20}.json", LakeAdvice.TheirLog(1, "interval"))),
            Exit = 1,
            Says = "interval",
            Obey = w => Do(() => w.Write($"{Theirs}/_delta_log/{0:D20}.json", LakeAdvice.TheirLog(1, "string"))),
        },
        new("TABLE_APPEND_ONLY", AdviceLake.RefetchDaily)
        {
            Break = w =>
            {
                w.Edit(
                    $"{Log}/{0:D20}.json",
                    "\"configuration\":{",
                    "\"configuration\":{\"delta.appendOnly\":\"true\","
                );
                return LakeAdvice.RaiseAsync(w);
            },
            Exit = 4,
            Says = "delta.appendOnly",
            Obey = w => Do(() => w.Redefine(Daily, "table: ods_daily", "table: ods_daily_anew")),
        },
        new("TABLE_FOREIGN", AdviceLake.RefetchDaily)
        {
            Break = w =>
            {
                w.Write($"{Theirs}/_delta_log/{0:D20}.json", LakeAdvice.TheirLog(1));
                w.Redefine(Daily, "table: ods_daily", "table: ods_theirs");
                return Task.CompletedTask;
            },
            Exit = 2,
            Says = "move its folder out of the way if the name is to be Tidemark's",
            Obey = w => Do(() => Directory.Move(w.At(Theirs), w.At("ods_theirs"))),
        },
        new("TABLE_MISPLACED", "run", "universe")
        {
            Break = w => Do(() => Exchange(w, "lake/ods/ods_daily", "lake/ods/ods_stock_basic")),
            Exit = 4,
            Says = "Rename the folder to ods/ods_stock_basic/ (two that were exchanged: each to the other's name)",
            Obey = w => Do(() => Exchange(w, "lake/ods/ods_daily", "lake/ods/ods_stock_basic")),
        },
        new("STORE_FAILED", AdviceLake.RefetchDaily)
        {
            // The system's words name what it could not make a folder of.
            Break = w => Do(() => w.Write("lake/_staging", "a file where the folder is to be")),
            Exit = 1,
            Says = "Check the disk and run the command again",
            Obey = w => Do(() => File.Delete(w.At("lake/_staging"))),
        },
        new("CHECKPOINT_OVERDUE", "doctor")
        {
            Break = w => Do(() => LakeAdvice.WriteEntries(w, 1, 205)),
            Exit = 1,
            Says = "`tidemark doctor --repair`",
            Obey = w => w.DoAsync("doctor", "--repair"),
        },
        new("VERSION_GONE", "restore", "ods.ods_daily", "--version", "3")
        {
            Break = async w =>
            {
                LakeAdvice.WriteEntries(w, 1, 205);
                await w.DoAsync("doctor", "--repair");
                for (var version = 0; version < 205; version++)
                {
                    File.Delete(w.At(string.Create(CultureInfo.InvariantCulture, $"{Log}/{version:D20}.json")));
                }
            },
            Exit = 2,
            Says = "The oldest readable version is 205",
            Then = ["restore", "ods.ods_daily", "--version", "205"],
        },
        new("RETENTION_UNPARTITIONED", "retention")
        {
            Break = async w =>
            {
                w.Write(Mine, Table(1));
                await w.DoAsync("build", "dwd.dwd_mine");
                await Configure(w, "retention: { dwd_mine: 30d }");
            },
            Exit = 2,
            Says = "Remove it from 'retention' in tidemark.yaml",
            Obey = w => Unconfigure(w, "retention: { dwd_mine: 30d }"),
        },
        new("CATALOG_MIGRATION", "catalog", "migrate")
        {
            Break = w => Do(() => w.Write(Migration, "CREATE VIEW mine AS SELEC 1;\n")),
            Exit = 4,
            Says = "Correct the file and run `tidemark catalog migrate`",
            Obey = w => Edit(w, Migration, "SELEC ", "SELECT "),
        },
        new("CATALOG_MIGRATION", "catalog", "migrate")
        {
            Break = w => Do(() => w.Write("definitions/catalog/mine.sql", "CREATE VIEW mine AS SELECT 1;\n")),
            Exit = 4,
            Says = "like 100_my_views.sql; the numbers from 100 on are yours",
            Obey = w => Do(() => File.Move(w.At("definitions/catalog/mine.sql"), w.At(Migration))),
        },
        new("CATALOG_MIGRATION", "sql", "SELECT n FROM mine")
        {
            Break = w =>
                Do(() => w.Write(Migration, "CREATE VIEW mine AS SELECT 1 AS n;\nCREATE VIEW other AS SELEC 1;\n")),
            Exit = 2,
            Says = "The catalog has no mine, which 100_mine.sql makes",
            Obey = w => Edit(w, Migration, "SELEC ", "SELECT "),
        },
        new("CATALOG_MIGRATION", "sql", "SELECT count(*) FROM ods.ods_daily")
        {
            Break = async w =>
            {
                w.Write(Migration, "DROP VIEW ods.ods_daily;\n");
                await w.DoAsync("catalog", "refresh");
            },
            Exit = 2,
            Says = "removes it. Correct that file and run `tidemark catalog migrate`",
            Obey = async w =>
            {
                w.Write(Migration, "SELECT 1;\n");
                await w.DoAsync("catalog", "migrate");
            },
        },
        new("CATALOG_MISSING", "sql", "SELECT 1")
        {
            Break = w =>
                Do(() =>
                {
                    File.Delete(w.At("catalog.duckdb"));
                    File.Delete(w.At("control.db")); // else LAKE_EMPTY: runs wrote to it
                    Directory.Delete(w.At("lake"), recursive: true);
                }),
            Exit = 2,
            Says = "`tidemark catalog refresh`",
            Obey = w => w.DoAsync("catalog", "refresh"),
        },
        new("CATALOG_UNREADABLE", "doctor")
        {
            Break = w => Do(() => File.WriteAllText(w.At("catalog.duckdb"), "junk")),
            Exit = 1,
            Says = "Remove it if it is damaged, and run `tidemark catalog refresh`",
            Obey = async w =>
            {
                File.Delete(w.At("catalog.duckdb"));
                await w.DoAsync("catalog", "refresh");
            },
        },
        new("CATALOG_UNREADABLE", "catalog", "refresh")
        {
            Break = w =>
                Do(() =>
                {
                    File.Delete(w.At("catalog.duckdb"));
                    Directory.CreateDirectory(w.At("catalog.duckdb"));
                }),
            Exit = 1,
            Says = "Move the folder away, and run `tidemark catalog refresh`",
            Obey = w => Do(() => Directory.Move(w.At("catalog.duckdb"), w.At("moved"))),
        },
        new("CHECK_INVALID", "doctor")
        {
            Break = w => Do(() => w.Redefine(DefinitionAdvice.Check, "suspend_type =", "suspended =")),
            Exit = 4,
            Says = "checks/stock.daily_bars.yaml",
            Obey = w => Edit(w, DefinitionAdvice.Check, "suspended =", "suspend_type ="),
        },
        new("CHECK_INVALID", "run", "universe")
        {
            Break = w =>
                Do(() =>
                    w.Redefine(
                        DefinitionAdvice.Check,
                        "delisted: delist_date }",
                        "delisted: delist_date, where: 'a b' }"
                    )
                ),
            Exit = 4,
            Says = "checks/stock.daily_bars.yaml",
            Obey = w => Edit(w, DefinitionAdvice.Check, ", where: 'a b' }", " }"),
        },
        // Of the right size: only who reads it sees it, and here a check that changed does.
        new("OBJECT_DAMAGED", "status")
        {
            Break = w =>
                Do(() =>
                {
                    var file = w.Single($"lake/ods/ods_daily/dt={AdviceLake.To}", "*.parquet");
                    File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
                    w.Redefine(
                        DefinitionAdvice.Check,
                        "delisted: delist_date }",
                        "delisted: delist_date, where: 'true' }"
                    );
                }),
            Exit = 4,
            Says = $"`tidemark refetch tushare.daily --from {AdviceLake.To} --to {AdviceLake.To}`",
            Obey = w => w.DoAsync("refetch", "tushare.daily", "--from", AdviceLake.To, "--to", AdviceLake.To),
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    private static void Exchange(AdviceWorld world, string one, string other)
    {
        Directory.Move(world.At(one), world.At("between"));
        Directory.Move(world.At(other), world.At(one));
        Directory.Move(world.At("between"), world.At(other));
    }

    /// <summary>A table of our own with so many columns.</summary>
    private static string Table(int columns) =>
        $"-- key: c0\n-- partition: none\nSELECT {string.Join(", ", Enumerable.Range(0, columns).Select(i => $"{i} AS c{i}"))}\n";
}
