using System.Globalization;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Lake" of <c>docs/errors.md</c>.</summary>
public sealed class LakeAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string Log = "lake/ods/ods_daily/_delta_log";
    private static readonly string[] s_refetch = AdviceLake.RefetchDaily;
    private static readonly string[] s_backfill = [.. AdviceLake.Backfill, "--datasets", "tushare.daily"];

    internal static readonly AdviceScenario[] All =
    [
        new("TABLE_UNKNOWN", "history", "ods.ods_dayly")
        {
            Exit = 2,
            Says = "Did you mean ods.ods_daily? See `tidemark tables`",
            Obey = w => w.DoAsync("tables"),
            Then = ["history", "ods.ods_daily"],
        },
        new("TABLE_UNKNOWN", "compact", "daily")
        {
            Exit = 2,
            Says = "Did you mean ods.ods_daily?",
            Then = ["compact", "ods.ods_daily"],
        },
        new("TABLE_NAME_INVALID", "tables")
        {
            Break = w => Do(() => w.Write("lake/ods/ods_daily.bak/data.parquet", "PAR1")),
            Exit = 4,
            Says = "move it out of the lake",
            Obey = w => Do(() => Directory.Move(w.At("lake/ods/ods_daily.bak"), w.At("ods_daily.bak"))),
        },
        new("VERSION_UNKNOWN", "restore", "ods.ods_daily", "--version", "99")
        {
            Exit = 2,
            Says = "See `tidemark history ods.ods_daily`",
            Obey = w => w.DoAsync("history", "ods.ods_daily"),
            Then = ["restore", "ods.ods_daily", "--version", "0"],
        },
        new("VERSION_INVALID", "restore", "ods.ods_daily")
        {
            Exit = 2,
            Says = "Give either --version V or --as-of TIME",
            Then = ["restore", "ods.ods_daily", "--version", "0"],
        },
        new("VERSION_VACUUMED", "restore", "ods.ods_daily", "--version", "0")
        {
            Break = async w =>
            {
                await RaiseAsync(w);
                await w.DoAsync(s_refetch);
                var old = File.ReadAllText(w.At($"{Log}/{1:D20}.json"));
                foreach (
                    var file in Directory.GetFiles(w.At("lake/ods/ods_daily"), "*.parquet", SearchOption.AllDirectories)
                )
                {
                    if (
                        old.Contains(
                            $"\"remove\":{{\"path\":\"dt={AdviceLake.To}/{Path.GetFileName(file)}",
                            StringComparison.Ordinal
                        )
                    )
                    {
                        File.Delete(file);
                    }
                }
            },
            Exit = 2,
            Says = "The oldest version that can be restored is 1.",
            Then = ["restore", "ods.ods_daily", "--version", "1"],
        },
        new("VACUUM_TOO_YOUNG", "vacuum", "--older-than", "5m")
        {
            Exit = 2,
            Says = "--older-than must be 1h or more",
            Then = ["vacuum", "--older-than", "1h"],
        },
        new("LOG_CORRUPT", "history", "ods.ods_daily")
        {
            Break = w =>
                Do(() =>
                {
                    File.Copy(Entry(w, 0), w.At("backup.json"));
                    File.WriteAllText(Entry(w, 0), w.Read("backup.json")[..200]);
                }),
            Exit = 1,
            Says = "00000000000000000000.json",
            Obey = w => Do(() => File.Move(w.At("backup.json"), Entry(w, 0), overwrite: true)),
        },
        new("LOG_GAP", "history", "ods.ods_daily")
        {
            Break = w => Do(() => WriteEntries(w, 2, 2)),
            Exit = 1,
            Says = "00000000000000000001.json",
            Obey = w => Do(() => WriteEntries(w, 1, 1)),
        },
        new("TABLE_WITHOUT_LOG", "tables")
        {
            Break = w => Do(() => w.Write("lake/ods/ods_stray/data.parquet", "PAR1")),
            Exit = 4,
            Says = "Move it out of the lake",
            Obey = w => Do(() => Directory.Move(w.At("lake/ods/ods_stray"), w.At("ods_stray"))),
        },
        new("TABLE_IS_LINK", "tables")
        {
            Break = w => Do(() => Directory.CreateSymbolicLink(w.At("lake/ods/ods_link"), "ods_daily")),
            Exit = 4,
            Says = "Remove the link",
            Obey = w => Do(() => Directory.Delete(w.At("lake/ods/ods_link"))),
        },
        new("TABLE_NO_FOLDER", "vacuum")
        {
            Break = w => Do(() => w.Write("lake/ods/readme.txt", "mine")),
            Exit = 4,
            Says = "move it out of the lake",
            Obey = w => Do(() => File.Move(w.At("lake/ods/readme.txt"), w.At("readme.txt"))),
        },
        new("TABLE_GONE", "doctor")
        {
            Break = w => Do(() => Directory.Delete(w.At("lake/ods/ods_daily"), recursive: true)),
            Exit = 4,
            Says = $"`tidemark {string.Join(' ', s_backfill)}`",
            Obey = w => w.DoAsync(s_backfill),
        },
        new("TABLE_GONE", "status")
        {
            Break = w => Do(() => Directory.Delete(w.At("lake/ods/ods_daily/_delta_log"), recursive: true)),
            Exit = 4,
            Says = "held a table; now it is gone",
            Obey = w => w.DoAsync("run", "universe"),
        },
        new("TABLE_GONE", "verify", "--quick")
        {
            Break = async w =>
            {
                await w.DoAsync("build"); // a lake with nothing else in it would be LAKE_EMPTY
                Directory.Move(w.At("lake/ods"), w.At("away"));
            },
            Exit = 4,
            Says = "Restore it from a backup",
            Obey = w => Do(() => Directory.Move(w.At("away"), w.At("lake/ods"))),
        },
        new("TABLE_GONE", "status")
        {
            Break = async w =>
            {
                await w.DoAsync("build");
                Directory.Delete(w.At("lake/dwd/dwd_stock_daily"), recursive: true);
            },
            Exit = 4,
            Says = "`tidemark build dwd.dwd_stock_daily`",
            Obey = w => w.DoAsync("build", "dwd.dwd_stock_daily"),
        },
        new("LAKE_EMPTY", "status")
        {
            Break = w => Configure(w, "lake: ./lakee"),
            Exit = 4,
            Says = "if the lake is elsewhere, correct 'lake' in tidemark.yaml",
            Obey = w => Unconfigure(w, "lake: ./lakee"),
        },
        new("LAKE_EMPTY", "verify")
        {
            Break = w => Do(() => Directory.Move(w.At("lake"), w.At("unmounted"))),
            Exit = 4,
            Says = $"`tidemark {string.Join(' ', AdviceLake.Backfill)}`",
            Obey = w => w.DoAsync(AdviceLake.Backfill),
        },
        new("OBJECT_MISSING", "doctor")
        {
            Break = w => Do(() => File.Delete(DataFile(w))),
            Exit = 4,
            Says = $"`tidemark {string.Join(' ', s_refetch)}`",
            Obey = w => w.DoAsync(s_refetch),
        },
        new("OBJECT_DAMAGED", "status")
        {
            Break = w => Do(() => File.WriteAllText(DataFile(w), "PAR1")),
            Exit = 4,
            Says = $"`tidemark {string.Join(' ', s_refetch)}`",
            Obey = w => w.DoAsync(s_refetch),
        },
        new("OBJECT_IS_LINK", "status")
        {
            Break = w => Do(() => LinkDay(w)),
            Exit = 4,
            Says = "Replace the link by the files that it leads to",
            Obey = w => Do(() => PutDayBack(w)),
        },
        new("OBJECT_IS_LINK", "sql", "SELECT count(*) FROM ods.ods_daily")
        {
            Break = w => Do(() => LinkDay(w)),
            Exit = 1,
            Says = "move all of ods/ods_daily there and link that",
            Obey = w =>
                Do(() =>
                {
                    PutDayBack(w);
                    Directory.Move(w.At("lake/ods/ods_daily"), w.At("disk"));
                    Directory.CreateSymbolicLink(w.At("lake/ods/ods_daily"), w.At("disk"));
                }),
        },
        new("OBJECT_IS_LINK", "compact")
        {
            Break = w =>
                Do(() =>
                {
                    var file = DataFile(w);
                    File.Move(file, w.At("away"));
                    File.CreateSymbolicLink(file, w.At("away"));
                }),
            Exit = 4,
            Says = $"Or remove the link: then `tidemark {string.Join(' ', s_refetch)}`",
            Obey = w =>
            {
                File.Delete(DataFile(w));
                return w.DoAsync(s_refetch);
            },
        },
        new("OBJECT_IS_LINK", "run", "universe")
        {
            Break = w =>
                Do(() =>
                {
                    Directory.Delete(Day(w), recursive: true);
                    Directory.CreateDirectory(w.At("theirs"));
                    Directory.CreateSymbolicLink(Day(w), w.At("theirs"));
                }),
            Exit = 4,
            Says = "Or remove the link: then `tidemark refetch",
            Obey = w => Do(() => File.Delete(Day(w))),
        },
        new("OBJECT_IS_LINK", "doctor")
        {
            Break = w => Do(() => Directory.CreateSymbolicLink(w.At("lake/ods/ods_daily/dt=2030-01-02"), ".")),
            Exit = 4,
            Says = "Or remove the link: `tidemark run` or `tidemark build` then puts there what is missing",
            Obey = w => Do(() => File.Delete(w.At("lake/ods/ods_daily/dt=2030-01-02"))),
        },
        new("TABLE_UNREADABLE", "catalog", "refresh")
        {
            Break = w =>
                Do(() =>
                {
                    Directory.Move(w.At("lake/ods/ods_daily"), w.At("backup"));
                    Copy(w.At("backup/_delta_log"), w.At(Log));
                }),
            Exit = 4,
            Says = "`tidemark verify ods.ods_daily`",
            Obey = async w =>
            {
                (await w.RunAsync("verify", "ods.ods_daily")).With(exitCode: 1).Out.ShouldContain(".parquet");
                Directory.Delete(w.At("lake/ods/ods_daily"), recursive: true);
                Directory.Move(w.At("backup"), w.At("lake/ods/ods_daily"));
            },
        },
        new("TABLE_UNSUPPORTED", "history", "ods.ods_theirs")
        {
            Break = w => Do(() => w.Write($"lake/ods/ods_theirs/_delta_log/{0:D20}.json", TheirLog(9))),
            Exit = 1,
            Says = "Use a newer Tidemark or the engine that wrote it",
            // That engine writes it anew, in a version that others can read.
            Obey = w => Do(() => w.Write($"lake/ods/ods_theirs/_delta_log/{0:D20}.json", TheirLog(1))),
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);

    /// <summary>The vendor corrects a price, so that a day is replaced.</summary>
    internal static Task RaiseAsync(AdviceWorld world) =>
        FaultyRelay.SpoilRowsAsync(world, "daily", (fields, rows) => rows[0]![Array.IndexOf(fields, "close")] = 1234.5);

    private static string DataFile(AdviceWorld world) =>
        Directory.GetFiles(world.At($"lake/ods/ods_daily/dt={AdviceLake.To}"), "*.parquet").Single();

    private static string Day(AdviceWorld world) => world.At($"lake/ods/ods_daily/dt={AdviceLake.To}");

    private static void LinkDay(AdviceWorld world)
    {
        Directory.Move(Day(world), world.At("away"));
        Directory.CreateSymbolicLink(Day(world), world.At("away"));
    }

    private static void PutDayBack(AdviceWorld world)
    {
        File.Delete(Day(world));
        Directory.Move(world.At("away"), Day(world));
    }

    private static string Entry(AdviceWorld world, int version) => world.At($"{Log}/{version:D20}.json");

    /// <summary>Versions that change nothing.</summary>
    internal static void WriteEntries(AdviceWorld world, int first, int last)
    {
        for (var version = first; version <= last; version++)
        {
            world.Write(
                $"{Log}/{version:D20}.json",
                """{"commitInfo":{"timestamp":1751000000000,"operation":"NOTHING"}}""" + "\n"
            );
        }
    }

    internal static string TheirLog(int readerVersion, string type = "long") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"commitInfo":{"timestamp":1751000000000,"operation":"CREATE TABLE","engineInfo":"another engine"}}
            {"protocol":{"minReaderVersion":{{{readerVersion}}},"minWriterVersion":2}}
            {"metaData":{"id":"7a6c3b0e-0000-4000-8000-000000000001","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"{{{type}}}\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{},"createdTime":1751000000000}}

            """
        );

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
