using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Compaction;

/// <summary>Units of several thousand rows, beside one of few.</summary>
public sealed class LargeUnitTests : IDisposable
{
    private const int Rows = 16_500;
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly CompactionRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Compact_LargeUnits_LeavesTheTableWhatItWas()
    {
        await ThreeSlotsAsync();
        var before = await SumsAsync();

        var done = await _rig.CompactAsync();
        var again = await _rig.CompactAsync();

        (done.FilesBefore, done.FilesAfter, again.Version).ShouldBe((4, 1, done.Version));
        (await SumsAsync()).ShouldBe(before);
        var file = (await _rig.SnapshotAsync()).Files.Values.Single();
        file.Stats.ShouldBe(
            $$$"""{"numRecords":{{{3 * Rows}}},"minValues":{"code":"a0","price":1},"maxValues":{"code":"c9999","price":{{{Rows + 1}}}},"nullCount":{"code":0,"price":{{{3 * ((Rows + 9) / 10)}}}}}"""
        );
        var lake = _rig.Fixture.NewLake();
        var verified = await new LakeVerifier(lake).VerifyAsync(lake.Table(CompactionRig.Prices), false, null, default);
        verified.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Compact_WhenCold_WritesThemWithZstd()
    {
        await ThreeSlotsAsync();
        var before = await SumsAsync();
        await _rig.CompactAsync();
        _rig.Clock.Advance(TimeSpan.FromDays(30));

        await _rig.CompactAsync();

        (await SumsAsync()).ShouldBe(before);
        var chunks = await ChunksAsync();
        (chunks.Count, chunks.All(c => c.EndsWith("ZSTD", StringComparison.Ordinal))).ShouldBe((2, true));
    }

    [Fact]
    public async Task Commit_OneUnitOfAMergedFile_ReplacesExactlyItsRows()
    {
        await ThreeSlotsAsync();
        await _rig.CompactAsync();
        var others = (await _rig.RowsOfAsync("slot/1"), await _rig.RowsOfAsync("slot/3"));

        await _rig.Fixture.CommitAsync("run", ("slot/2", s_day, Batch("x", 5)));
        await _rig.CompactAsync();

        var replaced = await _rig.RowsOfAsync("slot/2");
        replaced.Trim().ShouldStartWith("x1=6.0 x2=7.0");
        replaced.ShouldEndWith(FormattableString.Invariant($"x{Rows - 1}={Rows + 4:F1}"));
        (await _rig.RowsOfAsync("slot/1"), await _rig.RowsOfAsync("slot/3")).ShouldBe(others);
    }

    [Fact]
    public async Task Compact_InputThatLostRowsOnDisk_IsRefused()
    {
        await ThreeSlotsAsync();
        var victim = (await _rig.SnapshotAsync()).SlicesOf("slot/1").Single().File;
        var path = _rig.Fixture.Store.ReadablePath(CompactionRig.Prices.Prefix + victim.Path);
        await File.WriteAllBytesAsync(path, new ParquetWriter().Write(Batch("a", 0, Rows - 1), out _).ToArray());
        _rig.SayOfTheLog(victim, new FileInfo(path).Length);

        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.CompactAsync());

        error.Code.ShouldBe("COMPACT_MISMATCH");
        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Compact_PageThatIsDamaged_IsRefused()
    {
        await ThreeSlotsAsync();
        var path = _rig.Fixture.Store.ReadablePath(
            CompactionRig.Prices.Prefix + (await _rig.SnapshotAsync()).SlicesOf("slot/1").Single().File.Path
        );
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(4, 2000).Fill(0xFF);
        await File.WriteAllBytesAsync(path, bytes);

        await Should.ThrowAsync<Exception>(() => _rig.CompactAsync());

        (await _rig.SnapshotAsync()).Files.Count.ShouldBe(4);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Compact_LargeUnits_AreReadByClickHouse()
    {
        Assert.SkipUnless(ClickHouse.IsInstalled, ClickHouse.HowToInstall);
        await ThreeSlotsAsync();
        var before = await ClickHouse.ReadAsync(_rig.Fixture.Folder, "ods/ods_prices", "price");

        await _rig.CompactAsync();

        before.Rows.ShouldBe(3 * Rows);
        (await ClickHouse.ReadAsync(_rig.Fixture.Folder, "ods/ods_prices", "price")).ShouldBe(before);
    }

    private Task ThreeSlotsAsync() =>
        _rig.Fixture.CommitAsync(
            "run",
            ("slot/1", s_day, Batch("a", 0)),
            ("slot/2", s_day, Batch("b", 1)),
            ("slot/3", s_day, Batch("c", 2)),
            ("slot/4", s_day, LakeFixture.Batch())
        );

    private static ColumnBatch Batch(string letter, int price, int rows = Rows) =>
        LakeFixture.Batch([
            .. Enumerable.Range(0, rows).Select(i => ($"{letter}{i}", i % 10 == 0 ? (double?)null : price + i)),
        ]);

    private Task<List<string>> SumsAsync() =>
        _rig.Fixture.RowsAsync(
            "SELECT left(code, 1), count(*), count(price), sum(price), sum(hash(code, price)) FROM ods.ods_prices GROUP BY 1 ORDER BY 1"
        );

    /// <summary>By file in the order of the units: the chunks' rows, size, codec.</summary>
    private async Task<List<string>> ChunksAsync()
    {
        var snapshot = await _rig.SnapshotAsync();
        var paths = snapshot
            .Files.Values.OrderBy(f => UnitSlice.Of(f)[0].Unit, StringComparer.Ordinal)
            .Select(f => _rig.Fixture.Store.ReadablePath(CompactionRig.Prices.Prefix + f.Path))
            .ToArray();
        using var connection = _rig.Fixture.Engine.Connect();
        using var result = connection.Query(
            $"""
            SELECT concat_ws(' ', num_values, total_compressed_size, compression) FROM parquet_metadata({DuckDbSql.Literals(
                paths
            )})
            ORDER BY list_position({DuckDbSql.Literals(paths)}, file_name), row_group_id, column_id
            """
        );
        return [.. result.Rows().Select(r => (string)r[0]!)];
    }
}
