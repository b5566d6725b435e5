using Tidemark.Control.Findings;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Maintenance;
using Tidemark.Operations.Query;
using Tidemark.Operations.Tests.Support;

namespace Tidemark.Operations.Tests;

/// <summary>Columns that nobody declared and that tables take over, from the file to the query.</summary>
public sealed class DropAdoptionTests
{
    private const string Adopt = "drift: { on_new_column: adopt, on_retyped: warn }";
    private const string Header = "code,day,score,rank,chosen,seen_at,note";
    private const string Wednesday = $"{Header},Turnover %,成交量2\nAAA,2026-08-19,1,1,0,,,0.5,000001\n";
    private const string Thursday =
        $"{Header},成交量2,Turnover %\nAAA,2026-08-20,2,1,0,,,000002,1\nBBB,2026-08-20,3,1,0,,,,\n";

    private const string Plain = $"{Header}\nAAA,2026-08-20,2,1,0,,\n";

    private static readonly TableId s_table = new("ods", "ods_signals");

    private static DropWorkspace Start(string wednesday, string thursday, string rest = Adopt)
    {
        var workspace = new DropWorkspace(rest: rest);
        workspace.Write("drops/signals/2026-08-19.csv", wednesday);
        workspace.Write("drops/signals/2026-08-20.csv", thursday);
        return workspace;
    }

    private static async Task<IReadOnlyList<StoredFinding>> FoundAsync(DropWorkspace workspace) =>
        (
            await workspace
                .Host.Get<ListFindings>()
                .RunAsync(new FindingsRequest(FindingStore.Drift), TestContext.Current.CancellationToken)
        ).Findings;

    private static async Task<string> QueryAsync(DropWorkspace workspace, string columns)
    {
        var sql =
            $"SELECT string_agg(concat_ws('|', symbol, day, {columns}), chr(10) ORDER BY day, symbol) FROM ods.ods_signals";
        using var rows = await workspace
            .Host.Get<QueryOperation>()
            .OpenAsync(new QueryRequest(sql), QueryForm.Text, TestContext.Current.CancellationToken);
        return rows.Next() is var (chunk, count) && count > 0 ? (string?)chunk[0].Value(0) ?? "" : "";
    }

    private static async Task<TableSnapshot> TableAsync(DropWorkspace workspace) =>
        await workspace.Host.Get<DataLake>().Table(s_table).SnapshotAsync(TestContext.Current.CancellationToken);

    private static async Task<LakeColumn[]> AdoptedAsync(DropWorkspace workspace) =>
        [.. (await TableAsync(workspace)).Columns.Where(c => c.Adopted is not null)];

    private static async Task<RunOutcome> RunAsync(DropWorkspace workspace, int committed)
    {
        var run = await workspace.RunAsync();
        run.Errors.ShouldBeEmpty();
        run.Committed.ShouldBe(committed);
        return run;
    }

    [Fact]
    public async Task Run_OfNewColumns_TakesThemOverWithTheirValuesAndTellsOnce()
    {
        await using var workspace = Start(Wednesday, Thursday);

        await RunAsync(workspace, 2);

        var adopted = await AdoptedAsync(workspace);
        adopted
            .Select(c => (c.Adopted!.Field, c.Type))
            .ShouldBe([("Turnover %", LakeType.Double), ("成交量2", LakeType.Text)], ignoreOrder: true);
        adopted.ShouldAllBe(c => c.Nullable && c.Adopted!.At == workspace.Clock.GetUtcNow());
        var volume = adopted.Single(c => c.Type == LakeType.Text).Name;
        volume.ShouldMatch("^adopted_[0-9a-f]{12}$");
        (await QueryAsync(workspace, $"coalesce(turnover__::VARCHAR, '-'), coalesce({volume}, '-')")).ShouldBe(
            "AAA|2026-08-19|0.5|000001\nAAA|2026-08-20|1.0|000002\nBBB|2026-08-20|-|-"
        );
        var found = await FoundAsync(workspace);
        found
            .Select(f => f.Subject)
            .ShouldBe(["file.signals adopted Turnover %", "file.signals adopted 成交量2"], ignoreOrder: true);
        found[0].FirstSeenAt.ShouldBe(workspace.Clock.GetUtcNow());
        (await workspace.PlanAsync()).Units.ShouldBeEmpty();
    }

    [Fact]
    public async Task Adopted_StaysWhereAnswersHaveItNoMore_AndIsNullThere()
    {
        await using var workspace = Start(Wednesday, Plain);
        await RunAsync(workspace, 2);
        var columns = (await TableAsync(workspace)).Columns;

        (await QueryAsync(workspace, "coalesce(turnover__::VARCHAR, '-')")).ShouldBe(
            "AAA|2026-08-19|0.5\nAAA|2026-08-20|-"
        );

        // Whoever does without adopting any more keeps what is there, and goes on filling it.
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Plain
                .Replace("note\n", "note,Turnover %,other\n", StringComparison.Ordinal)
                .Replace(",,\n", ",,,7,x\n", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync(rest: "drift: { on_new_column: warn }");
        await RunAsync(workspace, 1);
        (await QueryAsync(workspace, "turnover__")).ShouldBe("AAA|2026-08-19|0.5\nAAA|2026-08-20|7.0");
        (await TableAsync(workspace)).Columns.ShouldBe(columns);
        (await FoundAsync(workspace)).Select(f => f.Subject).ShouldContain("file.signals new other");
    }

    [Fact]
    public async Task Adopted_OfAnotherTypeLater_IsAsOnRetypedSays()
    {
        await using var workspace = Start(Wednesday, Plain);
        await RunAsync(workspace, 2);
        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Thursday.Replace("000002,1", "2,much", StringComparison.Ordinal)
        );

        await RunAsync(workspace, 1);

        (await QueryAsync(workspace, "coalesce(turnover__::VARCHAR, '-')")).ShouldBe(
            "AAA|2026-08-19|0.5\nAAA|2026-08-20|-\nBBB|2026-08-20|-"
        );
        (await FoundAsync(workspace)).Select(f => f.Subject).ShouldContain("file.signals retyped Turnover %");

        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Thursday.Replace("000002,1", "2,more", StringComparison.Ordinal)
        );
        await workspace.ReopenAsync(rest: "drift: { on_new_column: adopt }");
        (await workspace.RunAsync()).Errors.ShouldHaveSingleItem().Code.ShouldBe("VENDOR_VALUE");
    }

    [Fact]
    public async Task Adopted_ThatIsDeclaredLater_IsTheDeclaredColumn()
    {
        await using var workspace = Start(Wednesday, Plain);
        await RunAsync(workspace, 2);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);

        await workspace.ReopenAsync(
            rest: Adopt,
            columns: "turnover__: { type: double, field: \"Turnover %\", unit: \"%\", about: Turnover, optional: true }"
        );
        await RunAsync(workspace, 1);

        (await QueryAsync(workspace, "coalesce(turnover__::VARCHAR, '-')")).ShouldBe(
            "AAA|2026-08-19|0.5\nAAA|2026-08-20|1.0\nBBB|2026-08-20|-"
        );
        (await AdoptedAsync(workspace)).ShouldHaveSingleItem().Adopted!.Field.ShouldBe("成交量2");
        (await TableAsync(workspace)).Columns.Single(c => c.Name == "turnover__").Comment.ShouldBe("Turnover [%]");
        (await FoundAsync(workspace)).ShouldHaveSingleItem().Subject.ShouldBe("file.signals adopted 成交量2");
    }

    [Fact]
    public async Task Adopted_ThatIsDeclaredAsAnotherType_IsRefusedWithWhatToWrite()
    {
        await using var workspace = Start(Wednesday, Plain);
        await RunAsync(workspace, 2);
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);

        await workspace.ReopenAsync(
            rest: Adopt,
            columns: "turnover__: { type: text, field: \"Turnover %\", optional: true }"
        );
        var error = (await workspace.RunAsync()).Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe("SCHEMA_MISMATCH");
        error.Message.ShouldContain(
            "turnover__ was adopted from the vendor's 'Turnover %' as DOUBLE and is declared as VARCHAR"
        );
        error.Message.ShouldContain("`field: Turnover %`");

        // By another name it is a column of its own, and the adopted one gets no more values.
        await workspace.ReopenAsync(
            rest: Adopt,
            columns: "turnover: { type: text, field: \"Turnover %\", optional: true }"
        );
        (await workspace.RunAsync()).Errors.ShouldBeEmpty();
        (await QueryAsync(workspace, "coalesce(turnover__::VARCHAR, '-'), coalesce(turnover, '-')")).ShouldBe(
            "AAA|2026-08-19|0.5|-\nAAA|2026-08-20|-|1\nBBB|2026-08-20|-|-"
        );
    }

    /// <summary>What it is in one file decides: a code is no number, nor is a list anything.</summary>
    [Theory]
    [InlineData("1.5", "2", "DOUBLE")]
    [InlineData("-0.5", "1e3", "DOUBLE")]
    [InlineData("000001", "2", "VARCHAR")]
    [InlineData("12345678901234567890", "2", "VARCHAR")]
    [InlineData("1", "x", "VARCHAR")]
    [InlineData("true", "false", "VARCHAR")]
    [InlineData("1", "--", "DOUBLE")]
    [InlineData("", "NaN", null)]
    public async Task Type_IsThatOfAllValuesOfTheAnswer(string first, string second, string? type)
    {
        await using var workspace = Start(
            $"{Header},more\nAAA,2026-08-19,1,1,0,,,{first}\nBBB,2026-08-19,1,1,0,,,{second}\n",
            Plain
        );

        await RunAsync(workspace, 2);

        (await AdoptedAsync(workspace)).Select(c => c.Type.SqlName).ShouldBe(type is null ? [] : [type]);
        (await FoundAsync(workspace))
            .Select(f => f.Subject)
            .ShouldBe([$"file.signals {(type is null ? "new" : "adopted")} more"]);
    }

    [Fact]
    public async Task Adoption_OfMoreColumnsThanATableMayGet_LeavesTheRestOut()
    {
        var names = string.Join(',', Enumerable.Range(100, 500).Select(i => $"m{i}"));
        var values = string.Join(',', Enumerable.Repeat("1", 500));
        await using var workspace = Start($"{Header},{names}\nAAA,2026-08-19,1,1,0,,,{values}\n", Plain);

        await RunAsync(workspace, 2);
        (await AdoptedAsync(workspace)).Length.ShouldBe(64);

        workspace.Write(
            "drops/signals/2026-08-20.csv",
            Plain
                .Replace("note", "note,more", StringComparison.Ordinal)
                .Replace(",,\n", ",,,1\n", StringComparison.Ordinal)
        );
        await RunAsync(workspace, 1);
        (await AdoptedAsync(workspace)).Length.ShouldBe(64);
        (await FoundAsync(workspace)).Select(f => f.Subject).ShouldContain("file.signals new more");
    }

    /// <summary>Names that a table cannot have, that differ in nothing but case, that a table has already.</summary>
    [Fact]
    public async Task Adoption_OfOddNames_NeverBreaksAUnit()
    {
        await using var workspace = Start(
            $"{Header},dt,month,Up,UP,,1st,symbol\nAAA,2026-08-19,1,1,0,,,1,2,3,4,5,6,7\n",
            $"{Header},UP,Up,dt,dt\nAAA,2026-08-20,1,1,0,,,3,4,5,6\n"
        );

        await RunAsync(workspace, 2);

        var adopted = await AdoptedAsync(workspace);
        adopted.Select(c => c.Adopted!.Field).ShouldBe(["1st", "UP", "Up", "dt", "month", "symbol"], ignoreOrder: true);
        adopted.Select(c => c.Name).ShouldAllBe(name => name == "up" || name.StartsWith("adopted_"));
        var upper = adopted.Single(c => c.Adopted!.Field == "UP").Name;
        var dt = adopted.Single(c => c.Adopted!.Field == "dt").Name;
        (await QueryAsync(workspace, $"{upper}, {dt}")).ShouldBe("AAA|2026-08-19|4.0|1.0\nAAA|2026-08-20|3.0|5.0");
    }

    [Fact]
    public async Task Adopted_OutlivesCompactionAndRestore()
    {
        await using var workspace = Start(Wednesday, Plain);
        await RunAsync(workspace, 2);
        var version = (await TableAsync(workspace)).Version;
        workspace.Write("drops/signals/2026-08-20.csv", Thursday);
        await RunAsync(workspace, 1);
        var adopted = await AdoptedAsync(workspace);
        const string Turnover = "coalesce(turnover__::VARCHAR, '-')";
        var rows = await QueryAsync(workspace, Turnover);

        (
            await workspace
                .Host.Get<CompactOperation>()
                .RunAsync(
                    new CompactRequest(["ods.ods_signals"]),
                    new Unwatched(),
                    TestContext.Current.CancellationToken
                )
        ).Failed.ShouldBeEmpty();
        (await AdoptedAsync(workspace)).ShouldBe(adopted);
        (await QueryAsync(workspace, Turnover)).ShouldBe(rows);

        await workspace
            .Host.Get<RestoreOperation>()
            .RunAsync(new RestoreRequest("ods.ods_signals", version, null), TestContext.Current.CancellationToken);
        (await AdoptedAsync(workspace)).ShouldBe(adopted);
        (await QueryAsync(workspace, Turnover)).ShouldBe("AAA|2026-08-19|0.5\nAAA|2026-08-20|-");
    }

    private sealed class Unwatched : ICompactWatcher
    {
        public Task<CompactedTable> WatchAsync(
            string table,
            Func<IProgress<CompactProgress>?, Task<CompactedTable>> compact
        ) => compact(null);
    }
}
