using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>Units with rows of several days, and days with rows of several units.</summary>
public sealed class WideUnitTests : IDisposable
{
    private readonly WideRig _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_RowsOfSeveralDays_GoToThePartitionsOfTheirDates()
    {
        var result = await _lake.CommitAsync("h/a", (2, "a", 3.0), (0, "a", 1.0), (1, "a", null));

        result.Counts["h/a"].ShouldCount(3, 0, 0, 0);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "1|a|null", "2|a|3"]);
        var snapshot = await _lake.SnapshotAsync();
        snapshot
            .Files.Keys.Select(f => f[..14])
            .Order()
            .ShouldBe(["dt=2022-06-01/", "dt=2022-06-02/", "dt=2022-06-03/"]);
        snapshot.RowsOf("h/a").ShouldBe(3);
        snapshot.Units.ShouldBe(["h/a"]);
        (await _lake.FaultsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_OneDayChanged_KeepsTheFilesOfTheOthers()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0), (2, "a", 3.0));
        var before = await _lake.SnapshotAsync();

        var result = await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.5), (2, "a", 3.0));

        result.Counts["h/a"].ShouldCount(0, 1, 2, 0);
        var after = await _lake.SnapshotAsync();
        after.Files.Keys.Intersect(before.Files.Keys).Count().ShouldBe(2);
        after.Files.Count.ShouldBe(3);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "1|a|2.5", "2|a|3"]);
    }

    [Fact]
    public async Task Commit_SameRowsAgain_IsNoVersion()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));

        var again = await _lake.CommitAsync("h/a", (1, "a", 2.0), (0, "a", 1.0));

        again.IsNewVersion.ShouldBeFalse();
        again.Counts["h/a"].Unchanged.ShouldBe(2);
    }

    /// <summary>
    /// Twice the same key on two days are two rows: one that moves to another day is a new one there.
    /// </summary>
    [Fact]
    public async Task Commit_RowOnAnotherDay_ShrinksAndWithAReasonLeavesItsPartition()
    {
        await _lake.CommitAsync("h/b", (0, "b", 5.0));
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));

        var refused = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.CommitAsync("h/a", (0, "a", 1.0), (2, "a", 2.0))
        );
        var allowed = await _lake.CommitAsync(
            new CommitRequest("TEST", null, "moved"),
            ("h/a", [(0, "a", 1.0), (2, "a", 2.0)])
        );

        refused.Code.ShouldBe("COMMIT_SHRINKS");
        allowed.Counts["h/a"].LostDays.ShouldBe([WideRig.Day.AddDays(1)]);
        allowed.Counts["h/a"].ShouldCount(1, 0, 1, 1);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|b|5", "2|a|2"]);
        Directory.GetFiles(Folder("dt=2022-06-02"), "manifest.json").ShouldBeEmpty();
        Directory.GetFiles(Folder("dt=2022-06-02"), "_SUCCESS").ShouldBeEmpty();
        (await _lake.FaultsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_OnlyADayLess_WritesNoFileAndChangesThePartition()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));

        var result = await _lake.CommitAsync(new CommitRequest("TEST", null, "it never was"), ("h/a", [(0, "a", 1.0)]));

        result.IsNewVersion.ShouldBeTrue();
        (await _lake.RowsAsync()).ShouldBe(["0|a|1"]);
        (await _lake.SnapshotAsync()).Files.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Commit_UnitWithoutRows_IsFiledUnderItsHomeDay()
    {
        (await _lake.CommitAsync("h/a")).IsNewVersion.ShouldBeTrue();
        (await _lake.CommitAsync("h/a")).IsNewVersion.ShouldBeFalse();

        var empty = await _lake.SnapshotAsync();
        empty.HasUnit("h/a").ShouldBeTrue();
        empty.Files.Keys.Single().ShouldStartWith("dt=2022-06-01/");

        await _lake.CommitAsync("h/a", (3, "a", 1.0));
        (await _lake.SnapshotAsync()).Files.Keys.Single().ShouldStartWith("dt=2022-06-04/");

        await _lake.CommitAsync(new CommitRequest("TEST", null, "none after all"), ("h/a", []));
        (await _lake.SnapshotAsync()).Files.Keys.Single().ShouldStartWith("dt=2022-06-01/");
    }

    [Fact]
    public async Task Commit_RowWithoutADate_IsRefused()
    {
        var refused = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.CommitAsync("h/a", (0, "a", 1.0), (null, "b", 2.0))
        );

        refused.Code.ShouldBe("DATE_MISSING");
        refused.Kind.ShouldBe(ErrorKind.Schema);
        (await _lake.SnapshotAsync()).Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task Manifest_PartitionOfSeveralUnits_NamesTheFilesOfAll()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));
        await _lake.CommitAsync("h/b", (1, "b", 3.0), (1, "c", 4.0));

        using var manifest = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(Folder("dt=2022-06-02"), "manifest.json"))
        );
        manifest.RootElement.GetProperty("row_count").GetInt64().ShouldBe(3);
        manifest.RootElement.GetProperty("files").GetArrayLength().ShouldBe(2);
        File.Exists(Path.Combine(Folder("dt=2022-06-02"), "_SUCCESS")).ShouldBeTrue();
    }

    /// <summary>
    /// Who changed the unit on any of its days changed the unit; who compacted one of its days did not.
    /// </summary>
    [Fact]
    public async Task Commit_UnitThatAnotherChangedOnAnotherDay_IsAConflict()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));
        await _lake.CommitAsync("h/b", (0, "b", 1.0), (1, "b", 2.0));
        var lake = _lake.Fixture.NewLake();
        using var staging = lake.Stage(_lake.Definition, "mine");
        var rows = WideRig.Batch((0, "a", 9.0), (1, "a", 2.0));
        staging.Append("h/a", WideRig.Day, rows, await _lake.SnapshotAsync(), "trade_date");
        var mine = await staging.StageAsync(await _lake.SnapshotAsync(), default);

        (await _lake.Compaction.CompactAsync()).FilesBefore.ShouldBe(4);
        await _lake.CommitAsync("h/b", (0, "b", 1.0), (1, "b", 3.0));
        await lake.Table(_lake.Definition.Id).CommitAsync(mine, new CommitRequest("TEST"), default);

        (await _lake.RowsAsync()).ShouldBe(["0|a|9", "0|b|1", "1|a|2", "1|b|3"]);
        (await _lake.SnapshotAsync()).RowsOf("h/a").ShouldBe(2);

        using var other = lake.Stage(_lake.Definition, "mine");
        other.Append("h/a", WideRig.Day, WideRig.Batch((0, "a", 7.0), (1, "a", 2.0)), null, "trade_date");
        var late = await other.StageAsync(await _lake.SnapshotAsync(), default);
        await _lake.CommitAsync("h/a", (0, "a", 9.0), (1, "a", 8.0));
        await Should.ThrowAsync<CommitConflictException>(() =>
            lake.Table(_lake.Definition.Id).CommitAsync(late, new CommitRequest("TEST"), default)
        );
    }

    [Fact]
    public async Task Restore_And_Vacuum_FollowEveryDayOfAUnit()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 3.0), (2, "a", 4.0));
        var table = _lake.Fixture.NewLake().Table(_lake.Definition.Id);

        await new TableRestore(table).RestoreAsync(0, default);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "1|a|2"]);
        (await _lake.FaultsAsync()).ShouldBeEmpty();

        var again = await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 3.0), (2, "a", 4.0));
        again.Counts["h/a"].ShouldCount(1, 1, 1, 0);
    }

    /// <summary>
    /// What was lost of a unit on one day is written again; what stands on the others is compared and kept.
    /// </summary>
    [Fact]
    public async Task Commit_LostFileOfOneDay_BringsItsRowsBack()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));
        var before = await _lake.SnapshotAsync();
        var lost = before.Files.Keys.Single(f => f.StartsWith("dt=2022-06-02", StringComparison.Ordinal));
        File.Delete(Path.Combine(_lake.Fixture.Folder, _lake.Definition.Id.Prefix, lost));

        var result = await _lake.CommitAsync("h/a", (0, "a", 1.0), (1, "a", 2.0));

        result.Counts["h/a"].UnreadFiles.ShouldBe(1);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "1|a|2"]);
        var after = await _lake.SnapshotAsync();
        after.Files.Keys.Intersect(before.Files.Keys).Count().ShouldBe(1);
        after.Files.Keys.ShouldNotContain(lost);
        (await _lake.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// A partition may be many units': what another program put there is nobody's, unless it is brought again as a
    /// whole.
    /// </summary>
    [Fact]
    public async Task Commit_RowsOfOthersOnOneOfItsDays_StayUnlessAllAreBrought()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0));
        await _lake.Fixture.AppendAsOthersAsync(
            "('x', 1.0::DOUBLE, DATE '2022-06-02'), ('y', 1.0, DATE '2022-06-02')",
            "dt=2022-06-02/",
            "code, price, trade_date"
        );

        (await _lake.CommitAsync("h/b", (0, "x", 2.0), (1, "x", 2.0))).Counts["h/b"].TakenOverFiles.ShouldBe(0);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|x|2", "1|x|1", "1|x|2", "1|y|1"]);

        var whole = await _lake.CommitAsync("h/b", (0, "x", 2.0), (1, "x", 2.0), (1, "y", 3.0));
        whole.Counts["h/b"].TakenOverFiles.ShouldBe(1);
        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|x|2", "1|x|2", "1|y|3"]);
    }

    [Fact]
    public void KeyViolations_SameKeyOnTwoDays_IsNone()
    {
        using var staging = _lake.Fixture.Lake.Stage(_lake.Definition, "run");
        staging.Append("h/a", WideRig.Day, WideRig.Batch((0, "a", 1.0), (1, "a", 1.0)), null, "trade_date");
        staging.FindKeyViolations(default).ShouldBeEmpty();

        staging.Append("h/b", WideRig.Day, WideRig.Batch((1, "b", 1.0), (1, "b", 2.0)), null, "trade_date");
        staging.FindKeyViolations(default).Single().Unit.ShouldBe("h/b");
    }

    [Fact]
    public async Task InTheWay_LinkOnOneOfItsDays_IsNamed()
    {
        await _lake.CommitAsync("h/a", (0, "a", 1.0));
        Directory.CreateSymbolicLink(Folder("dt=2022-06-03"), Folder("dt=2022-06-01"));
        var standing = await _lake.SnapshotAsync();

        _lake
            .Fixture.Lake.InTheWay(_lake.Definition, standing, "h/a", [WideRig.Day, WideRig.Day.AddDays(1)])
            .ShouldBeNull();
        _lake
            .Fixture.Lake.InTheWay(_lake.Definition, standing, "h/a", [WideRig.Day, WideRig.Day.AddDays(2)])!
            .Code.ShouldBe("OBJECT_IS_LINK");
    }

    [Fact]
    public async Task MonthTable_UnitOfSeveralDays_HasAFileAMonthThatSaysItsDays()
    {
        using var lake = new WideRig(TablePartitioning.Month);
        await lake.CommitAsync("h/a", (29, "a", 1.0), (1, "a", 2.0), (30, "a", 3.0), (3, "a", 4.0));

        var snapshot = await lake.SnapshotAsync();
        snapshot.Files.Count.ShouldBe(2);
        snapshot
            .SlicesOf("h/a")
            .Select(s => string.Join(' ', s.Days.Select(d => d.DayNumber - WideRig.Day.DayNumber)))
            .Order()
            .ShouldBe(["1 3 29", "30"]);
        snapshot.Days.Count().ShouldBe(4);
        (await lake.RowsAsync()).ShouldBe(["1|a|2", "3|a|4", "29|a|1", "30|a|3"]);

        await lake.CommitAsync("h/b", (1, "b", 1.0));
        await lake.Compaction.CompactAsync();
        var result = await lake.CommitAsync("h/a", (29, "a", 1.0), (1, "a", 2.0), (30, "a", 5.0), (3, "a", 4.0));

        result.Counts["h/a"].ShouldCount(0, 1, 3, 0);
        (await lake.RowsAsync()).ShouldBe(["1|a|2", "1|b|1", "3|a|4", "29|a|1", "30|a|5"]);
        (await lake.SnapshotAsync()).Days.Count().ShouldBe(4);
        (await lake.FaultsAsync()).ShouldBeEmpty();
    }

    private string Folder(string partition) =>
        Path.Combine(_lake.Fixture.Folder, _lake.Definition.Id.Prefix, partition);
}
