using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>Units that share a file: replaced one by one, tagged anew, compacted while others write.</summary>
public sealed class MergedUnitTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly CompactionRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Commit_OneUnitOfAMergedFile_ReplacesExactlyItsRows()
    {
        await MergedAsync();

        var result = await _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.5), ("c", 3.0), ("d", 4.0));

        result.Counts["slot/2"].Updated.ShouldBe(1);
        (await _rig.RowsOfAsync("slot/1")).ShouldBe("a=1.0 z=0.0");
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=2.5 c=3.0 d=4.0");
        (await _rig.RowsOfAsync("slot/3")).ShouldBe("e=5.0");
        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_UnitsOfAMergedFileOneAfterTheOther_LeaveLessOfItEachTime()
    {
        await MergedAsync();

        await _rig.Fixture.CommitAsync("slot/1", s_day, ("a", 1.5), ("z", 0.0));
        await _rig.Fixture.CommitAsync("slot/3", s_day, ("e", 5.5));
        var lone = (await _rig.SnapshotAsync()).SlicesOf("slot/2").Single();
        await _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.5), ("c", 3.5));

        lone.IsWholeFile.ShouldBeTrue();
        lone.File.Unit.ShouldBe("slot/2");
        var snapshot = await _rig.SnapshotAsync();
        (snapshot.Files.Count, snapshot.RowCount).ShouldBe((3, 5));
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=2.5 c=3.5");
    }

    [Fact]
    public async Task Commit_AllUnitsOfAMergedFileAtOnce_LeavesNothingOfIt()
    {
        await MergedAsync();

        await _rig.Fixture.CommitAsync(
            "run",
            ("slot/1", s_day, LakeFixture.Batch(("a", 7.0), ("z", 7.0))),
            ("slot/2", s_day, LakeFixture.Batch(("b", 7.0), ("c", 7.0))),
            ("slot/3", s_day, LakeFixture.Batch(("e", 7.0)))
        );

        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(3);
        (await _rig.Fixture.RowsAsync("SELECT DISTINCT price FROM ods.ods_prices")).ShouldBe(["7"]);
    }

    [Fact]
    public async Task Commit_UnitOfAMergedFileWithEqualRows_MakesNoVersion()
    {
        await MergedAsync();
        (await _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.0), ("c", 3.0))).IsNewVersion.ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_StagedBeforeACompaction_LandsAfterIt()
    {
        await ThreeSlotsAsync();
        var mine = await _rig.Fixture.StageAsync(
            _rig.Fixture.Lake,
            "mine",
            ("slot/2", s_day, LakeFixture.Batch(("b", 8.0), ("c", 8.0)))
        );
        await _rig.CompactAsync();

        var result = await _rig
            .Fixture.Lake.Table(CompactionRig.Prices)
            .CommitAsync(mine, new CommitRequest("TEST"), default);

        result.IsNewVersion.ShouldBeTrue();
        (await _rig.RowsOfAsync("slot/1")).ShouldBe("a=1.0 z=0.0");
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=8.0 c=8.0");
        (await _rig.RowsOfAsync("slot/3")).ShouldBe("e=5.0");
    }

    [Fact]
    public async Task Compact_UnitReplacedMeanwhile_LeavesItsFilesForTheNextRunAndLandsTheRest()
    {
        await ThreeSlotsAsync();
        await _rig.Fixture.CommitAsync("other/1", s_day.AddDays(1), ("o", 1.0));
        await _rig.Fixture.CommitAsync("other/2", s_day.AddDays(1), ("p", 2.0));
        var replaced = false;

        var done = await _rig.CompactAsync(afterFile: () =>
        {
            if (!replaced)
            {
                replaced = true;
                _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 8.0), ("c", 8.0)).GetAwaiter().GetResult();
            }
        });

        (done.FilesBefore, done.FilesAfter).ShouldBe((2, 1));
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=8.0 c=8.0");
        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(4);
        (await _rig.CompactAsync()).FilesBefore.ShouldBe(3);
        (await _rig.SnapshotAsync()).RowCount.ShouldBe(7);
    }

    [Fact]
    public async Task Commit_CompactedBetweenItsLastLookAndItsEntry_WritesTheRestOfTheNewFileFirst()
    {
        await ThreeSlotsAsync();
        var lake = LakeThatWaitsBeforeItsEntry(() => _rig.CompactAsync());

        var staged = await _rig.Fixture.StageAsync(
            lake,
            "run",
            ("slot/2", s_day, LakeFixture.Batch(("b", 8.0), ("c", 8.0)))
        );
        var result = await lake.Table(CompactionRig.Prices).CommitAsync(staged, new CommitRequest("TEST"), default);

        result.Version.ShouldBe(4);
        (await _rig.RowsOfAsync("slot/1")).ShouldBe("a=1.0 z=0.0");
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=8.0 c=8.0");
        (await _rig.RowsOfAsync("slot/3")).ShouldBe("e=5.0");
        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Compact_UnitReplacedBetweenItsLastLookAndItsEntry_LeavesItsFiles()
    {
        await ThreeSlotsAsync();
        var lake = LakeThatWaitsBeforeItsEntry(() => _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 8.0), ("c", 8.0)));

        var done = await new TableCompactor(lake, _rig.Fixture.Engine, _rig.Clock, new SystemIdSource()).CompactAsync(
            CompactionRig.Prices,
            new CompactOptions(),
            null,
            default
        );

        (done.FilesBefore, done.Version).ShouldBe((0, 3));
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("b=8.0 c=8.0");
        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(3);
    }

    [Fact]
    public async Task WritersAndACompactor_SideBySide_LoseNothing()
    {
        const int Writers = 3;
        const int Commits = 12;
        await ThreeSlotsAsync();
        var writing = Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(w =>
                    Task.Run(async () =>
                    {
                        var lake = _rig.Fixture.NewLake();
                        for (var i = 0; i < Commits; i++)
                        {
                            // Each has units of its own, all in the same partition, and comes back to them.
                            using var staging = lake.Stage(LakeFixture.Prices(), $"run{w}");
                            staging.Append($"w{w}/{i % 4}", s_day, LakeFixture.Batch(($"{w}-{i % 4}", i)));
                            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
                        }
                    })
                )
        );
        var compactions = 0;
        while (!writing.IsCompleted)
        {
            compactions += (await _rig.CompactAsync()).FilesAfter;
        }

        await writing;
        compactions.ShouldBeGreaterThan(0);
        (
            await _rig.Fixture.RowsAsync("SELECT count(*), sum(price) FROM ods.ods_prices WHERE code LIKE '%-%'")
        ).ShouldBe([$"{Writers * 4}|{Writers * (8 + 9 + 10 + 11)}"]);
        (await _rig.SnapshotAsync()).Units.Count.ShouldBe((Writers * 4) + 3);
    }

    [Fact]
    public async Task Content_OfAUnit_StaysTheSameWhereverItsRowsAre()
    {
        await ThreeSlotsAsync();
        var before = await ContentsAsync();
        await _rig.CompactAsync();
        var merged = await ContentsAsync();
        await _rig.Fixture.CommitAsync("slot/3", s_day, ("e", 5.5));
        _rig.Clock.Advance(TimeSpan.FromDays(100));
        await _rig.CompactAsync();
        var cold = await ContentsAsync();

        merged.ShouldBe(before);
        (cold[0], cold[1]).ShouldBe((before[0], before[1]));
        cold[2].ShouldNotBe(before[2]);
    }

    [Fact]
    public async Task Tags_OfUnits_SurviveMergingAndAreReplacedInAMergedFile()
    {
        await TaggedAsync(("slot/1", "one"), ("slot/2", "two"));
        await _rig.CompactAsync();
        var merged = await SnapshotTagsAsync();
        await TaggedAsync(("slot/2", "three"));
        var retagged = await SnapshotTagsAsync();

        merged.ShouldBe(["slot/1 one run", "slot/2 two run"]);
        retagged.ShouldBe(["slot/1 one run", "slot/2 three run"]);
        var file = (await _rig.SnapshotAsync()).Files.Values.ShouldHaveSingleItem();
        (file.DataChange, file.Unit, file.Tags!.ContainsKey(DeltaTags.Units)).ShouldBe((false, null, true));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[{\"unit\":\"a\",\"rows\":1}]")]
    [InlineData("[{\"rows\":3}]")]
    public void Slices_OfADamagedTag_AreRefused(string tag)
    {
        var file = new AddAction(
            "p.parquet",
            new Dictionary<string, string?>(),
            1,
            1,
            true,
            "{\"numRecords\":3}",
            new Dictionary<string, string> { [DeltaTags.Units] = tag }
        );
        Should.Throw<Tidemark.Core.Errors.TidemarkException>(() => UnitSlice.Of(file)).Code.ShouldBe("LOG_CORRUPT");
    }

    /// <summary>A lake in which, once, something else happens just before a log entry is written.</summary>
    private DataLake LakeThatWaitsBeforeItsEntry(Func<Task> meanwhile)
    {
        var happened = false;
        var store = new WatchedStore(
            _rig.Fixture.Store,
            point =>
            {
                if (point == "before put-if-absent entry" && !happened)
                {
                    happened = true;
                    meanwhile().GetAwaiter().GetResult();
                }
            }
        );
        return new DataLake(
            store,
            _rig.Fixture.Lake.Staging,
            _rig.Fixture.Engine,
            TimeProvider.System,
            new SystemIdSource()
        );
    }

    private async Task ThreeSlotsAsync()
    {
        await _rig.Fixture.CommitAsync("slot/1", s_day, ("a", 1.0), ("z", 0.0));
        await _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.0), ("c", 3.0));
        await _rig.Fixture.CommitAsync("slot/3", s_day, ("e", 5.0));
    }

    private async Task MergedAsync()
    {
        await ThreeSlotsAsync();
        (await _rig.CompactAsync()).FilesAfter.ShouldBe(1);
    }

    private async Task<List<string>> ContentsAsync()
    {
        var snapshot = await _rig.SnapshotAsync();
        return [.. snapshot.Units.Order(StringComparer.Ordinal).Select(u => snapshot.SlicesOf(u).Single().Content)];
    }

    private async Task<List<string>> SnapshotTagsAsync()
    {
        var snapshot = await _rig.SnapshotAsync();
        return
        [
            .. snapshot
                .Units.Order(StringComparer.Ordinal)
                .SelectMany(snapshot.SlicesOf)
                .Select(s => $"{s.Unit} {s.Tag("inputs")} {s.Tag(DeltaTags.Run)}"),
        ];
    }

    private async Task TaggedAsync(params (string Unit, string Inputs)[] units)
    {
        var lake = _rig.Fixture.NewLake();
        using var session = await lake.OpenSessionAtAsync([], default);
        using var staging = lake.Stage(LakeFixture.Prices(), "run");
        foreach (var (unit, inputs) in units)
        {
            var tags = new Dictionary<string, string> { ["inputs"] = inputs };
            staging.AppendQuery(session, unit, s_day, $"SELECT '{unit}' AS code, 1 AS price", tags, default);
        }

        await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }
}
