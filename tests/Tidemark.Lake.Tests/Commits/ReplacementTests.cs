using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>A table whose declaration and content are replaced in one version.</summary>
public sealed class ReplacementTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableDefinition s_renamed = LakeFixture.Prices() with
    {
        Columns = [new LakeColumn("code", LakeType.Text, Nullable: false), new LakeColumn("close", LakeType.Long)],
    };

    private readonly LakeFixture _lake = new();

    private LakeTable Table => _lake.Lake.Table(s_renamed.Id);

    [Fact]
    public async Task Replace_AfterAddedColumns_LeavesOneSchemaForAllFiles()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var widened = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        await CommitAsync(widened, "p/2", "SELECT 'b' AS code, 2.5::DOUBLE AS price, 7 AS volume");

        var result = await ReplaceAsync();

        var now = await Table.SnapshotAsync(default);
        result.Version.ShouldBe(2);
        now.Columns.Select(c => c.Name).ShouldBe(["code", "close", "dt"]);
        now.Units.ShouldBe(["p/1", "p/2"], ignoreOrder: true);
        (now.SchemaChanged, now.RowCount).ShouldBe((false, 2));
        (await _lake.NewLake().Table(s_renamed.Id).SnapshotAsync(default)).SchemaChanged.ShouldBeFalse();
        (await _lake.RowsAsync("SELECT code, close, dt FROM ods.ods_prices ORDER BY ALL")).ShouldBe([
            "x|1|2022-06-01",
            "y|2|2022-06-02",
        ]);
    }

    [Fact]
    public async Task Replace_ThenRestore_GivesTheOldColumnsBack()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await ReplaceAsync();

        await new TableRestore(Table).RestoreAsync(0, default);

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
        (await new LakeVerifier(_lake.Lake).VerifyAsync(Table, quick: false, null, default)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replace_AnotherWriterWasThere_IsRefusedAndHisRowsStand()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var parts = await StageAsync();
        await _lake.CommitAsync("p/3", s_day.AddDays(2), ("c", 3.0));

        await Should.ThrowAsync<CommitConflictException>(() =>
            Table.ReplaceAsync(parts, new CommitRequest("TEST"), default)
        );

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "c|3|2022-06-03"]);
    }

    public void Dispose() => _lake.Dispose();

    private async Task<CommitResult> ReplaceAsync() =>
        await Table.ReplaceAsync(await StageAsync(), new CommitRequest("TEST"), default);

    /// <summary>Two stagings, as a build makes them of two batches.</summary>
    private async Task<IReadOnlyList<StagedCommit>> StageAsync()
    {
        var basis = await Table.SnapshotAsync(default);
        var parts = new List<StagedCommit>();
        foreach (var (unit, day, code) in new[] { ("p/1", s_day, "x"), ("p/2", s_day.AddDays(1), "y") })
        {
            using var session = await _lake.Lake.OpenSessionAtAsync([], default);
            using var staging = _lake.Lake.Stage(s_renamed, "run");
            staging.AppendQuery(session, unit, day, $"SELECT '{code}' AS code, {parts.Count + 1} AS close", default);
            parts.Add(await staging.StageReplacementAsync(basis, default));
        }

        return parts;
    }

    private async Task CommitAsync(TableDefinition definition, string unit, string select)
    {
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        using var staging = _lake.Lake.Stage(definition, "run");
        staging.AppendQuery(session, unit, s_day.AddDays(1), select, default);
        await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }
}
