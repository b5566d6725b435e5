using Tidemark.Control.Findings;
using Tidemark.Core.Runs;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>Files whose columns are not what is declared, from the file to the findings.</summary>
public sealed class DropDriftTests
{
    private const string Header = "code,day,score,rank,chosen,seen_at,note\n";
    private const string Wednesday = Header + "AAA,2026-08-19,1,1,0,,\n";
    private const string Thursday =
        Header + "AAA,2026-08-20,high,1,0,,\nBBB,2026-08-20,0.5,1st,0,,\nCCC,2026-08-20,low,3,0,,\n";

    private static async Task<IReadOnlyList<StoredFinding>> FoundAsync(DropWorkspace workspace) =>
        (
            await workspace
                .Host.Get<ListFindings>()
                .RunAsync(new FindingsRequest(FindingStore.Drift), TestContext.Current.CancellationToken)
        ).Findings;

    private static DropWorkspace Start(string drift, string thursday = Thursday)
    {
        var workspace = new DropWorkspace(rest: $"drift: {drift}");
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", thursday);
        return workspace;
    }

    [Fact]
    public async Task Run_ValuesOfAnotherType_AreNullAndAFindingAColumnUntilTheFileIsCorrected()
    {
        await using var workspace = Start("{ on_retyped: warn }");

        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);

        (await workspace.RowsAsync()).ShouldBe(
            "AAA|2026-08-19|1.0|1|false|null\nAAA|2026-08-20|1|false|null\nBBB|2026-08-20|0.5|false|null\nCCC|2026-08-20|3|false|null"
        );
        var found = await FoundAsync(workspace);
        found.Select(f => f.Subject).ShouldBe(["file.signals retyped rank", "file.signals retyped score"]);
        found[0].Detail.ShouldStartWith("1 value of 1 unit in the column 'rank' could not be read");
        found[1].Detail.ShouldStartWith("2 values of 1 unit in the column 'score' could not be read");
        found[1].Detail.ShouldContain("like 'high' (file.signals/2026-08-20)");

        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Thursday.Replace("1st", "1", StringComparison.Ordinal).Replace("low", "0.1", StringComparison.Ordinal)
        );
        (await workspace.RunAsync()).Committed.ShouldBe(1);
        (await FoundAsync(workspace)).ShouldHaveSingleItem().Detail.ShouldStartWith("1 value of 1 unit in the column");

        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Thursday
                .Replace("1st", "1", StringComparison.Ordinal)
                .Replace("low", "0.1", StringComparison.Ordinal)
                .Replace("high", "0.2", StringComparison.Ordinal)
        );
        var run = await workspace.RunAsync();
        run.Errors.ShouldBeEmpty();
        run.Committed.ShouldBe(1);
        (await FoundAsync(workspace)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}", Thursday, "'score'")]
    [InlineData("{ on_retyped: block }", Thursday, "'score'")]
    [InlineData("{ on_retyped: warn }", Header + "AAA,someday,1,1,0,,\n", "'day'")]
    public async Task Run_WhereThatBlocks_FailsTheUnitAlone(string drift, string thursday, string column)
    {
        await using var workspace = Start(drift, thursday);

        var run = await workspace.RunAsync();

        (run.Committed, run.Failed).ShouldBe((1, 1));
        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("VENDOR_VALUE");
        error.Message.ShouldContain(column);
        (await workspace.RowsAsync()).ShouldBe("AAA|2026-08-19|1.0|1|false|null");
        (await FoundAsync(workspace)).ShouldBeEmpty();
    }

    /// <summary>A file of texts where numbers are declared: nothing of the column can be read.</summary>
    [Fact]
    public async Task Run_OfParquetWithAColumnOfAnotherType_CountsAllOfItsValues()
    {
        await using var workspace = new DropWorkspace("signals/{dt:yyyy-MM-dd}.*", rest: "drift: { on_retyped: warn }");
        workspace.Write("drops/signals/2026-08-19.csv", Wednesday);
        workspace.WriteParquet(
            "drops/signals/2026-08-20.parquet",
            """
            SELECT code, DATE '2026-08-20' AS day, 0.5 AS score, 1 AS rank, [true, false] AS chosen,
              NULL::TIMESTAMP AS seen_at, 'x' AS note FROM (VALUES ('AAA'), ('BBB')) AS t(code)
            """
        );

        (await workspace.RunAsync()).Status.ShouldBe(RunStatus.Success);

        var found = (await FoundAsync(workspace)).ShouldHaveSingleItem();
        found.Subject.ShouldBe("file.signals retyped chosen");
        found.Detail.ShouldStartWith("2 values of 1 unit");
        (await workspace.RowsAsync()).ShouldContain("AAA|2026-08-20|0.5|1|x");
    }
}
