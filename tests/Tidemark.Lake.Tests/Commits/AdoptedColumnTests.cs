using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>Columns of a table that nobody declared, under writers that know of them and writers that do not.</summary>
public sealed class AdoptedColumnTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero);
    private static readonly LakeColumn s_mood = Adopted("mood", LakeType.Double);
    private static readonly LakeColumn s_note = Adopted("note", LakeType.Text);

    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    private static LakeColumn Adopted(string name, LakeType type) =>
        new(name, type, Adopted: new Adoption($"心情 \"{name}\"", s_at));

    /// <summary>A commit of one row of (code, price) and 7 in every other column.</summary>
    private async Task<CommitResult> CommitAsync(DataLake lake, string unit, int day, params LakeColumn[] more)
    {
        var table = lake.Table(LakeFixture.Prices().Id);
        return await table.CommitAsync(
            await StageAsync(lake, unit, day, more),
            new CommitRequest("TEST"),
            TestContext.Current.CancellationToken
        );
    }

    private static async Task<StagedCommit> StageAsync(DataLake lake, string unit, int day, params LakeColumn[] more)
    {
        using var staging = lake.Stage(LakeFixture.Prices(more), "run");
        var definitions = new List<ColumnDefinition>
        {
            new("code", ColumnKind.Text, Nullable: false),
            new("price", ColumnKind.Double, "CNY"),
        };
        definitions.AddRange(
            more.Select(c => new ColumnDefinition(
                c.Name,
                c.Type == LakeType.Text ? ColumnKind.Text : ColumnKind.Double
            ))
        );
        var batch = new ColumnBatch(definitions);
        foreach (var column in batch.Columns)
        {
            (column as TextColumn)?.Append("7"u8);
            (column as ValueColumn<double>)?.Append(7);
        }

        staging.Append(unit, LakeFixture.Day.AddDays(day), batch);
        return await staging.StageAsync(
            await lake.Table(LakeFixture.Prices().Id).SnapshotAsync(TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );
    }

    private async Task<TableSnapshot> TableAsync() =>
        await _lake.NewLake().Table(LakeFixture.Prices().Id).SnapshotAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Commit_OfAWriterThatDoesNotKnowThem_KeepsThemAndTheirOrder()
    {
        await CommitAsync(_lake.Lake, "p/1", 0);
        await CommitAsync(_lake.Lake, "p/2", 1, s_mood);
        await CommitAsync(_lake.Lake, "p/3", 2, s_mood, s_note);
        var schema = (await TableAsync()).Metadata!.SchemaString;

        await CommitAsync(_lake.NewLake(), "p/4", 3);
        await CommitAsync(_lake.NewLake(), "p/5", 4, s_note, s_mood);

        var table = await TableAsync();
        table.Metadata!.SchemaString.ShouldBe(schema);
        table.Columns.Where(c => c.Adopted is not null).ShouldBe([s_mood, s_note]);
        (await _lake.RowsAsync("SELECT dt, mood, note FROM ods.ods_prices ORDER BY dt")).ShouldBe([
            "2022-06-01|null|null",
            "2022-06-02|7|null",
            "2022-06-03|7|7",
            "2022-06-04|null|null",
            "2022-06-05|7|7",
        ]);
    }

    [Fact]
    public async Task Commits_OfTwoWritersThatAdoptAtOnce_BothLand_OrTheOneWithAnotherTypeIsAConflict()
    {
        await CommitAsync(_lake.Lake, "p/1", 0);
        var (other, third) = (_lake.NewLake(), _lake.NewLake());
        var same = await StageAsync(other, "p/3", 2, s_mood with { Adopted = new Adoption("x", s_at.AddDays(1)) });
        var rival = await StageAsync(third, "p/4", 3, Adopted("mood", LakeType.Text));
        await CommitAsync(_lake.Lake, "p/2", 1, s_mood);

        var table = other.Table(LakeFixture.Prices().Id);
        await table.CommitAsync(same, new CommitRequest("TEST"), TestContext.Current.CancellationToken);
        var conflict = await Should.ThrowAsync<CommitConflictException>(() =>
            third
                .Table(LakeFixture.Prices().Id)
                .CommitAsync(rival, new CommitRequest("TEST"), TestContext.Current.CancellationToken)
        );

        conflict.Units.ShouldBe(["p/4"]);
        await Should.ThrowAsync<CommitConflictException>(() =>
            StageAsync(third, "p/4", 3, Adopted("mood", LakeType.Text))
        );
        (await TableAsync()).Columns.Single(c => c.Name == "mood").ShouldBe(s_mood);
        (await _lake.RowsAsync("SELECT count(mood), count(*) FROM ods.ods_prices")).ShouldBe(["2|3"]);
    }

    [Fact]
    public async Task Declaration_OfAnAdoptedColumn_TakesItOver_OrIsRefusedWithWhatToWrite()
    {
        await CommitAsync(_lake.Lake, "p/1", 0, s_mood);
        var declared = new LakeColumn("mood", LakeType.Double, Unit: "CNY", Description: "Mood");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            CommitAsync(_lake.Lake, "p/2", 1, declared with { Type = LakeType.Text })
        );
        error.Code.ShouldBe("SCHEMA_MISMATCH");
        error.Message.ShouldContain(
            "mood was adopted from the vendor's '心情 \"mood\"' as DOUBLE and is declared as VARCHAR"
        );

        await CommitAsync(_lake.Lake, "p/2", 1, declared);
        (await TableAsync()).Columns.Single(c => c.Name == "mood").ShouldBe(declared);

        // Now it is declared, and goes with its declaration no more than any other.
        (await Should.ThrowAsync<TidemarkException>(() => CommitAsync(_lake.Lake, "p/3", 2))).Message.ShouldContain(
            "mood is in the table but no longer declared"
        );
    }

    [Fact]
    public async Task Table_WithAdoptedColumns_IsReadByOthers()
    {
        Assert.SkipUnless(ClickHouse.IsInstalled, ClickHouse.HowToInstall);
        await CommitAsync(_lake.Lake, "p/1", 0);
        await CommitAsync(_lake.Lake, "p/2", 1, s_mood, s_note);

        (await ClickHouse.ReadAsync(_lake.Folder, "ods/ods_prices", "mood")).ShouldBe((2, 7.0));
    }
}
