using Tidemark.DuckDb;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Staging;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// The codec of new files is the engine's option, whoever writes them; files of both stand in one table.
/// </summary>
public sealed class CodecTests : IDisposable
{
    private const int Rows = 3_000;
    private static readonly DateOnly[] s_days = [.. Enumerable.Range(0, 4).Select(LakeFixture.Day.AddDays)];
    private readonly LakeFixture _snappy = new();
    private readonly LakeFixture _zstd;

    public CodecTests() => _zstd = new LakeFixture(_snappy.Folder, codec: ParquetCodec.Zstd);

    public void Dispose()
    {
        _zstd.Dispose();
        _snappy.Dispose();
    }

    [Fact]
    public async Task Commit_OfBatchesAndQueriesWithEither_HasItsCodecAndIsReadAsOneTable()
    {
        await CommitMixedAsync();

        (await CodecsAsync()).ShouldBe(["SNAPPY", "SNAPPY", "ZSTD", "ZSTD"]);
        (
            await _snappy.RowsAsync("SELECT dt, count(*), sum(price) FROM ods.ods_prices GROUP BY dt ORDER BY dt")
        ).ShouldBe([.. s_days.Select(d => $"{d:yyyy-MM-dd}|{Rows}|{4.5 * Rows}")], "read with either engine");
    }

    [Fact]
    public async Task Commit_OfBothCodecs_IsReadByClickHouse()
    {
        Assert.SkipUnless(ClickHouse.IsInstalled, ClickHouse.HowToInstall);
        await CommitMixedAsync();

        (await ClickHouse.ReadAsync(_snappy.Folder, "ods/ods_prices", "price")).ShouldBe((4 * Rows, 4 * 4.5 * Rows));
    }

    [Fact]
    public async Task Compact_OfWarmFiles_WritesTheEnginesCodec()
    {
        foreach (var unit in new[] { "a", "b" })
        {
            await _snappy.CommitAsync("run", ($"{unit}/1", s_days[0], Prices(unit)));
        }

        var compactor = new TableCompactor(
            _zstd.NewLake(),
            _zstd.Engine,
            TimeProvider.System,
            new Core.SystemIdSource()
        );
        var compacted = await compactor.CompactAsync(
            LakeFixture.Prices().Id,
            new CompactOptions { ColdAfterDays = 100_000 },
            progress: null,
            default
        );

        (compacted.FilesBefore, compacted.FilesAfter).ShouldBe((2, 1));
        (await CodecsAsync()).ShouldBe(["ZSTD"]);
    }

    [Fact]
    public async Task Commit_ThatTakesAUnitOutOfAMergedFile_WritesTheRestWithTheFilesCodec()
    {
        foreach (var unit in new[] { "a", "b" })
        {
            await _zstd.CommitAsync("run", ($"{unit}/1", s_days[0], Prices(unit)));
        }

        await new TableCompactor(
            _zstd.NewLake(),
            _zstd.Engine,
            TimeProvider.System,
            new Core.SystemIdSource()
        ).CompactAsync(
            LakeFixture.Prices().Id,
            new CompactOptions { ColdAfterDays = 100_000 },
            progress: null,
            default
        );
        await _snappy.CommitAsync("run", ("a/1", s_days[0], Prices("a", add: 1)));

        (await CodecsAsync()).ShouldBe(["SNAPPY", "ZSTD"]);
    }

    private async Task CommitMixedAsync()
    {
        var day = 0;
        foreach (var lake in new[] { _snappy, _zstd })
        {
            await lake.CommitAsync("run", ($"batch/{day}", s_days[day++], Prices("c")));
            using var session = await lake.NewLake().OpenSessionAtAsync([], default);
            using var staging = lake.NewLake().Stage(lake.Table, "run");
            staging.AppendQuery(
                session,
                $"query/{day}",
                s_days[day++],
                $"SELECT 'c' || i AS code, i % 10 AS price FROM range({Rows}) t(i)",
                default
            );
            await lake.NewLake().CommitAsync(staging, new CommitRequest("TEST"), default);
        }
    }

    private static Core.Columns.ColumnBatch Prices(string code, int add = 0) =>
        LakeFixture.Batch([.. Enumerable.Range(0, Rows).Select(i => ($"{code}{i}", (double?)((i % 10) + add)))]);

    /// <summary>Of the prices in each live file.</summary>
    private async Task<string[]> CodecsAsync()
    {
        var snapshot = await _snappy.NewLake().Table(LakeFixture.Prices().Id).SnapshotAsync(default);
        using var connection = _snappy.Engine.Connect();
        return
        [
            .. snapshot
                .Files.Values.Select(f =>
                    (string)
                        connection.Scalar(
                            $"SELECT any_value(compression) FROM parquet_metadata({DuckDbSql.Literal(_snappy.Store.ReadablePath($"ods/ods_prices/{f.Path}"))}) WHERE path_in_schema = 'price'"
                        )!
                )
                .Order(StringComparer.Ordinal),
        ];
    }
}
