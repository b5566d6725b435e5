using System.Globalization;
using Tidemark.Completeness.Results;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.DuckDb;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Whatever happens to a workspace, in whatever order: `status` says what a slow evaluation of the present files says, and no live file is
/// ever missing. The lake lies below a path that looks like data.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StatusPropertyTests : IDisposable
{
    private const int Steps = 24;
    private static readonly string[] s_tables = ["ods.ods_daily", "ods.ods_suspend_d", "ods.ods_stock_basic"];
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-odd-").FullName;
    private readonly DuckDbDatabase _engine = DuckDbDatabase.Open();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Status_AfterAnyInterleaving_EqualsASlowEvaluationOfThePresentTables(int seed)
    {
        var random = new Random(seed);
        var lake = Path.Combine(_folder, "dt=2026-11-09", "close=5", "a b[1]'");
        await using var rig = await IngestRig.StartAsync(lake: lake);
        using var connection = _engine.Connect();
        var naive = new NaiveStatus(lake, connection, _folder);
        var deeds = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            deeds.Add(step == 0 ? await RunAsync(rig, RunScope.Universe) : await DoAsync(rig, random, connection));
            var why = $"seed {seed}, after: {string.Join("; ", deeds)}";

            var status = await rig.Get<StatusOperation>()
                .RunAsync(new StatusRequest(WithGaps: true), CancellationToken.None);

            var days = WatchedMarket
                .Calendar.OpenDaysBetween(new DateOnly(2024, 6, 6), Due(rig.Clock.GetUtcNow()))
                .ToArray();
            var expected = naive.Evaluate(days, new HashSet<string> { "600000.SH" });
            naive.Lost.ShouldBeEmpty(why);
            Lines(status.Report).ShouldBe(expected, why);
            foreach (var check in status.Report.Checks)
            {
                check.NotEvaluated.ShouldBeNull(why);
                check
                    .Gaps!.Sum(g => g.Ranges.Sum(r => r.Days))
                    .ShouldBe((int)(check.Counts.Missing + check.Counts.Partial), why);
            }
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The latest day whose data is due at 16:30 in Shanghai.</summary>
    private static DateOnly Due(DateTimeOffset now)
    {
        var local = now.ToOffset(TimeSpan.FromHours(8));
        var day = DateOnly.FromDateTime(local.DateTime);
        return local.TimeOfDay >= new TimeSpan(16, 30, 0) ? day : day.AddDays(-1);
    }

    private static string[] Lines(StatusReport report) =>
        [
            .. report
                .Pools.SelectMany(p =>
                    p.Buckets.SelectMany(b => b.Checks)
                        .SelectMany(c => c.Days.SelectMany(d => Words(d.Counts).Select(w => (Check: c, d.Day, w))))
                        .Select(x => $"{p.Pool} {x.Check.Check} {x.Day.ToIso()} {x.w}")
                )
                .Order(StringComparer.Ordinal),
        ];

    private static IEnumerable<string> Words(StatusCounts counts) =>
        new (string Name, long Count)[]
        {
            ("complete", counts.Complete),
            ("partial", counts.Partial),
            ("missing", counts.Missing),
            ("not_applicable", counts.NotApplicable),
            ("not_started", counts.NotStarted),
        }
            .Where(c => c.Count > 0)
            .Select(c => $"{c.Name} {c.Count}");

    private async Task<string> DoAsync(IngestRig rig, Random random, DuckDbConnection connection)
    {
        var table = rig.Lake.Table(TableId.Parse(s_tables[random.Next(s_tables.Length)]));
        var newest = (await table.SnapshotAsync(CancellationToken.None)).Version;
        switch (random.Next(12))
        {
            case 0 or 1:
                return await RunAsync(rig, RunScope.Universe);
            case 2:
                return await RunAsync(rig, RunScope.Targets);
            case 3:
                var kept = random.Next(2, 10);
                rig.Market.Rewrite = (request, rows) =>
                {
                    for (var i = rows.Count - 1; i >= 0 && request.Api.Name == "daily"; i--)
                    {
                        if (i % 10 >= kept)
                        {
                            rows.RemoveAt(i);
                        }
                    }
                };
                return $"the vendor gives {kept} of 10 bars";
            case 4:
                rig.Market.Rewrite = null;
                return "the vendor heals";
            case 5 when newest >= 0:
                var version = random.NextInt64(newest + 1);
                return await TryAsync(
                    $"{table.Id} restored to {version}",
                    () => new TableRestore(table).RestoreAsync(version, CancellationToken.None)
                );
            case 6:
                var days = random.Next(1, 6);
                var dropped = rig.Lake.Table(TableId.Parse(s_tables[random.Next(2)]));
                return await TryAsync(
                    $"{dropped.Id} keeps {days} days",
                    () => Retention.DropAsync(dropped, days, Due(rig.Clock.GetUtcNow()), true, CancellationToken.None)
                );
            case 7 when newest >= 0:
                return await TryAsync(
                    $"{table.Id} compacted",
                    () =>
                        rig.Get<TableCompactor>()
                            .CompactAsync(
                                table.Id,
                                new CompactOptions { ColdAfterDays = 0 },
                                null,
                                CancellationToken.None
                            )
                );
            case 8:
                rig.Clock.Advance(TimeSpan.FromHours(random.Next(1, 30)));
                return await TryAsync(
                    "time passes, vacuum",
                    async () =>
                    {
                        var vacuum = new Vacuum(rig.Lake);
                        foreach (var each in await rig.Lake.TablesAsync(CancellationToken.None))
                        {
                            var plan = await vacuum.PlanAsync(
                                each,
                                vacuum.Cutoff(TimeSpan.FromHours(1)),
                                CancellationToken.None
                            );
                            await vacuum.ApplyAsync(plan, CancellationToken.None);
                        }

                        return 0;
                    }
                );
            case 9:
                var day = TradeDate.ParseIso(IngestRig.Days[random.Next(IngestRig.Days.Length)]);
                var reason = random.Next(2) == 0 ? "a test allows it" : null;
                var request = new RefetchRequest(["tushare.daily"], day, day.AddDays(2), [], reason);
                return await TryAsync(
                    $"refetch from {day.ToIso()}{(reason is null ? "" : ", also fewer rows")}",
                    () => rig.RefetchAsync(request)
                );
            case 10 when newest >= 0:
                return Link(rig, table.Id, random);
            default:
                return newest < 0 ? "nothing" : ForeignAppend(rig, random, connection);
        }
    }

    private static async Task<string> RunAsync(IngestRig rig, RunScope scope) =>
        await TryAsync($"run {scope.Name()}", () => rig.RunAsync(scope));

    // What is refused (a shrinking day, a version that was vacuumed) is refused: then nothing has changed.
    private static async Task<string> TryAsync<T>(string deed, Func<Task<T>> act)
    {
        try
        {
            await act();
            return deed;
        }
        catch (TidemarkException e)
        {
            return $"{deed} refused ({e.Code})";
        }
    }

    /// <summary>Somebody leaves a link in a table's folder: to a day, or to the folder itself.</summary>
    private static string Link(IngestRig rig, TableId table, Random random)
    {
        var folder = Path.Combine(rig.LakeFolder, table.Layer, table.Name);
        var target = random.Next(2) == 0 ? "." : Directory.GetDirectories(folder, "dt=*").FirstOrDefault(".");
        var link = Path.Combine(folder, random.Next(2) == 0 ? "latest" : "current");
        if (!Path.Exists(link))
        {
            Directory.CreateSymbolicLink(link, Path.GetFileName(target));
        }

        return $"a link in {table} to {Path.GetFileName(target)}";
    }

    /// <summary>Another engine adds bars of a day: a file and a log entry without anything of ours.</summary>
    private string ForeignAppend(IngestRig rig, Random random, DuckDbConnection connection)
    {
        var folder = Path.Combine(rig.LakeFolder, "ods", "ods_daily");
        var entries = NaiveStatus.Entries(folder);
        if (entries.Length == 0)
        {
            return "nothing";
        }

        var day = IngestRig.Days[random.Next(IngestRig.Days.Length)];
        var name = $"foreign-{entries.Length}.parquet";
        var rows = random.Next(1, 4);
        var path = Path.Combine(_folder, name);
        connection.Execute(
            $"""
            COPY (SELECT format('{random.Next(2)}000{random.Next(10)}{random.Next(
                10
            )}.SZ') AS ts_code, DATE '{day}' AS trade_date, 1.0 AS open, 1.0 AS high,
              1.0 AS low, 1.0 AS close, 1.0 AS pre_close, 0.0 AS change, 0.0 AS pct_chg, 1.0 AS vol, 1.0 AS amount FROM range({rows}))
            TO {DuckDbSql.Literal(path)} (FORMAT parquet)
            """
        );
        Directory.CreateDirectory(Path.Combine(folder, $"dt={day}"));
        File.Move(path, Path.Combine(folder, $"dt={day}", name));
        var size = new FileInfo(Path.Combine(folder, $"dt={day}", name)).Length;
        var version = long.Parse(Path.GetFileNameWithoutExtension(entries[^1]), CultureInfo.InvariantCulture) + 1;
        File.WriteAllText(
            Path.Combine(folder, "_delta_log", $"{version:D20}.json"),
            $$$"""
            {"add":{"path":"dt={{{day}}}/{{{name}}}","partitionValues":{"dt":"{{{day}}}"},"size":{{{size}}},"modificationTime":0,"dataChange":true,"stats":"{\"numRecords\":{{{rows}}}}"}}

            """
        );
        return $"another engine adds {rows} rows to {day}";
    }
}
