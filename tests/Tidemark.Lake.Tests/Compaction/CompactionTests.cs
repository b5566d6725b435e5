using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Compaction;

public sealed class CompactionTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly CompactionRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Compact_SmallFilesOfAPartition_BecomeOneAndKeepUnitsRowsAndOrder()
    {
        await ThreeSlotsAsync();
        var before = await _rig.Fixture.RowsAsync();

        var done = await _rig.CompactAsync();

        (done.Partitions, done.FilesBefore, done.FilesAfter, done.Version).ShouldBe((1, 3, 1, 3));
        var snapshot = await _rig.SnapshotAsync();
        snapshot.Files.Count.ShouldBe(1);
        snapshot.Units.ShouldBe(["slot/1", "slot/2", "slot/3"], ignoreOrder: true);
        snapshot.RowCount.ShouldBe(4);
        (await _rig.Fixture.RowsAsync()).ShouldBe(before);
        (await _rig.RowsOfAsync("slot/1")).ShouldBe("b=2.0 a=1.0");
        (await _rig.RowsOfAsync("slot/2")).ShouldBe("");
        (await _rig.RowsOfAsync("slot/3")).ShouldBe("z=9.0 c=3.0");
    }

    [Fact]
    public async Task Compact_IsACommitThatChangesNoData_AndOlderVersionsStayReadable()
    {
        await ThreeSlotsAsync();
        await _rig.CompactAsync();

        var table = _rig.Fixture.NewLake().Table(CompactionRig.Prices);
        (await table.HistoryAsync(default))[0].Operation.ShouldBe("COMPACT");
        var key = DeltaLog.EntryKey(CompactionRig.Prices.Prefix, 3);
        var lines = DeltaLog.Read(key, (await _rig.Fixture.Store.GetAsync(key, default))!);
        lines.ShouldAllBe(l => (l.Add == null || !l.Add.DataChange) && (l.Remove == null || !l.Remove.DataChange));
        lines.Count(l => l.Remove is not null).ShouldBe(3);
        lines[0].CommitInfo!.OperationMetrics!["numRemovedFiles"].ShouldBe("3");
        using var session = await _rig.Fixture.Lake.OpenSessionAtAsync(
            [await table.SnapshotAtAsync(2, default)],
            default
        );
        session.Connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(4L);
        (await _rig.SnapshotAsync()).Files.Values.Single().Stats!.ShouldContain("\"numRecords\":4");
    }

    [Fact]
    public async Task Compact_Again_MakesNoVersion()
    {
        await ThreeSlotsAsync();
        await _rig.CompactAsync();
        var again = await _rig.CompactAsync();
        _rig.Clock.Advance(TimeSpan.FromDays(30));
        var cold = await _rig.CompactAsync();
        var coldAgain = await _rig.CompactAsync();

        (again.Version, again.FilesBefore).ShouldBe((3, 0));
        (cold.Version, cold.FilesBefore, cold.FilesAfter).ShouldBe(
            (4, 0, 0),
            "tried, and nothing to gain: marked once"
        );
        (coldAgain.Version, coldAgain.FilesBefore).ShouldBe((4, 0));
        cold.FilesTried.ShouldBe(1, "a version that nobody is told of would be a riddle");
        (again.FilesTried, coldAgain.FilesTried).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Compact_ColdFileThatWouldNotShrink_StaysAsItIs()
    {
        await _rig.Fixture.CommitAsync("p/old", s_day.AddDays(-30), ("a", 1.0));
        var before = (await _rig.SnapshotAsync()).Files.Values.Single();

        var done = await _rig.CompactAsync();

        done.FilesBefore.ShouldBe(0);
        var after = (await _rig.SnapshotAsync()).Files.Values.Single();
        (after.Path, after.Size, after.DataChange).ShouldBe((before.Path, before.Size, false));
        after.Tags!["unit"].ShouldBe("p/old");
        (await _rig.RowsOfAsync("p/old")).ShouldBe("a=1.0");
    }

    [Fact]
    public async Task Compact_ColdAndHotPartitions_GetZstdOnlyWhereCold()
    {
        (string, double?)[] rows = [.. Enumerable.Range(0, 2_000).Select(i => ($"code {i:00000}", (double?)(i % 7)))];
        await _rig.Fixture.CommitAsync("p/old", s_day.AddDays(-30), rows);
        await _rig.Fixture.CommitAsync("p/new", s_day, ("a", 1.0));

        var done = await _rig.CompactAsync();

        (done.Partitions, done.FilesBefore, done.FilesAfter).ShouldBe((1, 1, 1));
        done.BytesAfter.ShouldBeLessThan(done.BytesBefore);
        (await CodecsAsync()).ShouldBe(["2022-05-02 ZSTD", "2022-06-01 SNAPPY"]);
        (await _rig.RowsOfAsync("p/old")).ShouldStartWith("code 00000=0.0 code 00001=1.0");
    }

    [Fact]
    public async Task Compact_NewFileBesideAMergedOne_MergesBoth()
    {
        await ThreeSlotsAsync();
        await _rig.CompactAsync();
        await _rig.Fixture.CommitAsync("slot/0", s_day, ("q", 5.0));

        var done = await _rig.CompactAsync();

        (done.FilesBefore, done.FilesAfter).ShouldBe((2, 1));
        (await _rig.RowsOfAsync("slot/0")).ShouldBe("q=5.0");
        (await _rig.RowsOfAsync("slot/3")).ShouldBe("z=9.0 c=3.0");
    }

    [Fact]
    public async Task Compact_LargeFiles_AreLeftAndBinsAreFilledEvenly()
    {
        for (var i = 0; i < 8; i++)
        {
            await _rig.Fixture.CommitAsync($"slot/{i}", s_day, ($"c{i}", i));
        }

        var size = (await _rig.SnapshotAsync()).Files.Values.Max(f => f.Size);
        var options = new CompactOptions
        {
            EnoughBytes = size + 1,
            MaxBytes = size * 4,
            BatchBytes = 1,
        };
        var done = await _rig.CompactAsync(options);
        var large = await _rig.CompactAsync(new CompactOptions { EnoughBytes = 1, MaxBytes = 2 });

        (done.FilesBefore, done.FilesAfter).ShouldBe((8, 2));
        large.FilesBefore.ShouldBe(0);
        (await _rig.SnapshotAsync()).Files.Values.Select(f => UnitSlice.Of(f).Count).ShouldBe([4, 4]);
    }

    [Fact]
    public async Task Compact_FilesFromBeforeAColumnWasAdded_ReadNullThere()
    {
        await _rig.Fixture.CommitAsync("slot/1", s_day, ("a", 1.0));
        await _rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.0));
        var wider = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        var lake = _rig.Fixture.NewLake();
        using (var staging = lake.Stage(wider, "run"))
        using (var session = await lake.OpenSessionAtAsync([], default))
        {
            staging.AppendQuery(session, "slot/3", s_day, "SELECT 'c' AS code, 7 AS volume, 3 AS price", default);
            staging.AppendQuery(
                session,
                "slot/4",
                s_day.AddDays(1),
                "SELECT 'd' AS code, NULL AS volume, 4 AS price",
                default
            );
            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }

        await _rig.CompactAsync(new CompactOptions { ColdAfterDays = 0 });

        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(2);
        (await _rig.Fixture.RowsAsync("SELECT code, price, volume, dt FROM ods.ods_prices ORDER BY ALL")).ShouldBe([
            "a|1|null|2022-06-01",
            "b|2|null|2022-06-01",
            "c|3|7|2022-06-01",
            "d|4|null|2022-06-02",
        ]);
    }

    [Fact]
    public async Task Compact_InputThatLostRowsOnDisk_IsRefusedAndNothingChanges()
    {
        await ThreeSlotsAsync();
        var before = await _rig.SnapshotAsync();
        var victim = before.SlicesOf("slot/1").Single().File;
        using (var connection = _rig.Fixture.Engine.Connect())
        {
            var path = _rig.Fixture.Store.ReadablePath(CompactionRig.Prices.Prefix + victim.Path);
            connection.Execute($"COPY (SELECT 'a' AS code, 1.0::DOUBLE AS price) TO {DuckDbSql.Literal(path)}");
            _rig.SayOfTheLog(victim, new FileInfo(path).Length);
        }

        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.CompactAsync());

        error.Code.ShouldBe("COMPACT_MISMATCH");
        error.Message.ShouldContain("4 rows by the log, 3 in the old files");
        var after = await _rig.SnapshotAsync();
        (after.Version, after.Files.Count).ShouldBe((before.Version, 3));
        _rig.Fixture.Lake.Staging.Runs().ShouldNotContain(r => r != "run");
    }

    [Fact]
    public async Task Compact_InputThatIsGone_StaysAsItIsNamedAndTheOthersAreMerged()
    {
        await ThreeSlotsAsync();
        await _rig.Fixture.CommitAsync("slot/4", s_day, ("d", 4.0));
        await _rig.Fixture.CommitAsync("slot/5", s_day, ("e", 5.0));
        var before = await _rig.SnapshotAsync();
        var victim = before.SlicesOf("slot/1").Single().File;
        File.Delete(_rig.Fixture.Store.ReadablePath(CompactionRig.Prices.Prefix + victim.Path));

        await _rig.CompactAsync();

        var after = await _rig.SnapshotAsync();
        (after.Files.Count, after.Has(victim)).ShouldBe((2, true));
    }

    [Theory]
    [InlineData("SELECT 'a' AS code, 1.0::DOUBLE AS price UNION ALL SELECT 'b', 2.0", true)]
    [InlineData("SELECT 'b' AS code, 2.0::DOUBLE AS price UNION ALL SELECT 'a', 1.0", false)]
    [InlineData("SELECT 'a' AS code, 1.0::DOUBLE AS price UNION ALL SELECT 'b', 2.5", false)]
    [InlineData("SELECT 'a' AS code, 1.0::DOUBLE AS price UNION ALL SELECT 'b', NULL", false)]
    [InlineData("SELECT 'a' AS code, 1.0::DOUBLE AS price", false)]
    public void Proof_OfAFileThatDiffersInAValueTheOrderOrTheCount_Fails(string written, bool isEqual)
    {
        using var connection = _rig.Fixture.Engine.Connect();
        var digests = new[] { "SELECT 'a' AS code, 1.0::DOUBLE AS price UNION ALL SELECT 'b', 2.0", written }
            .Select(
                (sql, i) =>
                {
                    var path = Path.Combine(_rig.Fixture.Folder, $"{i}.parquet");
                    connection.Execute($"COPY ({sql}) TO {DuckDbSql.Literal(path)} (PRESERVE_ORDER true)");
                    return FileRewriter.DigestOf(
                        connection,
                        FileRows.Of(path, 2),
                        LakeFixture.Prices().Columns,
                        default
                    );
                }
            )
            .ToArray();

        var check = () => FileRewriter.EnsureEqual(CompactionRig.Prices, 2, digests[0], digests[1]);

        if (isEqual)
        {
            check.ShouldNotThrow();
        }
        else
        {
            check.ShouldThrow<TidemarkException>().Code.ShouldBe("COMPACT_MISMATCH");
        }
    }

    [Fact]
    public async Task Compact_UnknownTable_IsRefusedByName()
    {
        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.CompactAsync());
        (error.Code, error.Kind).ShouldBe(("TABLE_UNKNOWN", ErrorKind.BadRequest));
    }

    private async Task ThreeSlotsAsync()
    {
        await _rig.Fixture.CommitAsync("slot/3", s_day, ("z", 9.0), ("c", 3.0));
        await _rig.Fixture.CommitAsync("slot/1", s_day, ("b", 2.0), ("a", 1.0));
        await _rig.Fixture.CommitAsync("slot/2", s_day);
    }

    private async Task<List<string>> CodecsAsync()
    {
        var files = (await _rig.SnapshotAsync()).Files.Values.OrderBy(f => f.Path, StringComparer.Ordinal);
        using var connection = _rig.Fixture.Engine.Connect();
        return
        [
            .. files.Select(f =>
            {
                var path = _rig.Fixture.Store.ReadablePath(CompactionRig.Prices.Prefix + f.Path);
                var codec = connection.Scalar(
                    $"SELECT string_agg(DISTINCT compression) FROM parquet_metadata({DuckDbSql.Literal(path)})"
                );
                return $"{f.PartitionValues["dt"]} {codec}";
            }),
        ];
    }
}
