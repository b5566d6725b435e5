using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class VacuumTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private readonly LakeFixture _lake = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly DataLake _aged;

    public VacuumTests() => _aged = DataLake.OnDisk(_lake.Folder, _lake.Engine, _clock, new SystemIdSource());

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Vacuum_KeepsEveryVersionWithinTheRetentionAndTakesTheRest()
    {
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync("p/1", ("a", i));
            _clock.Advance(TimeSpan.FromDays(2));
        }

        // It is day 10. Version 1 was in force on day 3, version 0 until day 2.
        var plan = await VacuumAsync(TimeSpan.FromDays(7), apply: true);

        (plan.Files, plan.Objects[0].Reason).ShouldBe((1, VacuumReason.Removed));
        plan.Bytes.ShouldBe(plan.Objects[0].Bytes);
        for (var version = 1; version < 5; version++)
        {
            using var session = await _lake.Lake.OpenSessionAtAsync(
                [await _aged.Table(s_id).SnapshotAtAsync(version, default)],
                default
            );
            session.Connection.Scalar("SELECT price FROM ods.ods_prices").ShouldBe((double)version);
        }

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new TableRestore(_aged.Table(s_id)).RestoreAsync(0, default)
        );
        error.Code.ShouldBe("VERSION_VACUUMED");
        (await VacuumAsync(TimeSpan.FromDays(7), apply: true)).Files.ShouldBe(0);
    }

    [Fact]
    public async Task Vacuum_WithoutApply_RemovesNothing()
    {
        await CommitAsync("p/1", ("a", 1));
        await CommitAsync("p/1", ("a", 2));
        _clock.Advance(TimeSpan.FromDays(9));
        var before = Files();

        (await VacuumAsync(TimeSpan.FromDays(7), apply: false)).Files.ShouldBe(1);

        Files().ShouldBe(before);
    }

    [Fact]
    public async Task Vacuum_Orphans_GoWhenOldAndNeverTouchMarkersLogOrSiblings()
    {
        await CommitAsync("p/1", ("a", 1));
        var old = Written("ods/ods_prices/dt=2022-06-01/part-killed-00000.parquet", TimeSpan.FromDays(8));
        var young = Written("ods/ods_prices/dt=2022-06-01/part-writing-00000.parquet", TimeSpan.FromDays(6));
        var killed = Written("ods/ods_prices/dt=2022-06-01/.tmp-killed", TimeSpan.FromDays(2));
        var writing = Written("ods/ods_prices/dt=2022-06-01/.tmp-writing", TimeSpan.FromHours(23));
        var sibling = Written("ods/ods_prices_more/part-0.parquet", TimeSpan.FromDays(800));
        var checkpoint = Written(
            "ods/ods_prices/_delta_log/00000000000000000000.checkpoint.parquet",
            TimeSpan.FromDays(800)
        );

        var plan = await VacuumAsync(TimeSpan.FromDays(7), apply: true);

        plan.Objects.Select(o => o.Reason).ShouldBe([VacuumReason.Unreferenced, VacuumReason.Interrupted]);
        new[] { old, killed }.Any(File.Exists).ShouldBeFalse();
        new[] { young, writing, sibling }.All(File.Exists).ShouldBeTrue();
        File.Exists(checkpoint).ShouldBeTrue();
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
        File.Delete(checkpoint);
        var verified = await new LakeVerifier(_lake.Lake).VerifyAsync(_lake.Lake.Table(s_id), false, null, default);
        verified.Ok.ShouldBeTrue();
    }

    [Fact]
    public async Task Vacuum_AFileThatARestoreBroughtBack_Stays()
    {
        await CommitAsync("p/1", ("a", 1));
        await CommitAsync("p/1", ("a", 2));
        _clock.Advance(TimeSpan.FromDays(30));
        await new TableRestore(_aged.Table(s_id)).RestoreAsync(0, default);
        _clock.Advance(TimeSpan.FromHours(2));

        (await VacuumAsync(TimeSpan.FromHours(1), apply: true)).Files.ShouldBe(1);

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Fact]
    public async Task Apply_AFileThatARestoreBroughtBackAfterThePlan_Stays()
    {
        await CommitAsync("p/1", ("a", 1));
        await CommitAsync("p/1", ("a", 2));
        var orphan = Written("ods/ods_prices/dt=2022-06-01/part-killed-00000.parquet", TimeSpan.FromDays(8));
        _clock.Advance(TimeSpan.FromDays(30));
        var vacuum = new Vacuum(_aged);
        var plan = await vacuum.PlanAsync(_aged.Table(s_id), vacuum.Cutoff(Vacuum.Shortest), default);
        plan.Files.ShouldBe(2);

        await new TableRestore(_lake.NewLake().Table(s_id)).RestoreAsync(0, default);
        var removed = await vacuum.ApplyAsync(plan, default);

        removed.Objects.Select(o => Path.GetFileName(o.Key)).ShouldBe([Path.GetFileName(orphan)]);
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    public void Cutoff_UnderAnHour_IsRefused(int minutes) =>
        Should
            .Throw<TidemarkException>(() => new Vacuum(_aged).Cutoff(TimeSpan.FromMinutes(minutes)))
            .Code.ShouldBe("VACUUM_TOO_YOUNG");

    [Fact]
    public void Cutoff_BeforeTheBeginningOfTime_IsTheBeginning() =>
        new Vacuum(_aged).Cutoff(TimeSpan.FromDays(999_999)).ShouldBe(DateTimeOffset.MinValue);

    private async Task CommitAsync(string unit, params (string, double?)[] rows)
    {
        var staged = await _lake.StageAsync(_aged, "run", (unit, s_day, LakeFixture.Batch(rows)));
        await _aged.Table(s_id).CommitAsync(staged, new CommitRequest("TEST"), default);
        foreach (var file in Files())
        {
            // The store's clock is the machine's; this test's is another.
            if (File.GetLastWriteTimeUtc(file) > _clock.GetUtcNow().UtcDateTime)
            {
                File.SetLastWriteTimeUtc(file, _clock.GetUtcNow().UtcDateTime);
            }
        }
    }

    private async Task<TableVacuum> VacuumAsync(TimeSpan olderThan, bool apply)
    {
        var vacuum = new Vacuum(_aged);
        var plan = await vacuum.PlanAsync(_aged.Table(s_id), vacuum.Cutoff(olderThan), default);
        if (apply)
        {
            await vacuum.ApplyAsync(plan, default);
        }

        return plan;
    }

    private string[] Files() => [.. Directory.GetFiles(_lake.Folder, "*", SearchOption.AllDirectories).Order()];

    private string Written(string key, TimeSpan ago)
    {
        var file = Path.Combine(_lake.Folder, key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "left");
        File.SetLastWriteTimeUtc(file, _clock.GetUtcNow().UtcDateTime - ago);
        return file;
    }
}
