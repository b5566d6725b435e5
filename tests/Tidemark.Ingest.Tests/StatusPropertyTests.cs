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
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Whatever happens to a workspace, in whatever order: `status` says what a slow evaluation of the present files says,
/// cell by cell and of every check, and no live file is ever missing. The lake lies below a path that looks like data.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StatusPropertyTests(ITestOutputHelper output) : IDisposable
{
    private const int Steps = 20;
    private static readonly DateOnly s_first = new(2024, 6, 6);

    private static readonly string[] s_lists = ["ods_stock_basic", "ods_fund_basic", "ods_index_basic"];

    /// <summary>Tables by day, with what another engine appends to them.</summary>
    private static readonly (string Table, string Columns)[] s_days =
    [
        ("ods_daily", Bar),
        ("ods_fund_daily", Bar),
        ("ods_index_daily", Bar),
        ("ods_adj_factor", "1.0 AS adj_factor"),
        ("ods_suspend_d", "NULL::VARCHAR AS suspend_timing, 'S' AS suspend_type"),
    ];

    private const string Bar =
        "1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS close, 1.0 AS pre_close, 0.0 AS change, 0.0 AS pct_chg, 1.0 AS vol, 1.0 AS amount";

    private static readonly string[] s_checks =
    [
        "stock.adj_factor",
        "stock.valuation",
        "etf.list",
        "etf.daily_bars",
        "index.list",
        "index.daily_bars",
    ];

    private static readonly string[] s_datasets =
    [
        "adj_factor",
        "daily_basic",
        "fund_basic",
        "fund_daily",
        "index_basic",
        "index_daily",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-odd-").FullName;

    /// <summary>Codes of which another engine says that they traded.</summary>
    private readonly HashSet<string> _claimed = [];
    private int _vacuumed;
    private readonly DuckDbDatabase _engine = DuckDbDatabase.Open();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Effort.Of(2))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Status_AfterAnyInterleaving_EqualsASlowEvaluationOfThePresentTables(int seed)
    {
        var random = new Random(seed);
        var lake = Path.Combine(_folder, "dt=2026-11-09", "close=5", "a b[1]'");
        var stocks = WatchedMarket.Codes("stock_basic");
        string[] targets =
        [
            .. stocks.Where((_, i) => i % 6 == seed % 6),
            .. WatchedMarket.Codes("fund_basic").Take(3),
            .. WatchedMarket.Codes("index_basic").Take(3),
        ];
        await using var rig = await IngestRig.StartAsync(
            lake: lake,
            more: s_datasets,
            checks: s_checks,
            ownChecks: new Dictionary<string, string> { [NaiveStatus.OwnCheck] = NaiveStatus.OwnCheckYaml },
            targets: targets
        );
        var vendor = new ChangingVendor(random);
        rig.Market.Rewrite = vendor.Rewrite;
        using var connection = _engine.Connect();
        var files = new NaiveLake(lake, connection, _folder);
        var naive = new NaiveStatus(files);
        var deeds = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            deeds.Add(
                step switch
                {
                    0 or 11 => await RunAsync(rig, Pool.Universe),
                    9 => vendor.Renumber(), // lists of two days tell it, and random days seldom bring two
                    10 => NextEvening(rig),
                    12 => await TryAsync("vacuum", () => VacuumAsync(rig)), // what had been replaced before the night may go
                    _ => await DoAsync(rig, random, vendor, connection),
                }
            );
            files.DateAt(rig.Clock.GetUtcNow());
            var why = $"seed {seed}, after: {string.Join("; ", deeds)}";
            files.Lost().ShouldBeEmpty(why);
            if (random.Next(4) == 0)
            {
                await CompareAsync(rig, naive, OddRange(random), targets, why);
            }

            var cells = await CompareAsync(rig, naive, new StatusRequest(WithGaps: true), targets, why);
            await CompareOneAsync(rig, cells, random, why);
        }

        deeds.Add(vendor.Heal());
        var all = $"seed {seed}, after: {string.Join("; ", deeds)}";
        await HealedAsync(rig, naive, targets, all);
        output.WriteLine($"proof: status after {Steps} deeds of seed {seed}, with {_vacuumed} files vacuumed");
        _vacuumed.ShouldBeGreaterThan(0, all);
    }

    /// <summary>
    /// Whatever was lost: once the vendor has it, the runs of the next trading day bring it, without anybody naming it.
    /// </summary>
    private async Task HealedAsync(IngestRig rig, NaiveStatus naive, string[] targets, string why)
    {
        NextEvening(rig);
        var first = await rig.RunBothAsync();
        var second = await rig.RunBothAsync(); // only a day that is there says that halts may be
        why += string.Concat(
            first.Runs.Concat(second.Runs).SelectMany(r => r.Errors).Select(e => $"\n{e.Code}: {e.Message}")
        );

        var cells = await CompareAsync(rig, naive, new StatusRequest(WithGaps: true), targets, why);
        cells
            .Where(c => c.State is "missing" or "partial" or "not_started")
            .Where(c => !(c.Check == "stock.valuation" && _claimed.Contains(c.Entity))) // nobody has one for a trade that was made up
            .Select(c => $"{c.Pool} {c.Check} {c.Entity} {c.Day.ToIso()} {c.State}")
            .ShouldBeEmpty(why);
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Days before the plan's, too, and no longer all of them.</summary>
    private static StatusRequest OddRange(Random random)
    {
        var from = new DateOnly(2024, 6, 3).AddDays(random.Next(3));
        return new StatusRequest(From: from, To: from.AddDays(random.Next(1, 9)), WithGaps: true);
    }

    private static async Task<List<NaiveCell>> CompareAsync(
        IngestRig rig,
        NaiveStatus naive,
        StatusRequest request,
        string[] targets,
        string why
    )
    {
        var status = await rig.Get<StatusOperation>().RunAsync(request, CancellationToken.None);
        var cells = naive.Evaluate(
            rig.Clock.GetUtcNow(),
            request.From ?? s_first,
            request.To ?? DateOnly.MaxValue,
            targets.ToHashSet()
        );
        Lines(status.Report).ShouldBe(NaiveStatus.Lines(cells), why);
        status.Report.Checks.ShouldAllBe(c => c.NotEvaluated == null);
        return cells;
    }

    /// <summary>One instrument, with the days outside of its listing and the reason of each.</summary>
    private static async Task CompareOneAsync(IngestRig rig, List<NaiveCell> cells, Random random, string why)
    {
        var entity = cells[random.Next(cells.Count)].Entity;
        var report = (await rig.Get<StatusOperation>().RunAsync(new StatusRequest(Entity: entity), default)).Report;
        var seen = report.Pools.SelectMany(p =>
            p.Buckets.SelectMany(b => b.Checks)
                .SelectMany(c =>
                    c.Ranges.SelectMany(r =>
                        Days(r).Select(d => $"{p.Pool.ViewName()} {c.Check} {d} {r.Status} {r.Reason}")
                    )
                )
        );
        seen.Order(StringComparer.Ordinal)
            .ShouldBe(
                cells
                    .Where(c => c.Entity == entity)
                    .Select(c => $"{c.Pool} {c.Check} {c.Day.ToIso()} {c.State} {c.Reason}")
                    .Order(StringComparer.Ordinal),
                $"{entity}, {why}"
            );
        foreach (
            var check in report.Pools.SelectMany(p =>
                p.Buckets.SelectMany(b => b.Checks.Select(c => (Pool: p.Pool.ViewName(), Check: c)))
            )
        )
        {
            var own = cells
                .Where(c => c.Entity == entity && c.Pool == check.Pool && c.Check == check.Check.Check)
                .ToArray();
            var applicable = own.Count(c => c.State != "not_applicable");
            double? coverage =
                applicable == 0
                    ? null
                    : Math.Round(
                        (double)own.Count(c => c.State == "complete") / applicable,
                        4,
                        MidpointRounding.AwayFromZero
                    );
            check.Check.CoverageRatio.ShouldBe(coverage, $"{entity} {check.Check.Check}, {why}");
        }
    }

    /// <summary>A report in the words of <see cref="NaiveStatus.Lines"/>.</summary>
    private static string[] Lines(StatusReport report) =>
        [
            .. report
                .Pools.SelectMany(p => p.Buckets.SelectMany(b => b.Checks.SelectMany(c => Lines(p.Pool.ViewName(), c))))
                .Order(StringComparer.Ordinal),
        ];

    private static IEnumerable<string> Lines(string pool, CheckStatus check) =>
        check
            .Days.SelectMany(d => Words(d.Counts).Select(w => $"{d.Day.ToIso()} {w}"))
            .Concat(check.Reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value}")))
            .Concat(
                check.Gaps!.SelectMany(g => g.Ranges.SelectMany(r => Days(r).Select(d => $"{g.Entity} {d} {r.Status}")))
            )
            .Select(line => $"{pool} {check.Check} {line}");

    private static IEnumerable<string> Days(RangeStatus range)
    {
        var days = WatchedMarket.Calendar.OpenDaysBetween(range.From, range.To).ToArray();
        range.Days.ShouldBe(days.Length);
        return days.Select(d => d.ToIso());
    }

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

    private async Task<string> DoAsync(IngestRig rig, Random random, ChangingVendor vendor, DuckDbConnection connection)
    {
        string[] tables = [.. s_lists, .. s_days.Select(d => d.Table), "ods_daily_basic"];
        var table = rig.Lake.Table(new TableId("ods", tables[random.Next(tables.Length)]));
        var newest = (await table.SnapshotAsync(CancellationToken.None)).Version;
        switch (random.Next(18))
        {
            case 0 or 1:
                return await RunAsync(rig, Pool.Universe);
            case 2:
                return await RunAsync(rig, Pool.Targets);
            case 3 or 4:
                return vendor.Change();
            case 5:
                return vendor.Heal();
            case 6 or 7 when newest > 0:
                var version = random.NextInt64(newest);
                return await TryAsync(
                    $"{table.Id} restored to {version}",
                    () => new TableRestore(table).RestoreAsync(version, CancellationToken.None)
                );
            case 8:
                var days = random.Next(1, 6);
                var dropped = rig.Lake.Table(new TableId("ods", s_days[random.Next(s_days.Length)].Table));
                return await TryAsync(
                    $"{dropped.Id} keeps {days} days",
                    () => Retention.DropAsync(dropped, days, Today(rig), true, CancellationToken.None)
                );
            case 9 when newest >= 0:
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
            case 10:
                return await TryAsync("vacuum", () => VacuumAsync(rig));
            case 15 or 16:
                rig.Clock.Advance(TimeSpan.FromHours(random.Next(1, 30)));
                return $"it is {rig.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)):MM-dd HH:mm}";
            case 11:
                var day = TradeDate.ParseIso(IngestRig.Days[random.Next(IngestRig.Days.Length)]);
                var reason = random.Next(2) == 0 ? "a test allows it" : null;
                string[] refetched = ["tushare.daily", "tushare.suspend_d", "tushare.stock_basic"];
                var request = new RefetchRequest(
                    [refetched[random.Next(refetched.Length)]],
                    random.Next(3) == 0 ? null : day,
                    null,
                    [],
                    reason
                );
                return await TryAsync(
                    $"refetch {request.Datasets[0]} from {request.From?.ToIso()}{(reason is null ? "" : ", also fewer rows")}",
                    () => rig.RefetchAsync(request)
                );
            case 12 when newest >= 0:
                return Link(rig, table.Id, random);
            case 13:
                await rig.ReopenAsync();
                return "another process";
            case 14:
                var backfill = new BackfillRequest(new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 5), []);
                return await TryAsync(
                    "backfill of days before the plan",
                    () => rig.DriveAsync(rig.Get<BackfillOperation>().RunAsync(backfill, new NoWatcher(), default))
                );
            default:
                return ForeignAppend(rig, random, connection);
        }
    }

    private static string NextEvening(IngestRig rig)
    {
        var next = Today(rig).AddDays(1);
        while (!WatchedMarket.Calendar.IsOpen(next))
        {
            next = next.AddDays(1);
        }

        var evening = new DateTimeOffset(next, new TimeOnly(20, 0), TimeSpan.FromHours(8));
        rig.Clock.Advance(evening - rig.Clock.GetUtcNow());
        return $"it is {evening:MM-dd HH:mm}";
    }

    private static DateOnly Today(IngestRig rig) =>
        DateOnly.FromDateTime(rig.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);

    private async Task<int> VacuumAsync(IngestRig rig)
    {
        var vacuum = new Vacuum(rig.Lake);
        foreach (var each in await rig.Lake.TablesAsync(CancellationToken.None))
        {
            var plan = await vacuum.PlanAsync(each, vacuum.Cutoff(TimeSpan.FromHours(1)), CancellationToken.None);
            _vacuumed += (await vacuum.ApplyAsync(plan, CancellationToken.None)).Files;
        }

        return 0;
    }

    private static async Task<string> RunAsync(IngestRig rig, Pool scope) =>
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

    /// <summary>
    /// Another engine adds rows of a day: a file and a log entry without anything of ours, its path encoded in one way
    /// or another.
    /// </summary>
    private string ForeignAppend(IngestRig rig, Random random, DuckDbConnection connection)
    {
        var (table, columns) = s_days[random.Next(s_days.Length)];
        var folder = Path.Combine(rig.LakeFolder, "ods", table);
        var entries = NaiveLake.Entries(folder);
        if (entries.Length == 0)
        {
            return "nothing";
        }

        var list = table switch
        {
            "ods_fund_daily" => "fund_basic",
            "ods_index_daily" => "index_basic",
            _ => "stock_basic",
        };
        var codes = WatchedMarket.Codes(list).Append("999999.SZ").ToArray();
        var chosen = Enumerable
            .Range(0, random.Next(5, 20))
            .Select(_ => codes[random.Next(codes.Length)])
            .Distinct()
            .ToArray();
        var day = IngestRig.Days[random.Next(IngestRig.Days.Length)];
        _claimed.UnionWith(chosen);
        var name = $"foreign-{entries.Length}.parquet";
        var path = Path.Combine(_folder, name);
        connection.Execute(
            $"""
            COPY (SELECT unnest([{string.Join(
                ", ",
                chosen.Select(DuckDbSql.Literal)
            )}]) AS ts_code, DATE '{day}' AS trade_date, {columns})
            TO {DuckDbSql.Literal(path)} (FORMAT parquet)
            """
        );
        Directory.CreateDirectory(Path.Combine(folder, $"dt={day}"));
        File.Move(path, Path.Combine(folder, $"dt={day}", name));
        var size = new FileInfo(Path.Combine(folder, $"dt={day}", name)).Length;
        var version = long.Parse(Path.GetFileNameWithoutExtension(entries[^1]), CultureInfo.InvariantCulture) + 1;
        var key = random.Next(2) == 0 ? "dt" : "d%74";
        File.WriteAllText(
            Path.Combine(folder, "_delta_log", $"{version:D20}.json"),
            $$$"""
            {"add":{"path":"{{{key}}}={{{day}}}/{{{name}}}","partitionValues":{"dt":"{{{day}}}"},"size":{{{size}}},"modificationTime":0,"dataChange":true}}

            """
        );
        return $"another engine adds rows of {table} to {key}={day}";
    }
}
