using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>A unit decides over the rows of its days and its part, whichever unit brought them.</summary>
public sealed class RowScopeTests : IDisposable
{
    private readonly ScopeRig _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_OneCodeOverDaysThatAreThere_ReplacesItsRowsAlone()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        await _lake.DayAsync(1, ("a", 3), ("b", 4));

        var result = await _lake.CodeAsync("a", 0, 2, (0, 1.5), (1, 3), (2, 5));

        result.Counts.Values.Single().ShouldCount(1, 1, 1, 0);
        (result.Version, result.RowsGivenWay).ShouldBe((2, 1));
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|1.5", "0|b|2", "1|a|3", "1|b|4", "2|a|5"]);
        var snapshot = await _lake.Wide.SnapshotAsync();
        snapshot.RowsOf(ScopeRig.NameOf(0)).ShouldBe(1);
        snapshot.RowsOf(ScopeRig.NameOf(1)).ShouldBe(2, "equal rows stay where they are");
        snapshot.RowsOf(ScopeRig.NameOf("a", 0, 2)).ShouldBe(2);
        (await _lake.Wide.FaultsAsync()).ShouldBeEmpty();
        (await _lake.CodeAsync("a", 0, 2, (0, 1.5), (1, 3), (2, 5))).IsNewVersion.ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_EqualRowsOfOneCode_WritesNothing()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));

        var result = await _lake.CodeAsync("a", 0, 0, (0, 1));

        result.IsNewVersion.ShouldBeFalse();
        result.Counts.Values.Single().ShouldCount(0, 0, 1, 0);
    }

    [Fact]
    public async Task Commit_DayThatLacksARowOfACode_TakesItAndCountsIt()
    {
        await _lake.CodeAsync("a", 0, 1, (0, 1), (1, 2));

        var result = await _lake.DayAsync(0, ("b", 3), ("c", 4));

        result.Counts.Values.Single().ShouldCount(2, 0, 0, 1);
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|b|3", "0|c|4", "1|a|2"]);
        (await _lake.Wide.SnapshotAsync()).RowsOf(ScopeRig.NameOf("a", 0, 1)).ShouldBe(1);
        (await _lake.Wide.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>A day is there once it was asked for, also where every row of it was.</summary>
    [Fact]
    public async Task Commit_DayWithTheRowsThatStand_MakesTheDayAUnit()
    {
        await _lake.CodeAsync("a", 0, 1, (0, 1), (1, 2));

        (await _lake.DayAsync(0, ("a", 1))).Counts.Values.Single().ShouldCount(0, 0, 1, 0);

        var snapshot = await _lake.Wide.SnapshotAsync();
        snapshot.RowsOf(ScopeRig.NameOf(0)).ShouldBe(1);
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|1", "1|a|2"]);
    }

    [Fact]
    public async Task Commit_AllRowsOfADayByCode_LeavesTheDayAUnit()
    {
        await _lake.DayAsync(0, ("a", 1));

        await _lake.CodeAsync("a", 0, 0, (0, 2));

        var snapshot = await _lake.Wide.SnapshotAsync();
        snapshot.HasUnit(ScopeRig.NameOf(0)).ShouldBeTrue();
        snapshot.RowsOf(ScopeRig.NameOf(0)).ShouldBe(0);
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|2"]);
    }

    [Fact]
    public async Task Commit_OneCodeWithFewerRowsThanStandByDay_IsRefusedWithoutAReason()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        await _lake.DayAsync(1, ("a", 3), ("b", 4));

        var refused = await Should.ThrowAsync<TidemarkException>(() => _lake.CodeAsync("a", 0, 1, (0, 1)));

        refused.Code.ShouldBe("COMMIT_SHRINKS");
        await _lake.CommitAsync(s => ScopeRig.AppendCode(s, "a", 0, 1, [(0, 1)]), "it is right");
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|1", "0|b|2", "1|b|4"]);
    }

    [Fact]
    public async Task Commit_DayWithFewerRowsThanByCode_IsRefusedWithoutAReason()
    {
        await _lake.CodeAsync("a", 0, 0, (0, 1));
        await _lake.CodeAsync("b", 0, 0, (0, 2));

        (await Should.ThrowAsync<TidemarkException>(() => _lake.DayAsync(0, ("a", 1)))).Code.ShouldBe("COMMIT_SHRINKS");
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|1", "0|b|2"]);
    }

    [Fact]
    public async Task Commit_MergedFile_KeepsWhatNobodyDecidedOver()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        await _lake.CodeAsync("c", 0, 1, (0, 3), (1, 3));
        await _lake.CodeAsync("d", 0, 1, (0, 4), (1, 4));
        await _lake.Wide.Compaction.CompactAsync();

        await _lake.CodeAsync("c", 0, 0, (0, 9));
        await _lake.CodeAsync("a", 0, 0, (0, 8));

        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|8", "0|b|2", "0|c|9", "0|d|4", "1|c|3", "1|d|4"]);
        (await _lake.Wide.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>Rows that somebody has changed since they were asked for are not replaced by older ones.</summary>
    [Fact]
    public async Task Commit_RowsOfTheCodeChangedSinceTheyWereAskedFor_IsAConflict()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        var seen = await _lake.Wide.SnapshotAsync();
        await _lake.DayAsync(0, ("a", 5), ("b", 2));

        var conflict = await Should.ThrowAsync<CommitConflictException>(() =>
            _lake.CommitAsync(s => ScopeRig.AppendCode(s, "a", 0, 0, [(0, 1)], seen))
        );

        conflict.Units.ShouldBe([ScopeRig.NameOf("a", 0, 0)]);
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|5", "0|b|2"]);
    }

    /// <summary>Symbols of one run are committed one after the other, in the files of the same days.</summary>
    [Fact]
    public async Task Commit_RowsOfOtherCodesChangedSinceTheyWereAskedFor_IsNoConflict()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        var seen = await _lake.Wide.SnapshotAsync();
        await _lake.CodeAsync("b", 0, 0, (0, 7));

        await _lake.CommitAsync(s => ScopeRig.AppendCode(s, "a", 0, 0, [(0, 6)], seen));

        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|6", "0|b|7"]);
    }

    [Fact]
    public async Task Commit_RowsThatCameAfterTheStaging_AreComparedOnceMore()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        var lake = _lake.Wide.Fixture.NewLake();
        using var staging = lake.Stage(_lake.Wide.Definition, "mine");
        ScopeRig.AppendCode(staging, "a", 0, 1, [(0, 5), (1, 6)]);
        var isFirst = true;

        var result = await lake.CommitAsync(
            staging,
            staged =>
            {
                if (isFirst)
                {
                    isFirst = false;
                    _lake.DayAsync(1, ("a", 3), ("b", 4)).GetAwaiter().GetResult();
                }

                return (staged, new CommitRequest("TEST"));
            },
            default
        );

        result.Counts.Values.Single().ShouldCount(0, 2, 0, 0);
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|5", "0|b|2", "1|a|6", "1|b|4"]);
    }

    /// <summary>A lost file of a day is more than one code's: it is told of until the day is fetched.</summary>
    [Fact]
    public async Task Commit_LostFileOfADay_StaysLostUntilTheDayIsCommitted()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        await _lake.CodeAsync("c", 0, 0, (0, 3));
        foreach (var file in (await _lake.Wide.SnapshotAsync()).Files.Keys)
        {
            File.Delete(Path.Combine(_lake.Wide.Fixture.Folder, _lake.Wide.Definition.Id.Prefix, file));
        }

        await _lake.CodeAsync("a", 0, 0, (0, 2));

        (await _lake.Wide.FaultsAsync()).Count.ShouldBe(2);

        await _lake.DayAsync(0, ("a", 2), ("b", 2), ("c", 3));

        (await _lake.Wide.FaultsAsync()).ShouldBeEmpty();
        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|2", "0|b|2", "0|c|3"]);
    }

    [Fact]
    public async Task Restore_GivesTheRowsBackToWhoHadThem()
    {
        await _lake.DayAsync(0, ("a", 1), ("b", 2));
        await _lake.CodeAsync("a", 0, 0, (0, 5));

        await new TableRestore(_lake.Wide.Fixture.NewLake().Table(_lake.Wide.Definition.Id)).RestoreAsync(0, default);

        (await _lake.Wide.RowsAsync()).ShouldBe(["0|a|1", "0|b|2"]);
        (await _lake.Wide.SnapshotAsync()).Units.ShouldBe([ScopeRig.NameOf(0)]);
    }
}
