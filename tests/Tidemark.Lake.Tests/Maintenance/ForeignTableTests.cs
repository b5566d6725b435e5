using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>Another engine's table in a layer of the lake: it is read, and nothing in it changes.</summary>
public sealed class ForeignTableTests : IDisposable
{
    private static readonly TableId s_theirs = new("ods", "ods_theirs");
    private readonly LakeFixture _fixture = new();
    private readonly ManualClock _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly DataLake _later;

    public ForeignTableTests() =>
        _later = DataLake.OnDisk(_fixture.Folder, _fixture.Engine, _clock, new SystemIdSource());

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Table_ThatOthersMade_IsReadAndNotOurs()
    {
        await WriteTheirsAsync();
        await _fixture.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));

        using var session = await _later.OpenSessionAsync(null, default);
        session.Connection.Scalar("SELECT count(*) FROM ods.ods_theirs").ShouldBe(3L);
        (await _later.Table(s_theirs).SnapshotAsync(default)).IsOurs.ShouldBeFalse();
        var (own, others) = await _later.FindOwnAsync([], default);
        own.Select(t => t.Id).ShouldBe([LakeFixture.Prices().Id]);
        others.ShouldBe([s_theirs]);
    }

    [Theory]
    [InlineData("vacuum")]
    [InlineData("compact")]
    [InlineData("restore")]
    [InlineData("retention")]
    [InlineData("commit")]
    [InlineData("by name")]
    public async Task WhatWrites_OnAnothersTable_IsRefusedByName(string what)
    {
        await WriteTheirsAsync();
        var before = Content();
        var table = _later.Table(s_theirs);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            what switch
            {
                "vacuum" => new Vacuum(_later).PlanAsync(table, _clock.GetUtcNow(), default),
                "compact" => new TableCompactor(_later, _fixture.Engine, _clock, new SystemIdSource()).CompactAsync(
                    s_theirs,
                    new CompactOptions(),
                    null,
                    default
                ),
                "restore" => new TableRestore(table).RestoreAsync(0, default),
                "retention" => Retention.DropAsync(table, 1, new DateOnly(2030, 1, 1), apply: true, default),
                "commit" => CommitAsync(),
                _ => (Task)_later.FindOwnAsync([s_theirs.ToString()], default),
            }
        );

        error.Code.ShouldBe("TABLE_FOREIGN");
        error.Message.ShouldContain("ods.ods_theirs");
        Content().ShouldBe(before);
    }

    [Fact]
    public async Task Repair_AnothersTable_ChangesNothingInIt()
    {
        await WriteTheirsAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "dt=2022-06-01", ".tmp-theirs"), "being written");
        var before = Content();

        await new LakeRepair(_later, new CatalogFile(Path.Combine(_fixture.Folder, "c.duckdb"), _later)).RepairAsync(
            default
        );

        Content().ShouldBe(before);
    }

    [Fact]
    public async Task OwnTable_ToWhichOthersAppended_StaysOurs()
    {
        await _fixture.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var id = LakeFixture.Prices().Id;
        var folder = Path.Combine(_fixture.Folder, id.Prefix);
        WriteParquet(Path.Combine(folder, "theirs.parquet"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "_delta_log", "00000000000000000001.json"),
            Add("theirs.parquet", """{"dt":"2022-06-02"}""")
        );

        var snapshot = await _later.Table(id).SnapshotAsync(default);

        (snapshot.Version, snapshot.IsOurs).ShouldBe((1, true));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("""{"commitInfo":{"operation":"WRITE"}}""", null)]
    [InlineData("""{"commitInfo":{"timestamp":1654041600000}}""", "2022-06-01T00:00:00+00:00")]
    [InlineData("""{"commitInfo":{"timestamp":9223372036854775807}}""", "9999-12-31T23:59:59+00:00")]
    public async Task Commit_OfAnyTimeOrNone_IsReadAsItSays(string commitInfo, string? expected)
    {
        await WriteTheirsAsync();
        await File.AppendAllTextAsync(Path.Combine(Folder, "_delta_log", "00000000000000000000.json"), commitInfo);

        (await _later.Table(s_theirs).HistoryAsync(default))
            .Single()
            .Timestamp?.ToString("yyyy-MM-ddTHH:mm:sszzz", null)
            .ShouldBe(expected);
        var catalog = Path.Combine(_fixture.Folder, "c.duckdb");
        await new CatalogFile(catalog, _later).RefreshAsync(default);
        using var connection = _fixture.Engine.Connect();
        connection.Execute($"ATTACH '{catalog}' AS c (READ_ONLY)");
        connection.Scalar("SELECT committed_at IS NULL FROM c.catalog_meta.table_versions").ShouldBe(expected is null);
    }

    [Fact]
    public async Task Path_SpelledInTwoWays_IsOneFile()
    {
        await _fixture.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var id = LakeFixture.Prices().Id;
        var standing = (await _fixture.Lake.Table(id).SnapshotAsync(default)).Files.Values.Single();
        var spelled = standing.Path.Replace("dt=", "d%74=", StringComparison.Ordinal);
        var log = Path.Combine(_fixture.Folder, id.Prefix, "_delta_log");
        await File.WriteAllTextAsync(
            Path.Combine(log, "00000000000000000001.json"),
            Add(spelled, """{"dt":"2022-06-01"}""", standing.Size)
        );

        (await _fixture.NewLake().Table(id).SnapshotAsync(default)).Files.Count.ShouldBe(1);
        using (var session = await _later.OpenSessionAsync(null, default))
        {
            session.Connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(1L);
        }

        await File.WriteAllTextAsync(
            Path.Combine(log, "00000000000000000002.json"),
            "{\"remove\":{\"path\":\"" + standing.Path + "\",\"deletionTimestamp\":1,\"dataChange\":true}}\n"
        );
        (await _fixture.NewLake().Table(id).SnapshotAsync(default)).Files.ShouldBeEmpty();
    }

    private string Folder => Path.Combine(_fixture.Folder, s_theirs.Prefix);

    private async Task WriteTheirsAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "_delta_log"));
        Directory.CreateDirectory(Path.Combine(Folder, "dt=2022-06-01"));
        WriteParquet(Path.Combine(Folder, "dt=2022-06-01", "one.parquet"));
        WriteParquet(Path.Combine(Folder, "dt=2022-06-01", "of an older version.parquet"));
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "_delta_log", "00000000000000000000.json"),
            """
            {"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
            {"metaData":{"id":"theirs","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"code\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}},{\"name\":\"dt\",\"type\":\"date\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["dt"],"configuration":{}}}

            """ + Add("dt=2022-06-01/one.parquet", """{"dt":"2022-06-01"}""")
        );
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
    }

    private async Task CommitAsync()
    {
        var definition = LakeFixture.Prices() with { Id = s_theirs };
        using var staging = _later.Stage(definition, "run");
        staging.Append("p/1", LakeFixture.Day, LakeFixture.Batch(("a", 1.0)));
        await _later.CommitAsync(staging, new CommitRequest("TEST"), default);
    }

    private void WriteParquet(string path)
    {
        using var connection = _fixture.Engine.Connect();
        connection.Execute(
            $"COPY (SELECT 'c' || i AS code, i::DOUBLE AS price FROM range(3) t(i)) TO '{path}' (FORMAT parquet)"
        );
    }

    private string Add(string path, string partition, long? size = null)
    {
        var file = new FileInfo(Path.Combine(Folder, path));
        var bytes = size ?? (file.Exists ? file.Length : 1);
        return "{\"add\":{"
            + $"\"path\":\"{path}\",\"partitionValues\":{partition},\"size\":{bytes},\"modificationTime\":1,\"dataChange\":true"
            + "}}\n";
    }

    private string Content() =>
        string.Join(
            '\n',
            Directory
                .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f =>
                    $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"
                )
        );
}
