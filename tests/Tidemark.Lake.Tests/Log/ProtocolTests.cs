using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Log;

public sealed class ProtocolTests : IDisposable
{
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(2, 5, null, "columnMapping")]
    [InlineData(3, 7, new[] { "deletionVectors", "v2Checkpoint" }, "deletionVectors, v2Checkpoint")]
    [InlineData(4, 8, null, "version 4")]
    public async Task Snapshot_NewerReader_IsRefusedByFeature(int reader, int writer, string[]? features, string named)
    {
        _rig.WriteAdds(0);
        _rig.Write(1, new DeltaLine { Protocol = new ProtocolAction(reader, writer, features, features) });

        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default));
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData(3, null, "checkConstraints")]
    [InlineData(4, null, "generatedColumns")]
    [InlineData(5, null, "columnMapping")]
    [InlineData(6, null, "identityColumns")]
    [InlineData(7, new[] { "appendOnly", "rowTracking" }, "rowTracking")]
    public async Task Append_NewerWriter_IsRefusedByFeatureAndStillRead(int writer, string[]? features, string named)
    {
        _rig.WriteAdds(0);
        _rig.Write(1, new DeltaLine { Protocol = new ProtocolAction(1, writer, null, features) });
        var log = _rig.NewLog();

        (await log.SnapshotAsync(default)).Files.Count.ShouldBe(1);
        var error = await Should.ThrowAsync<TidemarkException>(() => AppendAsync(log, LogRig.Commit(1)));
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain(named);
        error.Message.ShouldNotContain("appendOnly");
        File.Exists(_rig.EntryPath(2)).ShouldBeFalse();
    }

    [Fact]
    public async Task Append_WriterFeaturesThatWriterTwoHas_AreWritten()
    {
        _rig.WriteAdds(0);
        _rig.Write(1, new DeltaLine { Protocol = new ProtocolAction(1, 7, null, ["appendOnly", "invariants"]) });

        (await AppendAsync(_rig.NewLog(), LogRig.Commit(1))).ShouldBe(2);
    }

    [Fact]
    public async Task Append_RemoveFromAnAppendOnlyTable_IsRefused()
    {
        _rig.Write(
            0,
            LogRig.Protocol(),
            LogRig.Metadata(LogRig.Schema, ("delta.appendOnly", "true")),
            new DeltaLine { Add = LogRig.Add("a") }
        );
        var log = _rig.NewLog();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            AppendAsync(log, new DeltaLine { Remove = LogRig.Remove("a") })
        );
        error.Code.ShouldBe("TABLE_APPEND_ONLY");

        // Rewriting without a change of data is allowed, and so is adding.
        (await AppendAsync(log, new DeltaLine { Remove = LogRig.Remove("a") with { DataChange = false } })).ShouldBe(1);
        (await AppendAsync(log, new DeltaLine { Add = LogRig.Add("b") })).ShouldBe(2);
    }

    [Fact]
    public async Task Append_ColumnWithAnInvariant_IsRefusedByName()
    {
        _rig.Write(
            0,
            LogRig.Protocol(),
            LogRig.Metadata(
                """{"type":"struct","fields":[{"name":"code","type":"string","nullable":true,"metadata":{}},{"name":"price","type":"double","nullable":true,"metadata":{"delta.invariants":"{\"expression\":{\"expression\":\"price > 0\"}}"}},{"name":"dt","type":"date","nullable":true,"metadata":{}}]}"""
            )
        );

        var error = await Should.ThrowAsync<TidemarkException>(() => AppendAsync(_rig.NewLog(), LogRig.Commit(1)));
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain("column price");
    }

    [Fact]
    public async Task Snapshot_LogWithoutProtocol_IsDamaged()
    {
        _rig.Write(0, LogRig.Metadata());

        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default));
        error.Code.ShouldBe("LOG_CORRUPT");
        error.Message.ShouldContain("protocol");
    }

    [Fact]
    public async Task Snapshot_CommitInfoOfOthers_IsReadAsFarAsItFits()
    {
        _rig.WriteAdds(0);
        await File.WriteAllTextAsync(
            _rig.EntryPath(1),
            """{"commitInfo":{"timestamp":"soon","operation":"MERGE","operationMetrics":{"n":3},"inputs":[1,{"a":2}],"runId":7}}"""
        );
        await File.WriteAllTextAsync(_rig.EntryPath(2), """{"commitInfo":{"timestamp":99,"inputs":{"a":"b"}}}""");

        var log = _rig.NewLog();
        (await log.SnapshotAtAsync(1, default)).Commit.ShouldBe(new CommitInfoAction { Operation = "MERGE" });
        (await log.SnapshotAtAsync(2, default)).Commit.ShouldBe(new CommitInfoAction { Timestamp = 99 });
    }

    [Fact]
    public async Task Snapshot_FileOutsideTheTable_IsRefusedUntilItIsRemoved()
    {
        _rig.Write(
            0,
            LogRig.Protocol(),
            LogRig.Metadata(),
            new DeltaLine { Add = LogRig.Add("a") with { Path = "s3://bucket/other/a.parquet" } }
        );
        (await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default))).Code.ShouldBe(
            "TABLE_UNSUPPORTED"
        );

        _rig.Write(1, new DeltaLine { Remove = LogRig.Remove("a") with { Path = "s3://bucket/other/a.parquet" } });
        (await _rig.NewLog().SnapshotAsync(default)).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Snapshot_AFileThatCannotBeReadInALaterVersion_IsRefusedByWhoKnowsTheEarlierOne()
    {
        _rig.WriteAdds(0);
        var log = _rig.NewLog();
        (await log.SnapshotAsync(default)).Files.Count.ShouldBe(1);

        var vector = LogRig.Add("b") with { DeletionVector = new DeletionVectorSpec("i") };
        _rig.Write(1, new DeltaLine { Add = vector });

        var error = await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAsync(default));
        error.Message.ShouldContain("deletion vector");
        _rig.Write(2, new DeltaLine { Remove = LogRig.Remove("b") });
        (await log.SnapshotAsync(default)).Files.Count.ShouldBe(1);
    }

    [Fact]
    public void RowCount_OfAColumnCalledLikeTheCount_IsNotTaken()
    {
        DeltaStats.RowCount("""{"minValues":{"numRecords":7},"numRecords":3}""").ShouldBe(3);
        DeltaStats.RowCount("""{"numRecords":"x"}""").ShouldBeNull();
        DeltaStats.RowCount("{").ShouldBeNull();
    }

    [Fact]
    public async Task Commit_ChangedUnitOfAColumn_ReachesTheSchemaWithTheNextData()
    {
        using var lake = new LakeFixture();
        await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var definition = LakeFixture.Prices() with
        {
            Columns =
            [
                new LakeColumn("code", LakeType.Text, Nullable: false),
                new LakeColumn("price", LakeType.Double, Unit: "HKD", Description: "last"),
            ],
            Description = "Prices",
        };

        var snapshot = await CommitAsync(lake, definition, "p/2", "SELECT 'b' AS code, 2.5::DOUBLE AS price");

        snapshot.Columns.Single(c => c.Name == "price").ShouldBe(definition.Columns[1]);
        snapshot.Metadata!.Description.ShouldBe("Prices");
        snapshot.SchemaChanged.ShouldBeFalse(); // the files are as before
        (await lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2.5|2022-06-02"]);
    }

    [Fact]
    public async Task Commit_NewColumn_IsStillKnownToBeNewFromACheckpointAlone()
    {
        using var lake = new LakeFixture();
        await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var definition = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        await CommitAsync(lake, definition, "p/2", "SELECT 'b' AS code, 2.5::DOUBLE AS price, 7 AS volume");
        await lake.Lake.Table(definition.Id).Log.CheckpointAsync(1, default);
        foreach (var entry in Directory.GetFiles(Path.Combine(lake.Folder, "ods/ods_prices/_delta_log"), "*.json"))
        {
            File.Delete(entry);
        }

        (await lake.RowsAsync("SELECT code, volume FROM ods.ods_prices ORDER BY ALL")).ShouldBe(["a|null", "b|7"]);
    }

    [Fact]
    public async Task Commit_NewColumnThatMustNotBeEmpty_IsRefused()
    {
        using var lake = new LakeFixture();
        await lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var definition = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long, Nullable: false));

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            CommitAsync(lake, definition, "p/2", "SELECT 'b' AS code, 2.5::DOUBLE AS price, 7 AS volume")
        );
        error.Code.ShouldBe("SCHEMA_MISMATCH");
        error.Message.ShouldContain("volume");
    }

    [Fact]
    public void Metadata_TenThousandColumns_AreRefused()
    {
        var columns = Enumerable.Range(0, 10_000).Select(i => new LakeColumn($"c{i}", LakeType.Of(ColumnKind.Double)));
        var error = Should.Throw<TidemarkException>(() =>
            CommitRules.MetadataFor(
                new TableDefinition(LogRig.Table, [.. columns], ["c0"]),
                TableSnapshot.Empty(LogRig.Table),
                0,
                new Core.SystemIdSource()
            )
        );
        error.Code.ShouldBe("SCHEMA_TOO_WIDE");
        error.Message.ShouldContain("10000");
    }

    [Fact]
    public void Schema_NestedColumns_AreReadAndNotWritten()
    {
        const string Nested =
            """{"type":"struct","fields":[{"name":"a","type":{"type":"struct","fields":[{"name":"x y","type":"integer","nullable":true,"metadata":{}},{"name":"m","type":{"type":"map","keyType":"string","valueType":{"type":"array","elementType":"decimal(10, 2)","containsNull":true},"valueContainsNull":true},"nullable":true,"metadata":{}}]},"nullable":true,"metadata":{}}]}""";

        var column = DeltaSchema.Read(LogRig.Table, Nested).ShouldHaveSingleItem();
        column.Type.SqlName.ShouldBe("STRUCT(\"x y\" INTEGER, \"m\" MAP(VARCHAR, DECIMAL(10,2)[]))");
        DeltaSchema.Read(LogRig.Table, DeltaSchema.Write([column])).ShouldBe([column]);
        Should
            .Throw<TidemarkException>(() =>
                CommitRules.MetadataFor(
                    new TableDefinition(LogRig.Table, [column], ["a"]),
                    TableSnapshot.Empty(LogRig.Table),
                    0,
                    new Core.SystemIdSource()
                )
            )
            .Code.ShouldBe("TYPE_UNSUPPORTED");
    }

    private static async Task<long> AppendAsync(TableLog log, params DeltaLine[] lines) =>
        (await log.AppendAsync(_ => lines, "x", default)).Snapshot.Version;

    private static async Task<TableSnapshot> CommitAsync(
        LakeFixture lake,
        TableDefinition definition,
        string unit,
        string sql
    )
    {
        using var staging = lake.Lake.Stage(definition, "run");
        using var session = await lake.Lake.OpenSessionAtAsync([], default);
        staging.AppendQuery(session, unit, LakeFixture.Day.AddDays(1), sql, default);
        await lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        return await lake.NewLake().Table(definition.Id).SnapshotAsync(default);
    }
}
