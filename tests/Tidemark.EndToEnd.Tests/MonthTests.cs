using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Tables that are declared <c>partition: month</c> hold what the same tables hold by day, whoever reads them.
/// </summary>
public sealed partial class MonthTests
{
    private const string From = "2025-05-28";
    private const string To = "2025-06-06";
    private const string Bars = "ods.ods_daily";
    private const string Facts = "dwd.dwd_stock_daily";
    private static readonly string[] s_numbers = ["open", "close", "vol"];
    private static readonly string[] s_facts = ["close", "close_hfq", "volume_shares"];

    [Fact]
    public async Task Month_BackfilledBuiltAndCompacted_HasTheRowsOfTheSameTablesByDay()
    {
        IndependentReader.SkipWhenMissing();
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var days = await FilledAsync(folder, simulator, "days", byMonth: false);
        var months = await FilledAsync(folder, simulator, "months", byMonth: true);
        var made = await RowsAsync(days);

        Partitions(days, Bars).Count.ShouldBe(7);
        Partitions(months, Bars).ShouldBe(["month=2025-05", "month=2025-06"]);
        Partitions(months, Facts).ShouldBe(["month=2025-05", "month=2025-06"]);
        (await RowsAsync(months)).ShouldBe(made);
        await ClickHouseReadsTheSameAsync(folder, days, months);
        (await StatusAsync(months)).ShouldBe(await StatusAsync(days));

        // Three days and four: a file a month of each, in a few tables.
        var compacted = (await months.JsonAsync("compact", Bars, Facts)).EnumerateArray().ToArray();
        compacted.Select(t => $"{t.Number("files_before")} → {t.Number("files_after")}").ShouldBe(["7 → 2", "7 → 2"]);
        (await RowsAsync(months)).ShouldBe(made);
        await ClickHouseReadsTheSameAsync(folder, days, months);

        // Nothing of it is news to anyone.
        (await months.JsonAsync("backfill", "--from", From, "--to", To))
            .Number("failed")
            .ShouldBe(0);
        var again = await months.JsonAsync("build");
        again.GetProperty("built").GetArrayLength().ShouldBe(0);
        (await months.JsonAsync("verify")).GetProperty("ok").GetBoolean().ShouldBeTrue();

        // A day of the merged month is read by the macro, and replaced, by itself.
        const string One =
            "SELECT count(*) AS n, min(dt) AS first, max(dt) AS last FROM ods.ods_daily_dt('2025-06-04')";
        var day = (await months.SqlAsync(One)).Single();
        (day.Text("first"), day.Text("last")).ShouldBe(("2025-06-04", "2025-06-04"));
        day.Number("n").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Month_DeclaredForATableThatStandsByDay_IsRefusedAndNothingChanges()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var workspace = await FilledAsync(folder, simulator, "w", byMonth: false);
        var before = await RowsAsync(workspace);
        ByMonth(folder.At("w"));

        // A day more is wanted now.
        var file = folder.At("w", "tidemark.yaml");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            text.Replace($"to: {To}", "to: 2025-06-09", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        var refused = await workspace.RunAsync("backfill", "--from", From, "--to", "2025-06-09", "--no-build");

        refused.ExitCode.ShouldNotBe(0);
        (refused.Out + refused.Error).ShouldContain("is partitioned by dt in the lake and declared by month");
        (await RowsAsync(workspace)).ShouldBe(before);
    }

    private static async Task<Workspace> FilledAsync(
        TemporaryFolder folder,
        SimulatorProcess simulator,
        string name,
        bool byMonth
    )
    {
        var workspace = Workspace.Create(folder.At(name), simulator.Url, From, To, more: "definitions: ./mine").Here;
        Checkout.CopyDefinitions(folder.At(name, "mine"));
        if (byMonth)
        {
            ByMonth(folder.At(name));
        }

        (await workspace.JsonAsync("backfill", "--from", From, "--to", To)).Number("failed").ShouldBe(0);
        await workspace.JsonAsync("build");
        return workspace;
    }

    private static void ByMonth(string workspace)
    {
        Edit(Path.Combine(workspace, "mine/datasets/tushare.daily.yaml"), "\ngrain: ", "\npartition: month\ngrain: ");
        Edit(
            Path.Combine(workspace, "mine/warehouse/dwd/dwd_stock_daily.sql"),
            "\npartition: dt\n",
            "\npartition: month\n"
        );
    }

    private static void Edit(string file, string old, string @new)
    {
        var text = File.ReadAllText(file);
        text.ShouldContain(old);
        File.WriteAllText(file, text.Replace(old, @new, StringComparison.Ordinal));
    }

    private static List<string?> Partitions(Workspace workspace, string table) =>
        [
            .. Directory
                .GetDirectories(Path.Combine(workspace.Lake, table.Replace('.', '/')), "*=*")
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal),
        ];

    private static async Task<List<string>> RowsAsync(Workspace workspace)
    {
        var rows = new List<string>();
        foreach (var table in new[] { Bars, Facts })
        {
            var all = await workspace.SqlAsync(
                $"SELECT dt, count(*) AS n, CAST(sum(hash(r)) AS VARCHAR) AS hash FROM (SELECT COLUMNS(c -> c <> 'month') FROM {table}) AS r GROUP BY dt ORDER BY dt"
            );
            rows.AddRange(all.Select(r => $"{table} {r.Text("dt")} {r.Number("n")} {r.Text("hash")}"));
        }

        return rows;
    }

    private static async Task<string> StatusAsync(Workspace workspace) =>
        // But for the moment at which it was worked out.
        MomentInTime().Replace((await workspace.JsonAsync("status")).ToString(), "");

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.+Z-]+")]
    private static partial Regex MomentInTime();

    private static async Task ClickHouseReadsTheSameAsync(TemporaryFolder folder, Workspace days, Workspace months)
    {
        var sums = new List<Dictionary<string, TableSums>>();
        foreach (var workspace in new[] { days, months })
        {
            sums.Add(
                await IndependentReader.ReadAsync(
                    folder.Path,
                    [
                        (Bars, Path.Combine(workspace.Lake, "ods/ods_daily"), s_numbers),
                        (Facts, Path.Combine(workspace.Lake, "dwd/dwd_stock_daily"), s_facts),
                    ],
                    null
                )
            );
        }

        sums[0][Bars].Rows.ShouldBeGreaterThan(0);
        sums[1][Bars].ShouldBe(sums[0][Bars], s_numbers, Bars);
        sums[1][Facts].ShouldBe(sums[0][Facts], s_facts, Facts);
    }
}
