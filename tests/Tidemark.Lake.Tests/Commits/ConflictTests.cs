using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Two writers of the same unit through
/// <see cref="DataLake.CommitAsync(TableStaging, CommitRequest, CancellationToken)"/>.
/// </summary>
public sealed class ConflictTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    public static TheoryData<string, double> Others => new() { { "changed", 3.0 }, { "made equal", 2.0 } };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Commit_UnitThatAnotherWriterTouchedAfterTheStaging_IsRefusedAndNamed(string how, double price)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var error = await Should.ThrowAsync<CommitConflictException>(() =>
            CommitAsync([("a", 2.0)], meanwhile: [("a", price)])
        );

        error.Units.ShouldBe(["p/1"], how);
        (await _lake.RowsAsync()).ShouldBe([$"a|{price}|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatAnotherWriterMadeFirst_IsRefused()
    {
        await _lake.CommitAsync("p/0", s_day, ("z", 1.0));

        await Should.ThrowAsync<CommitConflictException>(() => CommitAsync([("a", 2.0)], meanwhile: [("a", 3.0)]));
    }

    /// <summary>Staging old rows against a newer version makes them no newer.</summary>
    [Fact]
    public async Task Commit_UnitThatAnotherWriterChangedAfterItWasAskedForAndBeforeTheStaging_IsRefused()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var seen = await SnapshotAsync();
        await _lake.CommitAsync("p/1", s_day, ("a", 3.0)); // the newer rows

        await Should.ThrowAsync<CommitConflictException>(() => CommitSeenAsync(("p/1", 2.0, seen)));

        (await _lake.RowsAsync()).ShouldBe(["a|3|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_TwoUnitsOfWhichOneWasOvertaken_NamesItAndTheOtherLandsWithoutIt()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var seen = await SnapshotAsync();
        await _lake.CommitAsync("p/1", s_day, ("a", 3.0));

        var error = await Should.ThrowAsync<CommitConflictException>(() =>
            CommitSeenAsync(("p/1", 2.0, seen), ("p/2", 2.0, seen))
        );
        error.Units.ShouldBe(["p/1"]);
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.Append("p/1", s_day, LakeFixture.Batch(("a", 2.0)), seen);
        staging.Append("p/2", s_day, LakeFixture.Batch(("b", 2.0)), seen);
        var result = await _lake.Lake.CommitAsync(
            staging,
            staged => (staged.Except(staged.Overtaken.ToHashSet()), new CommitRequest("TEST")),
            default
        );

        result.Counts.Keys.ShouldBe(["p/2"]);
        (await _lake.RowsAsync()).ShouldBe(["a|3|2022-06-01", "b|2|2022-06-01"]);
    }

    /// <summary>
    /// His own commit of another unit, and of the same one under a newer basis, is no reason to refuse a writer.
    /// </summary>
    [Fact]
    public async Task Commit_AfterOwnCommitsOfOtherUnits_Lands()
    {
        var seen = await SnapshotAsync();
        await CommitSeenAsync(("p/1", 1.0, seen));

        (await CommitSeenAsync(("p/2", 1.0, seen))).Version.ShouldBe(1);
        (await CommitSeenAsync(("p/1", 2.0, await SnapshotAsync()))).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_AfterACompaction_Lands()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        var seen = await SnapshotAsync();
        var compactor = new TableCompactor(_lake.NewLake(), _lake.Engine, TimeProvider.System, new SystemIdSource());
        var compacted = await compactor.CompactAsync(LakeFixture.Prices().Id, new CompactOptions(), null, default);
        compacted.Version.ShouldBe(2);

        (await CommitSeenAsync(("p/1", 2.0, seen))).Version.ShouldBe(3);

        (await _lake.RowsAsync()).ShouldBe(["a|2|2022-06-01", "b|1|2022-06-01"]);
    }

    /// <summary>
    /// The rows look as they did when they were asked for; and yet somebody decided about them since.
    /// </summary>
    [Fact]
    public async Task Commit_UnitThatWasReplacedAndRestoredMeanwhile_IsRefused()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        var seen = await SnapshotAsync();
        var other = _lake.NewLake().Table(LakeFixture.Prices().Id);
        await _lake.CommitAsync("p/1", s_day, ("a", 3.0));
        await new TableRestore(other).RestoreAsync(seen.Version, default);

        await Should.ThrowAsync<CommitConflictException>(() => CommitSeenAsync(("p/1", 2.0, seen)));
        (await CommitSeenAsync(("p/2", 2.0, seen))).IsNewVersion.ShouldBeTrue(); // which nobody touched

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatARestoreBroughtOrTook_IsRefused()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        var seen = await SnapshotAsync();
        await new TableRestore(_lake.NewLake().Table(LakeFixture.Prices().Id)).RestoreAsync(0, default);

        await Should.ThrowAsync<CommitConflictException>(() => CommitSeenAsync(("p/2", 2.0, seen)));

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    /// <summary>
    /// A process that begins anew, or slept through a clean-up, has not followed the log: it compares what stands.
    /// </summary>
    [Fact]
    public async Task Commit_WithABasisFromBeforeTheLogWasFollowed_ComparesWhatStands()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var seen = await SnapshotAsync();
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 3.0));
        var late = _lake.NewLake();

        await Should.ThrowAsync<CommitConflictException>(() => CommitSeenAsync(late, ("p/1", 2.0, seen)));
        (await CommitSeenAsync(late, ("p/3", 2.0, seen))).IsNewVersion.ShouldBeTrue();
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

    private Task<TableSnapshot> SnapshotAsync() => _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);

    private Task<CommitResult> CommitSeenAsync(params (string Unit, double Price, TableSnapshot Seen)[] units) =>
        CommitSeenAsync(_lake.Lake, units);

    /// <summary>Commits units of one row each, whose rows were asked for when the table was as it was seen.</summary>
    private static async Task<CommitResult> CommitSeenAsync(
        DataLake lake,
        params (string Unit, double Price, TableSnapshot Seen)[] units
    )
    {
        using var staging = lake.Stage(LakeFixture.Prices(), "run");
        foreach (var (unit, price, seen) in units)
        {
            var code = unit == "p/1" ? "a" : "b";
            staging.Append(unit, s_day, LakeFixture.Batch((code, price)), seen);
        }

        return await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }

    /// <summary>Commits rows of p/1; between the staging and the commit another writer commits its own.</summary>
    private async Task<CommitResult> CommitAsync((string, double?)[] rows, (string, double?)[] meanwhile)
    {
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.Append("p/1", s_day, LakeFixture.Batch(rows));
        return await _lake.Lake.CommitAsync(
            staging,
            staged =>
            {
                var other = _lake.NewLake();
                var commit = _lake
                    .StageAsync(other, "other", ("p/1", s_day, LakeFixture.Batch(meanwhile)))
                    .GetAwaiter()
                    .GetResult();
                other
                    .Table(LakeFixture.Prices().Id)
                    .CommitAsync(commit, new CommitRequest("TEST"), default)
                    .GetAwaiter()
                    .GetResult();
                return (staged, new CommitRequest("TEST"));
            },
            default
        );
    }
}
