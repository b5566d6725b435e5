using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations.Tables;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Storage that refuses: full, read-only, written by a newer program, damaged, and a vendor who takes rows back.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class BadStorageTests
{
    private const string Bars = "ods_daily";

    [Fact]
    public async Task Run_FullDisk_SaysSoKeepsWhatStoodAndGoesOnWhenThereIsSpace()
    {
        using var disk = SmallDisk.TryMount("4m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        await using var rig = await IngestRig.StartAsync(lake: Path.Combine(disk.Folder, "lake"));
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var before = await rig.VersionsAsync();
        rig.Clock.Advance(TimeSpan.FromDays(2));
        disk.FillBut(4096);

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Failed);
        run.Errors.ShouldNotBeEmpty();
        run.Errors[0].Code.ShouldBe("DISK_FULL");
        run.Errors[0].Message.ShouldContain("Free some space and run the command again");
        (await rig.RunRowAsync(run.Id)).ErrorMessage!.ShouldContain("Free some space");
        (await rig.VersionsAsync()).ShouldBe(before);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);

        disk.Free();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe([.. IngestRig.Days, "2024-06-13", "2024-06-14"]);
        rig.Lake.Staging.Runs().ShouldBeEmpty();
    }

    [Fact]
    public void Init_FullDisk_SaysSoAndLeavesNoHalfWorkspace()
    {
        using var disk = SmallDisk.TryMount("1m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        var folder = Path.Combine(disk.Folder, "w");
        Directory.CreateDirectory(folder);
        disk.FillBut(0);

        var error = Should.Throw<TidemarkException>(() =>
            WorkspaceWriter.Init(folder, new Dictionary<string, string>(), ShippedVendors.All)
        );

        error.Code.ShouldBe("WORKSPACE_UNWRITABLE");
        Directory.GetFiles(folder).ShouldBeEmpty();

        disk.Free();
        File.Exists(WorkspaceWriter.Init(folder, new Dictionary<string, string>(), ShippedVendors.All)).ShouldBeTrue();
    }

    [Fact]
    public async Task Run_ReadOnlyLake_SaysSoOnceAndEndsHoweverManyUnitsWait()
    {
        using var disk = SmallDisk.TryMount("16m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        await using var rig = await IngestRig.StartAsync(lake: Path.Combine(disk.Folder, "lake"));
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        rig.Clock.Advance(TimeSpan.FromDays(16)); // some thirty units: more than the pipeline buffers
        disk.MakeReadOnly();

        RunOutcome run;
        try
        {
            run = await rig.RunAsync();
        }
        finally
        {
            disk.MakeWritable();
        }

        run.Status.ShouldBe(RunStatus.Failed);
        run.Errors[0].Code.ShouldBe("STORE_READ_ONLY");
        run.Errors[0].Message.ShouldContain("Check the owner and the mount of the lake's folder");
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();

        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Open_NewerControlSchema_IsRefusedBeforeAnythingIsAskedOrWritten()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var versions = await rig.VersionsAsync();
        rig.Market.Forget();
        rig.Sql(
            "insert into schema_migrations (version, name, checksum, program, applied_at) values (9999, 'later', 'x', 'tidemark 9.9', 0)"
        );
        await rig.ReopenAsync();

        var error = Should.Throw<TidemarkException>(() => rig.Get<IngestRunner>());

        error.Code.ShouldBe("CONTROL_NEWER");
        error.Message.ShouldContain("schema version 9999, written by tidemark 9.9");
        error.Message.ShouldContain("Nothing was changed");
        rig.Market.Asked.ShouldBeEmpty();
        (await rig.VersionsAsync()).ShouldBe(versions);

        rig.Sql("delete from schema_migrations where version = 9999");
        await rig.ReopenAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_DamagedLog_TakesOnlyItsTable()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var log = Path.Combine(rig.LakeFolder, "ods", Bars, "_delta_log");
        var first = Directory.GetFiles(log, "*.json").Order(StringComparer.Ordinal).First();
        File.Move(first, first.Replace("00.json", "07.json", StringComparison.Ordinal));
        rig.Market.Forget();
        await rig.ReopenAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));

        var run = await rig.RunAsync();

        run.Block.ShouldBeNull();
        run.Status.ShouldBe(RunStatus.Partial, "a dataset that is due was not asked for");
        run.Committed.ShouldBeGreaterThan(0, "the other tables go on");
        rig.Market.Asked.ShouldNotContain(asked => asked.ToString()!.Contains("daily", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_TableIsDividedInAnotherWayThanDeclared_AsksForAllButItsDataset()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var log = Path.Combine(rig.LakeFolder, "ods", Bars, "_delta_log");
        var first = Directory.GetFiles(log, "*.json").Order(StringComparer.Ordinal).First();
        var entry = await File.ReadAllTextAsync(first);
        await File.WriteAllTextAsync(
            first,
            entry.Replace("\"partitionColumns\":[\"dt\"]", "\"partitionColumns\":[]", StringComparison.Ordinal)
        );
        rig.Market.Forget();
        await rig.ReopenAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));

        var run = await rig.RunAsync();

        run.Block.ShouldBeNull();
        run.Status.ShouldBe(RunStatus.Partial, "a dataset that is due was not asked for");
        run.Committed.ShouldBeGreaterThan(0, "the other tables go on");
        run.Unreadable.ShouldHaveSingleItem().Reason.ShouldContain("is partitioned by nothing in the lake");
        rig.Market.Asked.ShouldNotContain(asked => asked.ToString()!.Contains("daily", StringComparison.Ordinal));
    }

    /// <summary>Its units would not replace those of the name before, and each key would stand twice.</summary>
    [Fact]
    public async Task Run_DatasetWasGivenAnotherName_IsLeftOutUntilItHasATableOfItsOwn()
    {
        await using var rig = await IngestRig.StartAsync(more: ["fund_basic", "fund_daily"]);
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var rows = await rig.NumberAsync("SELECT count(*) FROM ods.ods_fund_daily");
        rig.Rename("fund_daily", "etf_bars");
        await rig.ReopenAsync();
        rig.Market.Forget();

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Unreadable.ShouldHaveSingleItem().Reason.ShouldContain("has rows of tushare.fund_daily");
        rig.Market.Asked.ShouldNotContain(asked => asked.StartsWith("fund_daily 2024", StringComparison.Ordinal));
        rig.Get<MisfitTables>()
            .Find(await rig.Lake.SurveyAsync(default))
            .ShouldHaveSingleItem()
            .Reason.ShouldContain("or give tushare.etf_bars another table");

        rig.Define("etf_bars", t => t.Replace("table: ods_fund_daily", "table: ods_etf_bars", default));
        await rig.ReopenAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_etf_bars")).ShouldBe(rows);
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_fund_daily")).ShouldBe(rows);
    }

    [Fact]
    public async Task Run_VendorSendsFewerRowsOnASecondFetch_KeepsWhatStands()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                door.Wait(token);
            }
        };

        // The pool of targets has planned the day and waits for the vendor, while the universe fetches and commits it.
        var slow = rig.RunBesideAsync(Pool.Targets);
        await door.SomebodyWaits;
        rig.Market.Before = null;
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var rows = await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily");
        rig.Market.Rewrite = (request, answer) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                answer.RemoveAt(0);
            }
        };
        door.Open();
        var run = await slow;

        run.Status.ShouldBe(RunStatus.Partial);
        var error = run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain($"{(rows / 4) - 1} rows instead of {rows / 4}");
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily")).ShouldBe(rows);
        (await rig.StepsOfAsync(run.Id, "stock.market.daily", "2024-06-11"))[2..]
            .ShouldBe(["upsert failed", "evaluate skipped"]);
        await rig.ShouldBeWholeAsync();
    }
}
