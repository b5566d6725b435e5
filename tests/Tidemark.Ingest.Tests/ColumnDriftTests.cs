using Tidemark.Control.Findings;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>Answers whose columns are not those that are declared, under each policy.</summary>
[Trait("Speed", "Slow")]
public sealed class ColumnDriftTests
{
    private static readonly DateOnly s_day = new(2024, 6, 11);

    /// <summary>The volume has another name on some days.</summary>
    private static VendorSetup Renamed(params string[] days) =>
        new()
        {
            Faults = string.Join(
                '\n',
                days.Select(day =>
                    $"- {{ api: daily, params: {{ trade_date: \"{day}\" }}, do: {{ rename_column: {{ vol: volume }} }} }}"
                )
            ),
        };

    private static async Task<IngestRig> StartAsync(VendorSetup vendor, string drift)
    {
        var rig = await IngestRig.StartAsync();
        rig.Define(
            "daily",
            text => text.Replace("date_column:", $"drift: {drift}\ndate_column:", StringComparison.Ordinal)
        );
        await rig.ReopenAsync(vendor);
        return rig;
    }

    private static async Task<IReadOnlyList<StoredFinding>> FoundAsync(IngestRig rig) =>
        (await rig.Get<ListFindings>().RunAsync(new FindingsRequest(FindingStore.Drift), default)).Findings;

    [Fact]
    public async Task Run_AnswersAsDeclared_FindsNothing()
    {
        await using var rig = await IngestRig.StartAsync();

        await rig.RunAsync();

        (await FoundAsync(rig)).ShouldBeEmpty(); // the after-hours columns began later, and may be lacking
    }

    [Fact]
    public async Task Run_ColumnsNewAndMissingOnTwoDays_AreTwoFindingsUntilTheVendorHasMendedIt()
    {
        await using var rig = await StartAsync(Renamed("20240607", "20240611"), "{ on_missing: warn }");

        (await rig.RunAsync()).Errors.ShouldBeEmpty();

        (await rig.NumberAsync("SELECT count(DISTINCT dt) FROM ods.ods_daily WHERE vol IS NULL")).ShouldBe(2);
        var found = await FoundAsync(rig);
        found.Select(f => f.Subject).ShouldBe(["tushare.daily missing vol", "tushare.daily new volume"]);
        found[0].Detail.ShouldContain("The answers of 2 units lacked the column 'vol', which is null there");
        found[1].Detail.ShouldContain("The answers of 2 units had a column 'volume' that is not declared");
        await rig.ShouldBeWholeAsync();

        await rig.ReopenAsync();
        (
            await rig.RefetchAsync(new RefetchRequest(["daily"], new DateOnly(2024, 6, 7), s_day, [], null))
        ).Run.Errors.ShouldBeEmpty();
        (await FoundAsync(rig)).ShouldBeEmpty();
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE vol IS NULL")).ShouldBe(0);
    }

    /// <summary>The rows are the same, so that only the remark can go.</summary>
    [Fact]
    public async Task Refetch_OfEqualRowsWithoutTheNewColumn_TakesTheRemarkAway()
    {
        await using var rig = await StartAsync(Renamed("20240611"), "{ on_missing: warn }");
        await rig.RunAsync();
        (await FoundAsync(rig)).Count.ShouldBe(2);
        var day = await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'");

        // Not under its other name any more, either.
        await rig.ReopenAsync(
            new VendorSetup
            {
                Faults = "- { api: daily, params: { trade_date: \"20240611\" }, do: { drop_column: vol } }",
            }
        );
        var again = await rig.RefetchAsync(new RefetchRequest(["daily"], s_day, s_day, [], null));

        again.Run.Errors.ShouldBeEmpty();
        again.Rows.ShouldBe(new RowChanges(0, 0, 0, day));
        (await FoundAsync(rig)).ShouldHaveSingleItem().Subject.ShouldBe("tushare.daily missing vol");
    }

    [Theory]
    [InlineData("{ on_missing: warn, on_new_column: block }", "COLUMNS_NEW", "columns that are not declared: volume")]
    [InlineData("{ on_missing: block }", "VENDOR_COLUMN_MISSING", ": vol;")]
    public async Task Run_WhereDriftBlocks_FailsTheUnitAlone(string drift, string code, string text)
    {
        await using var rig = await StartAsync(Renamed("20240611"), drift);

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe(code);
        error.Message.ShouldContain(text);
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(["2024-06-06", "2024-06-07", "2024-06-12"]);
        (await FoundAsync(rig)).ShouldBeEmpty();
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_KeyThatIsMissing_FailsWhateverThePolicy()
    {
        await using var rig = await StartAsync(
            new VendorSetup
            {
                Faults = "- { api: daily, params: { trade_date: \"20240611\" }, do: { drop_column: ts_code } }",
            },
            "{ on_missing: warn }"
        );

        (await rig.RunAsync()).Errors.ShouldHaveSingleItem().Code.ShouldBe("VENDOR_COLUMN_MISSING");
    }
}
