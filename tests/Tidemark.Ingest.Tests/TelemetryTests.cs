using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.Core.Runs;
using Tidemark.Core.Telemetry;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Planning;

namespace Tidemark.Ingest.Tests;

/// <summary>What a run is seen by from outside: measurements, activities, lines of the log.</summary>
public sealed partial class TelemetryTests
{
    private const string Table = """
        /*
        partition: dt
        key: [symbol]
        description: The closing prices.
        */
        SELECT ts_code AS symbol, close FROM ods.ods_daily WHERE dt = DATE '${PARTITION_DATE}'
        """;

    private static string Page =>
        File.ReadAllText(Path.Combine(IngestRig.Definitions, "..", "docs/reference/metrics.md"));

    /// <summary>
    /// Two hosts of which one is overtaken by the other while it asks for bars, a vendor that fails once and refuses
    /// once, a warehouse table: everything that the page names is heard, with the unit and the tags that it names.
    /// </summary>
    [Fact]
    public async Task Metrics_OfRunsWithTroubles_AreThoseOfThePage()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.DeclareTable("dwd", "dwd_close", Table);
        await rig.ReopenAsync(
            new VendorSetup
            {
                Faults = """
                - { api: daily, params: { trade_date: "20240611" }, when: { nth: 1 }, do: rate_limit }
                - { api: suspend_d, params: { trade_date: "20240611" }, when: { nth: 1 }, do: { http: 502 } }
                """,
            }
        );
        await using var other = rig.OpenAgain();
        using var measured = new Measurements(rig.Host, other);
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240606"))
            {
                door.Wait(token);
            }
        };
        var overtaken = rig.RunBesideAsync(Pool.Targets);
        await door.SomebodyWaits;
        rig.Market.Before = null;
        var plan = other.Get<WorkspacePlan>().ForRun(Pool.Universe, ["tushare.daily"], asOf: null);
        var request = new RunRequest(Pool.Universe, RunMode.Manual, "manual", plan);
        await rig.DriveAsync(other.Get<IngestRunner>().RunAsync(request, null, default));
        rig.Market.Rewrite = (asked, rows) =>
        {
            if (WatchedMarket.IsUnit(asked, "daily", "20240606"))
            {
                rows[0]!.AsArray()[5] = 0.01;
            }
        };
        door.Open();
        await overtaken;
        await rig.RunBothAsync();

        var page = PageRow()
            .Matches(Page)
            .Select(m =>
                $"{m.Groups["name"].Value} {m.Groups["kind"].Value} {m.Groups["unit"].Value} {m.Groups["tags"].Value}".TrimEnd()
            )
            .Order(StringComparer.Ordinal);
        var heard = measured
            .Heard.GroupBy(h => h.Instrument, StringComparer.Ordinal)
            .Select(h =>
            {
                var instrument = measured.Declared[h.Key];
                var tags = h.SelectMany(m => m.Tags.Select(t => t.Key)).Distinct().Order(StringComparer.Ordinal);
                return $"{h.Key} {KindOf(instrument)} {instrument.Unit} {string.Join(' ', tags.Select(t => $"`{t}`"))}".TrimEnd();
            })
            .Order(StringComparer.Ordinal)
            .ToArray();
        string.Join('\n', heard).ShouldBe(string.Join('\n', page));
        measured.Declared.Keys.Order(StringComparer.Ordinal).ShouldBe(heard.Select(h => h.Split(' ')[0]));
    }

    [Fact]
    public async Task Metrics_OfOneRun_AreItsOutcome()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup
            {
                Faults = "- { api: daily, params: { trade_date: \"20240611\" }, when: { nth: 1 }, do: { http: 502 } }",
            }
        );
        using var measured = new Measurements(rig.Host);

        var run = await rig.RunAsync();

        measured.Sum("tidemark.ingest.runs", ("status", "success"), ("pool", "universe")).ShouldBe(1);
        measured.Sum("tidemark.ingest.units", ("outcome", "committed")).ShouldBe(run.Committed);
        measured.Sum("tidemark.ingest.rows").ShouldBe(run.Counts.Rows);
        measured.Sum("tidemark.lake.rows").ShouldBe(run.Counts.Rows);
        measured.Sum("tidemark.ingest.queue").ShouldBe(0);
        measured.Sum("tidemark.vendor.retries", ("api", "daily"), ("code", "VENDOR_HTTP_STATUS")).ShouldBe(1);
        measured.Sum("tidemark.vendor.calls", ("api", "daily"), ("outcome", "failed")).ShouldBe(1);
        measured
            .Sum("tidemark.vendor.wait", ("reason", "retry"))
            .ShouldBe(rig.Waits.Sum(w => w.TotalSeconds), tolerance: 0.001);
    }

    /// <summary>No tag has as many values as there are symbols or days.</summary>
    [Fact]
    public async Task Tags_NameNoSymbolDayOrToken()
    {
        await using var rig = await IngestRig.StartAsync();
        using var measured = new Measurements(rig.Host);

        await rig.RunBothAsync();

        measured
            .Heard.SelectMany(h => h.Tags)
            .Select(t => (string)t.Value!)
            .Distinct()
            .ShouldAllBe(value => !value.Any(char.IsAsciiDigit) && value != "a-good-token");
    }

    [Fact]
    public async Task Activities_OfConcurrentUnits_LieBelowTheirOwn()
    {
        await using var rig = await IngestRig.StartAsync();
        using var seen = new Activities(rig.Host);

        var response = await rig.RunBothAsync();

        var runs = seen.Named("run").ToArray();
        runs.Select(r => r.GetTagItem(ActivityTags.Run)).ShouldBe(response.Runs.Select(r => r.Id), ignoreOrder: true);
        var operation = seen.Named("run pools").ShouldHaveSingleItem();
        runs.ShouldAllBe(r => r.ParentSpanId == operation.SpanId);
        foreach (var run in response.Runs)
        {
            var activity = runs.Single(r => (string?)r.GetTagItem(ActivityTags.Run) == run.Id);
            var units = seen.Below(activity).Where(a => a.OperationName == "unit").ToArray();
            units
                .Select(u => u.GetTagItem(ActivityTags.Unit))
                .ShouldBe(run.Work.Committed.Select(c => c.Unit.Id.ToString()), ignoreOrder: true);
            foreach (var unit in units)
            {
                var stages = seen.Below(unit).OrderBy(s => s.StartTimeUtc).ToArray();
                stages
                    .Select(s => s.OperationName)
                    .ShouldBe(["extract", "normalize", "upsert", "evaluate"], $"{unit.GetTagItem("unit")}");
                stages.ShouldAllBe(s => s.TraceId == operation.TraceId);
                unit.GetTagItem(ActivityTags.Version).ShouldBe(stages[2].GetTagItem(ActivityTags.Version));
                seen.Below(stages[0]).ShouldAllBe(c => c.OperationName == "call");
                seen.Below(stages[0]).ShouldNotBeEmpty();
            }
        }

        seen.Named("commit").ShouldAllBe(c => runs.Any(r => r.SpanId == c.ParentSpanId));
        seen.Named("commit").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Activities_OfAUnitThatFails_NameTheCode()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, params: { trade_date: \"20240611\" }, do: { http: 502 } }" }
        );
        using var seen = new Activities(rig.Host);

        await rig.RunAsync();

        var unit = seen.Named("unit").Single(u => u.Status == ActivityStatusCode.Error);
        unit.GetTagItem(ActivityTags.Unit).ShouldBe("tushare.daily/2024-06-11");
        unit.GetTagItem(ActivityTags.ErrorCode).ShouldBe("VENDOR_HTTP_STATUS");
        seen.Below(unit).ShouldHaveSingleItem().OperationName.ShouldBe("extract");
    }

    /// <summary>Nobody listens: no activity is made, and the run is the same.</summary>
    [Fact]
    public async Task Run_WithoutListeners_LeavesNoTraces()
    {
        await using var rig = await IngestRig.StartAsync();

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        run.Work.Traces.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Log_OfARunWhoseVendorRepeatsTheToken_NamesRunsUnitsAndTablesAndNoToken(string format)
    {
        const string Token = "a-Good-token-4711";
        var folder = Directory.CreateTempSubdirectory("tidemark-log-").FullName;
        try
        {
            var rig = await IngestRig.StartAsync(
                new VendorSetup
                {
                    Token = Token,
                    Faults = $$"""
                    - api: daily
                      params: { trade_date: "20240611" }
                      do: { error: { code: -2001, message: "no such thing for {{Token}}\nINFO forged: line" } }
                    """,
                },
                environment: new Dictionary<string, string>
                {
                    ["TIDEMARK__LOGGING__LEVEL"] = "debug",
                    ["TIDEMARK__LOGGING__FORMAT"] = format,
                    ["TIDEMARK__LOGGING__FILE"] = Path.Combine(folder, "logs", "run.log"),
                }
            );
            RunOutcome run;
            await using (rig)
            {
                run = await rig.RunAsync();
                run.Failed.ShouldBe(1);
            }

            var lines = File.ReadAllLines(Path.Combine(folder, "logs", "run.log"));
            lines.ShouldNotContain(l => l.Contains(Token));
            lines.ShouldAllBe(l => l.StartsWith(format == "json" ? "{" : "2024-06-12T12:"));
            if (format == "json")
            {
                Documents(lines, run);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Documents(string[] lines, RunOutcome run)
    {
        var events = lines.Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        events.ShouldAllBe(e => e.GetProperty("time").GetString()!.StartsWith("2024-06-12T12:"));
        var commits = Of("lake.committed").Where(e => e.GetProperty("operation").GetString() == "INGEST").ToArray();
        commits.Sum(e => e.GetProperty("row_count").GetInt64()).ShouldBe(run.Counts.Rows);
        commits.ShouldAllBe(e =>
            e.GetProperty("run_id").GetString() == run.Id
            && e.GetProperty("status").GetString() == "committed"
            && e.GetProperty("file_count").GetInt32() > 0
            && e.GetProperty("location").GetString()!.StartsWith("ods/")
        );
        commits
            .Where(e => e.GetProperty("table").GetString() == "ods.ods_daily")
            .SelectMany(e => e.GetProperty("dt").GetString()!.Split(' '))
            .Order()
            .ShouldBe(["2024-06-06", "2024-06-07", "2024-06-12"]);
        var failed = Of("unit.failed").ShouldHaveSingleItem();
        failed.GetProperty("unit").GetString().ShouldBe("tushare.daily/2024-06-11");
        failed.GetProperty("api").GetString().ShouldBe("daily");
        failed.GetProperty("table").GetString().ShouldBe("ods_daily");
        failed.GetProperty("reason").GetString()!.ShouldContain("****");
        // A client knows nothing of units; the lines that it writes name them all the same.
        Of("tushare.call")
            .Where(e => e.TryGetProperty("unit", out _))
            .Select(e => (e.GetProperty("run_id").GetString(), e.GetProperty("unit").GetString()))
            .ShouldContain((run.Id, "tushare.daily/2024-06-12"));

        IEnumerable<JsonElement> Of(string name) => events.Where(e => e.GetProperty("event").GetString() == name);
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>) ? "histogram"
        : instrument.GetType().GetGenericTypeDefinition() == typeof(UpDownCounter<>) ? "up-down counter"
        : "counter";

    [GeneratedRegex(
        @"^\| `(?<name>tidemark[\w.]+)` \| (?<kind>[\w-]+(?: \w+)?) \| `(?<unit>[^`]+)` \| (?<tags>(?:`\w+` ?)*?) ?\|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex PageRow();
}
