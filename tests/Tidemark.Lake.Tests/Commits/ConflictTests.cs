using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>Two writers of the same unit through <see cref="DataLake.CommitAsync(TableStaging, CommitRequest, CancellationToken)"/>.</summary>
public sealed class ConflictTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();
    private int _staged;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_UnitThatAnotherWriterChangedMeanwhile_IsComparedAnewAndReplacesIt()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var result = await CommitAsync([("a", 2.0)], meanwhile: [("a", 3.0)]);

        _staged.ShouldBe(2);
        (result.Version, result.IsNewVersion, result.Counts["p/1"].Updated).ShouldBe((2, true, 1));
        (await _lake.RowsAsync()).ShouldBe(["a|2|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatAnotherWriterMadeEqualMeanwhile_MakesNoVersion()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var result = await CommitAsync([("a", 2.0)], meanwhile: [("a", 2.0)]);

        (result.Version, result.IsNewVersion).ShouldBe((1, false));
    }

    [Fact]
    public async Task Commit_UnitThatAnotherWriterMadeLongerMeanwhile_IsRefusedAsShrinking()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            CommitAsync([("a", 2.0)], meanwhile: [("a", 1.0), ("b", 1.0)])
        );

        error.Code.ShouldBe("COMMIT_SHRINKS");
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|1|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatOthersChangeEachTime_IsAConflict()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        await Should.ThrowAsync<CommitConflictException>(() =>
            CommitAsync([("a", 2.0)], meanwhile: [("a", 3.0)], everyTime: true)
        );
        (await _lake.RowsAsync()).ShouldBe(["a|5|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatAnotherWriterMadeFirst_IsComparedAnew()
    {
        await _lake.CommitAsync("p/0", s_day, ("z", 1.0));
        (await CommitAsync([("a", 2.0)], meanwhile: [("a", 3.0)])).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_NoUnitChosen_MakesNoVersionAndNoTable()
    {
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.Append("p/1", s_day, LakeFixture.Batch(("a", 1.0)));

        var result = await _lake.Lake.CommitAsync(
            staging,
            staged => (staged.Except(new HashSet<string> { "p/1" }), new CommitRequest("TEST")),
            default
        );

        (result.Version, result.IsNewVersion).ShouldBe((-1, false));
    }

    [Fact]
    public async Task Commit_ColumnThatLosesAllItsValues_IsRefusedByName()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", null));

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.CommitAsync("p/1", s_day, ("a", null), ("b", null))
        );

        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain("p/1 would have no values in price");
    }

    [Fact]
    public async Task Commit_UnitThatMovesToAnotherDay_IsRefusedByDay()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.CommitAsync("p/1", s_day.AddDays(1), ("a", 1.0))
        );

        error.Message.ShouldContain("none on 2022-06-01");
    }

    [Fact]
    public async Task Commit_ShrinkingWithAReason_LandsAndKeepsTheReason()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));
        var staged = await _lake.StageAsync(
            _lake.Lake,
            "run",
            ("p/1", s_day.AddDays(1), LakeFixture.Batch(("a", null)))
        );
        var table = _lake.Lake.Table(LakeFixture.Prices().Id);

        await table.CommitAsync(staged, new CommitRequest("TEST", null, "b was never listed"), default);

        (await table.SnapshotAsync(default)).Commit!.ShrinkReason.ShouldBe("b was never listed");
        (await _lake.RowsAsync()).ShouldBe(["a|null|2022-06-02"]);
    }

    /// <summary>Commits rows of p/1; between the staging and the commit another writer commits its own.</summary>
    private async Task<CommitResult> CommitAsync(
        (string, double?)[] rows,
        (string, double?)[] meanwhile,
        bool everyTime = false
    )
    {
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.Append("p/1", s_day, LakeFixture.Batch(rows));
        return await _lake.Lake.CommitAsync(
            staging,
            staged =>
            {
                if (_staged++ == 0 || everyTime)
                {
                    var theirs = meanwhile.Select(r => (r.Item1, r.Item2 + (everyTime ? _staged : 0))).ToArray();
                    var other = _lake.NewLake();
                    var batch = ("p/1", s_day, LakeFixture.Batch(theirs));
                    var commit = _lake.StageAsync(other, "other", batch).GetAwaiter().GetResult();
                    other
                        .Table(LakeFixture.Prices().Id)
                        .CommitAsync(commit, new CommitRequest("TEST"), default)
                        .GetAwaiter()
                        .GetResult();
                }

                return (staged, new CommitRequest("TEST"));
            },
            default
        );
    }
}
