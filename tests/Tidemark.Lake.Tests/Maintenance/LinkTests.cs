using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>
/// Links that people and sync tools make inside a lake: listings do not follow them, and nothing that is needed is
/// removed through them.
/// </summary>
public sealed class LinkTests : IDisposable
{
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _fixture = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _outside = Directory.CreateTempSubdirectory("tidemark-outside-").FullName;
    private readonly DataLake _later;

    public LinkTests() => _later = DataLake.OnDisk(_fixture.Folder, _fixture.Engine, _clock, new SystemIdSource());

    public void Dispose()
    {
        _fixture.Dispose();
        Directory.Delete(_outside, recursive: true);
    }

    [Theory]
    [InlineData("latest", "dt=2022-06-01")] // a person's
    [InlineData("current", ".")] // a sync tool's
    [InlineData("up", "..")]
    [InlineData("deep/er/link", "../../dt=2022-06-01")]
    [InlineData("dt=2022-06-01/self", "../dt=2022-06-01")]
    [InlineData("lost", "nowhere")]
    public async Task Vacuum_ALinkInsideTheTable_IsNamedAndTakesNothing(string link, string target)
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        await _fixture.CommitAsync("p/2", s_day.AddDays(1), ("b", 2.0));
        Link(link, target);

        var done = await VacuumAsync();

        done.Objects.ShouldBeEmpty();
        done.Links.ShouldBe([s_id.Prefix + link]);
        await NothingIsLostAsync(2);
    }

    [Fact]
    public async Task Vacuum_ALinkOutOfTheLake_LeavesWhatIsThere()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var mine = Path.Combine(_outside, "mine.parquet");
        await File.WriteAllTextAsync(mine, "mine");
        Link("outside", _outside);
        Link("one.parquet", mine);

        var done = await VacuumAsync();

        done.Objects.ShouldBeEmpty();
        done.Links.Count.ShouldBe(2);
        File.Exists(mine).ShouldBeTrue();
        File.Exists(PathOf("one.parquet")).ShouldBeTrue();
    }

    [Fact]
    public async Task Vacuum_FilesOfADayThatLieInAnothersFolder_AreLiveUnderTheirOtherName()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        await _fixture.CommitAsync("p/2", s_day.AddDays(1), ("b", 2.0));
        // The second day's file has a name in the first one's folder that no version knows.
        var file = Directory.GetFiles(PathOf("dt=2022-06-02"), "*.parquet").Single();
        File.Move(file, PathOf($"dt=2022-06-01/{Path.GetFileName(file)}"));
        Directory.Delete(PathOf("dt=2022-06-02"), recursive: true);
        Link("dt=2022-06-02", "dt=2022-06-01");

        (await VacuumAsync()).Objects.ShouldBeEmpty();

        (await _fixture.RowsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Vacuum_WhatAnotherTablesLinkLeadsTo_Stays()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var shared = PathOf("dt=2022-06-01/shared.parquet");
        await File.WriteAllTextAsync(shared, "another's");
        Directory.CreateDirectory(Path.Combine(_fixture.Folder, "ods/ods_other"));
        File.CreateSymbolicLink(
            Path.Combine(_fixture.Folder, "ods/ods_other/dt=2022-06-01"),
            "../ods_prices/dt=2022-06-01"
        );

        (await VacuumAsync()).Objects.ShouldBeEmpty();

        File.Exists(shared).ShouldBeTrue();
    }

    [Fact]
    public async Task Vacuum_BesideALink_StillTakesWhatIsOldAndUnneeded()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var orphan = PathOf("dt=2022-06-01/part-killed-00000.parquet");
        await File.WriteAllTextAsync(orphan, "left");
        Link("current", ".");

        (await VacuumAsync()).Objects.Select(o => o.Reason).ShouldBe([VacuumReason.Unreferenced]);

        File.Exists(orphan).ShouldBeFalse();
        await NothingIsLostAsync(1);
    }

    [Fact]
    public async Task Table_OnAnotherDisk_IsVacuumedAsEver()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var real = Path.Combine(_outside, "prices");
        Directory.Move(PathOf(""), real);
        File.CreateSymbolicLink(PathOf("").TrimEnd('/'), real);
        var orphan = Path.Combine(real, "dt=2022-06-01/part-killed-00000.parquet");
        await File.WriteAllTextAsync(orphan, "left");

        var done = await VacuumAsync();

        (done.Files, done.Links.Count).ShouldBe((1, 0));
        File.Exists(orphan).ShouldBeFalse();
        await NothingIsLostAsync(1);
    }

    [Fact]
    public async Task Table_WithAPartitionOnAnotherDisk_KeepsItAndNamesTheLink()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var real = Path.Combine(_outside, "day");
        Directory.Move(PathOf("dt=2022-06-01"), real);
        Link("dt=2022-06-01", real);

        (await VacuumAsync()).Objects.ShouldBeEmpty();

        var verified = await new LakeVerifier(_later).VerifyAsync(_later.Table(s_id), quick: false, null, default);
        verified.Faults.Select(f => f.Path).ShouldBe([s_id.Prefix + "dt=2022-06-01"]);
        (await _fixture.RowsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Repair_InterruptedWritesBehindALink_Stay()
    {
        await _fixture.CommitAsync("p/1", s_day, ("a", 1.0));
        var theirs = Path.Combine(_outside, ".tmp-theirs");
        await File.WriteAllTextAsync(theirs, "theirs");
        Link("outside", _outside);
        var ours = PathOf("dt=2022-06-01/.tmp-ours");
        await File.WriteAllTextAsync(ours, "ours");

        await RepairAsync();

        File.Exists(theirs).ShouldBeTrue();
        File.Exists(ours).ShouldBeFalse();
    }

    private void Link(string name, string target)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    private string PathOf(string name) => Path.Combine(_fixture.Folder, s_id.Prefix + name);

    private async Task<TableVacuum> VacuumAsync()
    {
        var vacuum = new Vacuum(_later);
        var plan = await vacuum.PlanAsync(_later.Table(s_id), vacuum.Cutoff(TimeSpan.FromDays(7)), default);
        var done = await vacuum.ApplyAsync(plan, default);
        done.Objects.ShouldBe(plan.Objects);
        return done;
    }

    private async Task RepairAsync()
    {
        var catalog = new Tidemark.Lake.Catalog.CatalogFile(Path.Combine(_outside, "catalog.duckdb"), _later);
        await new LakeRepair(_later, catalog).RepairAsync(default);
    }

    private async Task NothingIsLostAsync(int rows)
    {
        (await _fixture.RowsAsync()).Count.ShouldBe(rows);
        var verified = await new LakeVerifier(_later).VerifyAsync(_later.Table(s_id), quick: true, null, default);
        verified.Faults.ShouldBeEmpty();
    }
}
