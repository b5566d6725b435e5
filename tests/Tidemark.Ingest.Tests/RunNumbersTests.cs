using System.Text;
using System.Text.Json.Nodes;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// The numbers of steps, of a run's row and of the tables' logs are the same: with whatever faults the vendor answers,
/// and when rows change, stay and are sent twice.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class RunNumbersTests(ITestOutputHelper output)
{
    private static readonly string[] s_faults =
    [
        "",
        "",
        "duplicate",
        "empty",
        "wrong_date",
        "garbage",
        "{ text_number: { close: \"n/a\" } }",
    ];

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Run_WithFaultsOfAnyKind_AddsUpOverStepsRowAndCommits(int seed)
    {
        var random = new Random(seed);
        var faults = FaultsOf(random);
        output.WriteLine($"seed {seed}:\n{faults}");
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Faults = faults });

        var first = await rig.RunAsync();

        await ShouldAddUpAsync(rig, first.Id, first.Counts.Rows);
        await rig.ReopenAsync();
        rig.Market.Rewrite = (request, rows) => Change(request.Api.Name, rows);
        var from = DateOnly.Parse(IngestRig.Days[0]);
        var again = await rig.RefetchAsync(new RefetchRequest(["daily"], from, from.AddDays(6), [], null));
        await ShouldAddUpAsync(rig, again.Run.Id, again.Run.Counts.Rows);
        var numbers = (await ShowAsync(rig, again.Run.Id)).Numbers;
        numbers.Unchanged.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Run_UnitThatIsFetchedTwice_CountsItsStepsOnce()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                door.Wait(token);
            }
        };
        var slow = rig.RunAsync(Pool.Targets);
        await door.SomebodyWaits;
        rig.Market.Before = null;
        rig.Market.Rewrite = (request, rows) => Change(request.Api.Name, rows);
        await rig.RunAsync();
        door.Open();

        var run = await slow;

        run.Steps.ShouldBe((await rig.StepsAsync(run.Id)).Count);
        await ShouldAddUpAsync(rig, run.Id, run.Counts.Rows);
    }

    private static string FaultsOf(Random random)
    {
        var faults = new StringBuilder();
        foreach (var api in new[] { "daily", "suspend_d" })
        {
            foreach (var day in IngestRig.Days)
            {
                if (
                    s_faults[random.Next(s_faults.Length)] is { Length: > 0 } fault
                    && (api == "daily" || fault[0] != '{')
                )
                {
                    faults.AppendLine(
                        $"- {{ api: {api}, params: {{ trade_date: \"{day.Replace("-", "", StringComparison.Ordinal)}\" }}, when: {{ between: [2, 100] }}, do: {fault} }}"
                    );
                }
            }
        }

        return faults.Length == 0 ? "[]" : faults.ToString();
    }

    /// <summary>One row of an answer changes, one is new, one comes twice.</summary>
    private static void Change(string api, JsonArray rows)
    {
        if (api != "daily" || rows.Count < 3)
        {
            return;
        }

        rows[0]!.AsArray()[5] = 0.01;
        var added = rows[1]!.DeepClone().AsArray();
        added[0] = "999999.SZ";
        rows.Add((JsonNode)added);
        rows.Add(rows[2]!.DeepClone());
    }

    private static Task<RecordedRunDetail> ShowAsync(IngestRig rig, string id) =>
        rig.Get<RunHistory>().ShowAsync(new RunDetailRequest(id), CancellationToken.None);

    private static async Task ShouldAddUpAsync(IngestRig rig, string id, long rows)
    {
        var run = await ShowAsync(rig, id);
        var (row, numbers, facts) = (run.Run.Row, run.Numbers, run.Story.Facts);

        foreach (var step in run.Steps.Where(s => s is { Status: StepStatus.Success, InputRows: not null }))
        {
            step.DroppedRows.ShouldBe(step.Drops.Total, step.StepId);
            if (step.Written is { } written)
            {
                step.InputRows.ShouldBe(written.Inserted + written.Updated + written.Unchanged, step.StepId);
                step.OutputRows.ShouldBe(written.Inserted + written.Updated, step.StepId);
            }
            else
            {
                (step.InputRows + (step.KeptRows ?? 0) - step.DroppedRows).ShouldBe(step.OutputRows, step.StepId);
            }
        }

        (numbers.Received + numbers.Kept).ShouldBe(numbers.Dropped.Total + numbers.NotCommitted + numbers.Committed);
        numbers.Committed.ShouldBe(numbers.Inserted + numbers.Updated + numbers.Unchanged);
        (row.Rows, row.Inserted, row.Updated).ShouldBe((numbers.Committed, numbers.Inserted, numbers.Updated));
        row.Rows.ShouldBe(rows);
        (facts.Count("unchanged"), facts.Count("removed")).ShouldBe((numbers.Unchanged, numbers.Removed));
        facts
            .Count("unitsPlanned")
            .ShouldBe(
                facts.Count("unitsCommitted")
                    + facts.Count("unitsOpen")
                    + facts.Count("unitsFailed")
                    + facts.Count("unitsLeft")
            );
        facts.Count("unitsCommitted").ShouldBe(numbers.UnitsCommitted);
        await ShouldBeInTheLogsAsync(rig, id, run.Steps);
    }

    /// <summary>What the logs of the tables say that the run added are the rows of the units that it changed.</summary>
    private static async Task ShouldBeInTheLogsAsync(IngestRig rig, string id, IReadOnlyList<StepRow> steps)
    {
        var upserts = steps.Where(s => s is { Stage: StepStage.Upsert, Status: StepStatus.Success }).ToArray();
        foreach (var dataset in upserts.GroupBy(s => s.StepId.Split(':')[1].Split('/')[0]))
        {
            var table = rig.Lake.Table(new("ods", $"ods_{dataset.Key["tushare.".Length..]}"));
            var versions = (await table.HistoryAsync(CancellationToken.None)).Where(v => v.RunId == id).ToArray();
            var changing = dataset.Where(s => s.Written is { Inserted: > 0 } or { Updated: > 0 } or { Removed: > 0 });
            versions.Sum(v => v.Rows).ShouldBe(changing.Sum(s => s.InputRows ?? 0), dataset.Key);
            changing
                .Select(s => s.Written!.Version ?? -1)
                .Distinct()
                .ShouldBeSubsetOf(versions.Select(v => v.Version), dataset.Key);
        }
    }
}
