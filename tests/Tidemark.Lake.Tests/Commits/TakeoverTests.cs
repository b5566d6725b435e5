using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Rows that another program wrote into the partition of a unit: appended, or ours written again without saying whose
/// they are.
/// </summary>
public sealed class TakeoverTests : IDisposable
{
    private const string Unit = "p/1";
    private static readonly DateOnly s_next = LakeFixture.Day.AddDays(1);
    private readonly LakeFixture _fixture = new();

    [Fact]
    public async Task Commit_RowsThatAnotherProgramWroteAgain_StandOnceAndAreTheUnitsAgain()
    {
        await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0), ("b", 2.0));
        await _fixture.AppendAsOthersAsync("('a', 1.0), ('b', 2.0)", removesOurs: true);

        var taken = await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0), ("b", 2.0));
        var again = await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0), ("b", 2.0));

        (await _fixture.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-01"]);
        var counts = taken.Counts[Unit];
        (counts.Rows, counts.Unchanged, counts.TakenOverFiles).ShouldBe((2, 2, 1));
        (taken.IsNewVersion, again.IsNewVersion).ShouldBe((true, false));
        (await SnapshotAsync()).HasUnit(Unit).ShouldBeTrue();
    }

    [Fact]
    public async Task Commit_RowsThatStandBesideOurs_AreComparedByKey()
    {
        await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0), ("b", 2.0));
        await _fixture.AppendAsOthersAsync("('a', 1.0), ('b', 2.0)");

        await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0), ("b", 3.0));

        (await _fixture.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|3|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_RowsOfOtherKeysThatAnotherProgramAdded_StayBesideIt()
    {
        await AppendAfterAsync(s_next, ("z", 1.0));
        await _fixture.AppendAsOthersAsync("('c', 9.0)");

        await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0));
        await _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 2.0));

        (await _fixture.RowsAsync()).ShouldBe(["a|2|2022-06-01", "c|9|2022-06-01", "z|1|2022-06-02"]);
    }

    [Fact]
    public async Task Commit_WithoutARowThatAnotherProgramAddedBesideACommonKey_IsRefused()
    {
        await AppendAfterAsync(s_next, ("z", 1.0));
        await _fixture.AppendAsOthersAsync("('a', 1.0), ('c', 9.0)");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _fixture.CommitAsync(Unit, LakeFixture.Day, ("a", 1.0))
        );

        error.Code.ShouldBe("COMMIT_SHRINKS");
        (await _fixture.RowsAsync()).ShouldBe(["a|1|2022-06-01", "c|9|2022-06-01", "z|1|2022-06-02"]);
    }

    [Fact]
    public async Task Commit_AppendedToAfterTheStaging_IsAConflict()
    {
        await AppendAfterAsync(s_next, ("z", 1.0));
        var staged = await _fixture.StageAsync(
            _fixture.Lake,
            "run",
            (Unit, LakeFixture.Day, LakeFixture.Batch(("a", 1.0)))
        );
        await _fixture.AppendAsOthersAsync("('a', 1.0)");

        var error = await Should.ThrowAsync<CommitConflictException>(() =>
            _fixture.Lake.Table(_fixture.Table.Id).CommitAsync(staged, new CommitRequest("TEST"), default)
        );

        error.Units.ShouldBe([Unit]);
    }

    [Fact]
    public async Task Commit_UnitThatIsLeftOut_TakesNothingOver()
    {
        await AppendAfterAsync(s_next, ("z", 1.0));
        await _fixture.AppendAsOthersAsync("('x', 9.0)");
        var staged = await _fixture.StageAsync(
            _fixture.Lake,
            "run",
            (Unit, LakeFixture.Day, LakeFixture.Batch(("x", 8.0))),
            ("p/3", s_next.AddDays(1), LakeFixture.Batch(("x", 1.0)))
        );

        await _fixture
            .Lake.Table(_fixture.Table.Id)
            .CommitAsync(staged.Except(new HashSet<string> { Unit }), new CommitRequest("TEST"), default);

        (await _fixture.RowsAsync()).ShouldBe(["x|1|2022-06-03", "x|9|2022-06-01", "z|1|2022-06-02"]);
    }

    public void Dispose() => _fixture.Dispose();

    private Task<TableSnapshot> SnapshotAsync() => _fixture.NewLake().Table(_fixture.Table.Id).SnapshotAsync(default);

    // A table has to be there before others can append to it.
    private Task AppendAfterAsync(DateOnly day, params (string, double?)[] rows) =>
        _fixture.CommitAsync("p/2", day, rows);
}
