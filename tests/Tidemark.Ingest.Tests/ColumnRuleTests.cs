using System.Text.Json.Nodes;
using Tidemark.Control.Findings;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>Rows that break the rules of their dataset: a finding, or a unit that fails and leaves the lake alone.</summary>
[Trait("Speed", "Slow")]
public sealed class ColumnRuleTests
{
    private const int Open = 2;
    private const int High = 3;
    private const int Low = 4;
    private const int Volume = 9;

    private static readonly DateOnly s_day = new(2024, 6, 11);

    private static async Task<IReadOnlyList<StoredFinding>> FoundAsync(IngestRig rig) =>
        (await rig.Get<ListFindings>().RunAsync(new FindingsRequest(FindingStore.Quality), default)).Findings;

    /// <summary>Changes rows of the 11th.</summary>
    private static void Change(IngestRig rig, Action<JsonArray> change) =>
        rig.Market.Rewrite = (request, rows) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                change(rows);
            }
        };

    private static async Task<IngestRig> StartAsync(string rules)
    {
        var rig = await IngestRig.StartAsync();
        rig.Define(
            "daily",
            text =>
                string.Join(
                    '\n',
                    text.Split('\n').Select(line => line.StartsWith("rules:", StringComparison.Ordinal) ? rules : line)
                )
        );
        await rig.ReopenAsync();
        return rig;
    }

    [Fact]
    public async Task Run_RowsThatKeepTheShippedRules_FindsNothing()
    {
        await using var rig = await IngestRig.StartAsync();

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        (await FoundAsync(rig)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_RowsThatBreakShippedRules_IsAFindingARuleUntilTheRowsAreMended()
    {
        await using var rig = await IngestRig.StartAsync();
        Change(
            rig,
            rows =>
            {
                rows[1]!.AsArray()[Open] = 0;
                rows[2]!.AsArray()[Open] = -1.5;
                rows[3]!.AsArray()[Low] = (double)rows[3]![High]! + 1;
                rows[4]!.AsArray()[Open] = null; // absent values break no range
                rows[4]!.AsArray()[Low] = null;
                rows[5]!.AsArray()[High] = null;
            }
        );

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);

        var found = await FoundAsync(rig);
        found
            .Select(f => f.Subject)
            .ShouldBe(["tushare.daily: low above 0, not above high", "tushare.daily: open above 0"]);
        found[0]
            .Detail.ShouldStartWith("1 row of 1 unit break it, the first in tushare.daily/2024-06-11: row 4 (ts_code ");
        found[0].Detail.ShouldContain(" and high ");
        found[1].Detail.ShouldStartWith("2 rows of 1 unit break it");
        found[1].Detail.ShouldContain(" has open 0.");
        found[1].Detail.ShouldContain("`tidemark refetch tushare.daily --from 2024-06-11 --to 2024-06-11`");

        rig.Market.Rewrite = null;
        (await rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day, [], null))).Run.Errors.ShouldBeEmpty();
        (await FoundAsync(rig)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{ vol: { max: 1, on_break: block } }", "rows break 'vol at most 1', the first: row 1 (ts_code ")]
    [InlineData(
        "{ vol: { nulls: 0.01, on_break: block } }",
        "'vol absent in at most 1 % of rows', the first: row 3 (ts_code "
    )]
    [InlineData("{ vol: { min: 0, on_break: block }, open: { max: 0.5, on_break: block } }", "'open at most 0.5'")]
    public async Task Run_WhereARuleBlocks_FailsTheUnitAndLeavesTheLakeAsItWas(string rules, string text)
    {
        await using var rig = await StartAsync("");
        (await rig.RunAsync()).Errors.ShouldBeEmpty();
        var version = (await rig.SnapshotAsync("ods_daily")).Version;
        rig.Define("daily", text => $"{text}\nrules: {rules}\n");
        await rig.ReopenAsync();
        Change(rig, rows => rows[2]!.AsArray()[Volume] = null);

        var again = await rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day, [], null));

        var error = again.Run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("RULE_BROKEN");
        error.Message.ShouldStartWith("tushare.daily/2024-06-11: ");
        error.Message.ShouldContain(text);
        (await rig.SnapshotAsync("ods_daily")).Version.ShouldBe(version);
        (await FoundAsync(rig)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Findings_OfARuleThatIsTakenBack_Go()
    {
        await using var rig = await StartAsync("rules: { vol: { max: 1 } }");
        await rig.RunAsync();
        (await FoundAsync(rig)).ShouldHaveSingleItem().Detail.ShouldContain("rows of 4 units break it");

        rig.Define("daily", text => text.Replace("rules: { vol: { max: 1 } }", "", StringComparison.Ordinal));
        await rig.ReopenAsync();

        (await FoundAsync(rig)).ShouldBeEmpty();
    }
}
