using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Log;

public sealed class LogTests : IDisposable
{
    private readonly LakeFixture _lake = new();
    private static TableId Table => LakeFixture.Prices().Id;

    public void Dispose() => _lake.Dispose();

    private string EntryPath(int version) =>
        Path.Combine(_lake.Folder, $"ods/ods_prices/_delta_log/{version:D20}.json");

    [Fact]
    public async Task Snapshot_DamagedEntry_NamesFileAndLine()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var text = File.ReadAllText(EntryPath(0));
        File.WriteAllText(EntryPath(0), text[..(text.Length / 2)]);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.NewLake().Table(Table).SnapshotAsync(default)
        );
        error.Code.ShouldBe("LOG_CORRUPT");
        error.Message.ShouldContain("00000000000000000000.json:");
    }

    [Theory]
    [InlineData("{}", "it has no action")]
    [InlineData("{ }", "it has no action")]
    [InlineData("null", "it has no action")]
    [InlineData("{\"add\":null}", "it has no action")]
    [InlineData("[]", "a value is of another kind than it must be, near byte 1")]
    [InlineData("5", "a value is of another kind than it must be, near byte 1")]
    [InlineData("{\"add\":5}", "a value is of another kind than it must be in add, near byte 8")]
    [InlineData("{\"add\":{\"path\":{}}}", "a value is of another kind than it must be in add.path, near byte 16")]
    [InlineData("{\"add\":{\"path\":\"x\",\"size\":\"1\"}}", "a value is of another kind than it must be in add.size")]
    [InlineData("{\"add\":{}}", "an add action without path or partitionValues")]
    [InlineData("{\"add\":{", "Expected depth to be zero at the end of the JSON payload")]
    public async Task Snapshot_LineThatIsNoAction_NamesFileAndLineAndNoTypeOfTheProgram(string line, string said)
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        File.WriteAllText(EntryPath(1), $"{{\"commitInfo\":{{}}}}\n{line}\n");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.NewLake().Table(Table).SnapshotAsync(default)
        );

        error.Code.ShouldBe("LOG_CORRUPT");
        error.Message.ShouldStartWith(
            $"ods/ods_prices/_delta_log/00000000000000000001.json:2: the log entry is damaged ({said}"
        );
        error.Message.ShouldNotContain("Delta.");
        error.Message.ShouldNotContain("System.");
    }

    /// <summary>The protocol wants them to be ignored: what must not be, comes with another version of it.</summary>
    [Theory]
    [InlineData("{\"cdc\":{\"path\":\"x\"}}")]
    [InlineData("{\"domainMetadata\":{}}")]
    [InlineData("{\"add\":null,\"ofTheFuture\":[1]}")]
    public async Task Snapshot_ActionThatOnlyNewerProgramsKnow_IsPassedOver(string line)
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        File.WriteAllText(EntryPath(1), line);

        var snapshot = await _lake.NewLake().Table(Table).SnapshotAsync(default);

        (snapshot.Version, snapshot.RowCount).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Snapshot_MissingEntry_IsAGapNotAnEmptyTable()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        await _lake.CommitAsync("p/2", LakeFixture.Day, ("b", 1.0));
        File.Delete(EntryPath(0));

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.NewLake().Table(Table).SnapshotAsync(default)
        );
        error.Code.ShouldBe("LOG_GAP");
    }

    [Fact]
    public async Task Snapshot_NewerProtocol_IsRefusedByFeature()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        File.WriteAllText(
            EntryPath(1),
            """{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}"""
        );

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.NewLake().Table(Table).SnapshotAsync(default)
        );
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain("deletionVectors");
    }

    [Fact]
    public async Task Entry_OfACommit_CarriesTheProtocolTheUnitAndTheRun()
    {
        await _lake.CommitAsync("run-1", ("p/1", LakeFixture.Day, LakeFixture.Batch(("a", 1.25))));

        var text = File.ReadAllText(EntryPath(0));
        text.ShouldContain("\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}");
        text.ShouldContain("\"unit\":\"p/1\"");
        text.ShouldContain("\"run\":\"run-1\"");
        text.ShouldContain("\"partitionValues\":{\"dt\":\"2022-06-01\"}");
        text.ShouldContain("\\\"minValues\\\":{\\\"code\\\":\\\"a\\\",\\\"price\\\":1.25}");
        text.ShouldContain("\"commitId\":");
    }

    [Fact]
    public async Task Catalog_AfterACommit_ServesViewsAndDayMacros()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        await _lake.CommitAsync("p/2", LakeFixture.Day.AddDays(1), ("b", 2.0));
        var path = Path.Combine(_lake.Folder, "catalog.duckdb");
        var catalog = new Catalog.CatalogFile(path, _lake.Lake);
        (await catalog.RefreshAsync(default)).Versions["ods.ods_prices"].ShouldBe(1);

        using var reader = await catalog.OpenAsync(new DuckDb.DuckDbSettings(), "", default);
        var connection = reader.Connection;
        connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(2L);
        connection.Scalar("SELECT code FROM ods.ods_prices_dt('2022-06-02')").ShouldBe("b");
        connection.Scalar("SELECT count(*) FROM ods.ods_prices_dt('2022-06-09')").ShouldBe(0L);
        Should.Throw<DuckDb.DuckDbException>(() => connection.Scalar("SELECT * FROM read_text('/etc/hostname')"));
        Should.Throw<DuckDb.DuckDbException>(() => connection.Execute("CREATE TABLE x(i INTEGER)"));

        // A refresh while somebody reads: the open file stays what it was.
        await _lake.CommitAsync("p/3", LakeFixture.Day.AddDays(2), ("c", 3.0));
        await catalog.RefreshAsync(default);
        connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(2L);
    }
}
