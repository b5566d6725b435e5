using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Compaction;

[Trait("Speed", "Slow")]
public sealed class RowGroupMergerTests : IDisposable
{
    private const int Rows = 2 * RowGroupMerger.EnoughRows;
    private const int RowGroup = 20_480; // DuckDB takes multiples of 2,048

    // Every type that the lake keeps; few texts, so that there are dictionaries, and many, so that there are none.
    private static readonly (string Name, string Sql)[] s_columns =
    [
        ("few", "CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'code-' || i % 5 END"),
        ("many", "CASE WHEN i % 11 = 0 THEN NULL ELSE '上海 ' || hash(i, s) END"),
        ("day", "CASE WHEN i % 9 = 0 THEN NULL ELSE DATE '2022-06-01' - (i % 40000)::INTEGER END"),
        ("at", "TIMESTAMPTZ '2022-06-01 01:02:03.000004Z' + to_microseconds(i * 1000003)"),
        ("price", "CASE WHEN i % 13 = 0 THEN NULL ELSE (hash(i, s) % 1000000)::DOUBLE / 1000 - 300 END"),
        ("volume", "CASE WHEN i % 17 = 0 THEN NULL ELSE (hash(s, i) % 9000000000)::BIGINT - 4500000000 END"),
        ("flag", "CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END"),
        ("four", "(i - 70000)::INTEGER"),
        ("two", "(i % 30000)::SMALLINT"),
        ("one", "(i % 100)::TINYINT"),
        ("real", "(i / 8)::FLOAT"),
        ("blob", "CASE WHEN i % 5 = 0 THEN NULL ELSE encode('b' || i) END"),
        ("short_decimal", "CASE WHEN i % 19 = 0 THEN NULL ELSE (i / 10000)::DECIMAL(18, 4) END"),
        ("long_decimal", "(i * 123456789)::DECIMAL(38, 10)"),
        ("nothing", "NULL::VARCHAR"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-merger-").FullName;
    private readonly DuckDbDatabase _database = DuckDbDatabase.Open();
    private readonly DuckDbConnection _connection;

    public RowGroupMergerTests() => _connection = _database.Connect();

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("snappy", false)]
    [InlineData("uncompressed", false)]
    [InlineData("zstd", true)]
    public async Task Merge_FilesOfEveryType_HasTheirRowsInOrderAndTheirVeryRowGroups(string codec, bool isZstd)
    {
        var options = $"COMPRESSION {codec}, ROW_GROUP_SIZE {RowGroup}";
        string[] paths = [Copied(Every(1), options), Copied(Every(2) + " LIMIT 0", options), Copied(Every(3), options)];

        var merged = await MergedAsync(paths, Names(), isZstd);

        AssertSameRows(paths, merged);
        AssertSameRowGroups(paths, merged);
        _connection
            .Scalar($"SELECT count(DISTINCT row_group_id) FROM parquet_metadata({DuckDbSql.Literal(merged)})")
            .ShouldBe(4L);
        _connection
            .Scalar($"SELECT count(dictionary_page_offset) > 0 FROM parquet_metadata({DuckDbSql.Literal(merged)})")
            .ShouldBe(true);
    }

    [Fact]
    public async Task Merge_FilesOfOurWriterAndOfDuckDb_HasTheirRowsInOrder()
    {
        string[] paths =
        [
            Ours(Rows, 1),
            Ours(0, 2),
            Copied(BarsSql(5)),
            Ours(ParquetWriter.RowGroupRows + 9, 3),
            Copied(BarsSql(6)),
        ];

        var merged = await MergedAsync(paths, s_bars.Select(c => c.Name), isZstd: false);

        AssertSameRows(paths, merged);
        AssertSameRowGroups(paths, merged);
    }

    [Fact]
    public async Task Merge_AMergedFileWithAnother_HasTheRowsOfAll()
    {
        string[] paths = [Copied(Every(1)), Copied(Every(2)), Copied(Every(3))];
        var two = await MergedAsync(paths[..2], Names(), isZstd: false);

        var three = await MergedAsync([two, paths[2]], Names(), isZstd: false);

        AssertSameRows(paths, three);
        AssertSameRowGroups(paths, three);
    }

    [Fact]
    public async Task Merge_SizeAndHash_AreThoseOfTheFile()
    {
        var merger = await OpenAsync([Copied(Every(1)), Copied(Every(2))], Names(), false);
        var path = Path.Combine(_folder, "hashed.parquet");

        var (bytes, sha256) = await merger!.WriteAsync(path, default);

        var written = await File.ReadAllBytesAsync(path);
        (bytes, sha256).ShouldBe(
            (written.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(written)))
        );
    }

    [Theory]
    [InlineData("SELECT i, 's' AS s", "FORMAT parquet", true)]
    [InlineData("SELECT i, 's' AS s", "COMPRESSION gzip", false)]
    [InlineData("SELECT i, 's' AS s", "COMPRESSION zstd", false)]
    [InlineData("SELECT i, 's' AS s", "ROW_GROUP_SIZE 2048", false)]
    [InlineData("SELECT i, 's' AS s", "PARQUET_VERSION V2", false)]
    [InlineData("SELECT i, 's' AS s", "FIELD_IDS {i: 1}", false)]
    [InlineData("SELECT 's' AS s, i", "FORMAT parquet", false)]
    [InlineData("SELECT i, 's' AS t", "FORMAT parquet", false)]
    [InlineData("SELECT i, 's' AS s, 1 AS more", "FORMAT parquet", false)]
    [InlineData("SELECT i", "FORMAT parquet", false)]
    [InlineData("SELECT i::INTEGER AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT i::UBIGINT AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT make_timestamp(i) AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT i::DECIMAL(18, 2) AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT [i] AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT {'a': i} AS i, 's' AS s", "FORMAT parquet", false)]
    [InlineData("SELECT i, encode('s') AS s", "FORMAT parquet", false)]
    public async Task Open_BesideAFileOfTwoColumns_OnlyTakesWhatFits(string select, string options, bool fits)
    {
        var plain = Copied($"SELECT i, 's' AS s FROM range({Rows}) t(i)");
        var other = Copied($"{select} FROM range({Rows}) t(i)", options);

        (await OpenAsync([plain, other], ["i", "s"], isZstd: false) is not null).ShouldBe(fits);
    }

    [Fact]
    public async Task Open_TimestampsWithAndWithoutZone_DoNotFit()
    {
        var moment = Copied($"SELECT make_timestamptz(i) AS i FROM range({Rows}) t(i)");
        var local = Copied($"SELECT make_timestamp(i) AS i FROM range({Rows}) t(i)");

        (await OpenAsync([moment, local], ["i"], isZstd: false)).ShouldBeNull();
    }

    [Fact]
    public async Task Open_SmallOrMissingOrForeignFiles_AreNotForMerging()
    {
        var large = Copied("SELECT * FROM range(40000) t(i)");
        var small = Copied("SELECT * FROM range(100) t(i)");
        var text = Path.Combine(_folder, "text.parquet");
        await File.WriteAllTextAsync(text, "no Parquet");
        var encrypted = Path.Combine(_folder, "encrypted.parquet");
        var bytes = await File.ReadAllBytesAsync(large);
        "PARE"u8.CopyTo(bytes.AsSpan(^4));
        await File.WriteAllBytesAsync(encrypted, bytes);

        (await OpenAsync([large, small], ["i"], false)).ShouldNotBeNull("20,050 rows a group");
        (await OpenAsync([large, small, small], ["i"], false)).ShouldBeNull("13,366 rows a group");
        (await OpenAsync([Copied("SELECT * FROM range(0) t(i)")], ["i"], false)).ShouldBeNull("no rows");
        (await OpenAsync([large, text], ["i"], false)).ShouldBeNull();
        (await OpenAsync([large, encrypted], ["i"], false)).ShouldBeNull();
        (await OpenAsync([large, Path.Combine(_folder, "missing.parquet")], ["i"], false)).ShouldBeNull();
        (await OpenAsync([large], ["j"], false)).ShouldBeNull("the table has another column");
    }

    [Fact]
    public async Task Write_SourceThatBecameShorter_IsAnErrorOfTheDisk()
    {
        var path = Copied(Every(1));
        var merger = await OpenAsync([path], Names(), false);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(1000);
        }

        await Should.ThrowAsync<IOException>(() => merger!.WriteAsync(Path.Combine(_folder, "x.parquet"), default));
    }

    [Fact]
    public async Task Write_Cancelled_Ends()
    {
        var merger = await OpenAsync([Copied(Every(1))], Names(), false);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            merger!.WriteAsync(Path.Combine(_folder, "x.parquet"), cancelled.Token)
        );
    }

    [Fact]
    public async Task Statistics_OfAMergedFile_AreWhatARewriteSays()
    {
        const string Odd = """
            SELECT CASE i % 4 WHEN 0 THEN -0.0::DOUBLE WHEN 1 THEN 'inf'::DOUBLE ELSE NULL END AS odd,
                   CASE WHEN s = 1 THEN i END AS sometimes, (i * s / 7)::FLOAT AS real,
                   CASE WHEN i = 5 THEN repeat('z', 90) ELSE 'a' || i END AS long
            """;
        var rows = string.Create(
            CultureInfo.InvariantCulture,
            $"FROM (SELECT s, i FROM range({Rows}) t(i), (VALUES (1)) v(s))"
        );
        foreach (
            var sql in new[]
            {
                Every(1),
                Every(2),
                $"{Odd} {rows}",
                $"{Odd} {rows.Replace("(1)", "(-2)", StringComparison.Ordinal)}",
            }.Chunk(2)
        )
        {
            string[] paths = [Copied(sql[0]), Copied(sql[1])];
            var columns = ColumnsOf(paths[0]);
            var merged = await MergedAsync(paths, columns.Select(c => c.Name), isZstd: false);

            var stats = FooterStatistics.Of(_connection, merged, columns, default);

            DeltaStats.Write(2 * Rows, columns, stats).ShouldBe(RewrittenStats(paths, columns));
        }
    }

    [Fact]
    public async Task Statistics_WhereARowGroupHasNoBounds_HaveNone()
    {
        // DuckDB's COPY keeps none for values with NaN among them; only nulls, on the other hand, need none.
        string[] paths =
        [
            Copied($"SELECT i::DOUBLE AS broken, i::DOUBLE AS nulls FROM range({Rows}) t(i)"),
            Copied($"SELECT 'nan'::DOUBLE AS broken, NULL::DOUBLE AS nulls FROM range({Rows}) t(i)"),
        ];
        var columns = ColumnsOf(paths[0]);
        var merged = await MergedAsync(paths, columns.Select(c => c.Name), isZstd: false);

        var stats = FooterStatistics.Of(_connection, merged, columns, default);

        stats["broken"].Keys.ShouldBe(["null_count"]);
        (stats["nulls"]["min"], stats["nulls"]["max"]).ShouldBe(("0.0", $"{Rows - 1}.0"));
    }

    [Fact]
    public async Task Statistics_OfFilesOfOurWriter_AreWhatARewriteSays()
    {
        string[] paths = [Ours(Rows, 1), Ours(Rows, 2)];
        var columns = ColumnsOf(paths[0]);
        var merged = await MergedAsync(paths, columns.Select(c => c.Name), isZstd: false);

        var stats = FooterStatistics.Of(_connection, merged, columns, default);

        DeltaStats.Write(2 * Rows, columns, stats).ShouldBe(RewrittenStats(paths, columns));
    }

    private static readonly ColumnDefinition[] s_bars =
    [
        new("code", ColumnKind.Text),
        new("day", ColumnKind.Date),
        new("at", ColumnKind.Timestamp),
        new("price", ColumnKind.Double),
        new("volume", ColumnKind.Long),
        new("flag", ColumnKind.Boolean),
    ];

    private static string BarsSql(int seed) =>
        $"""
            SELECT 'd' || hash(i, {seed}) % 100 AS code, DATE '2020-01-01' + (i % 99)::INTEGER AS day, make_timestamptz(i * 1000) AS at,
                   i / 4 AS price, i AS volume, i % 2 = 0 AS flag FROM range({Rows}) t(i)
            """;

    private static IEnumerable<string> Names() => s_columns.Select(c => c.Name);

    private static string Every(int seed) =>
        $"SELECT {string.Join(", ", s_columns.Select(c => $"{c.Sql} AS {c.Name}"))} FROM (SELECT i, {seed} AS s FROM range({seed * 1000}, {(seed * 1000) + Rows}) t(i)) ORDER BY i";

    private static Task<RowGroupMerger?> OpenAsync(
        IReadOnlyList<string> paths,
        IEnumerable<string> columns,
        bool isZstd
    ) => RowGroupMerger.TryOpenAsync(paths, [.. columns], isZstd, default);

    private async Task<string> MergedAsync(IReadOnlyList<string> paths, IEnumerable<string> columns, bool isZstd)
    {
        var merger = await OpenAsync(paths, columns, isZstd);
        merger.ShouldNotBeNull();
        var path = NewPath();
        await merger.WriteAsync(path, default);
        return path;
    }

    private void AssertSameRows(IReadOnlyList<string> paths, string merged)
    {
        // In order: each file's rows follow those of the files before.
        var expected = string.Join(
            " UNION ALL ",
            paths.Select(
                (p, i) =>
                    $"SELECT {i} AS file, file_row_number AS place, COLUMNS(* EXCLUDE (file_row_number)) FROM read_parquet({DuckDbSql.Literal(p)}, file_row_number = true)"
            )
        );
        _connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE expected AS SELECT row_number() OVER (ORDER BY file, place) - 1 AS file_row_number, * EXCLUDE (file, place) FROM ({expected});
            CREATE OR REPLACE TEMP TABLE actual AS SELECT file_row_number, * EXCLUDE (file_row_number) FROM read_parquet({DuckDbSql.Literal(
                merged
            )}, file_row_number = true);
            """
        );
        _connection.Scalar("SELECT count(*) > 0 FROM expected").ShouldBe(true);
        _connection.Scalar("SELECT count(*) FROM (FROM expected EXCEPT ALL FROM actual)").ShouldBe(0L);
        _connection.Scalar("SELECT count(*) FROM (FROM actual EXCEPT ALL FROM expected)").ShouldBe(0L);
    }

    private void AssertSameRowGroups(IReadOnlyList<string> paths, string merged)
    {
        const string Chunk =
            "row_group_num_rows, row_group_num_columns, row_group_bytes, column_id, num_values, path_in_schema, type, stats_null_count, "
            + "stats_min_value, stats_max_value, compression, encodings, total_compressed_size, total_uncompressed_size";
        _connection
            .Scalar(
                $"SELECT list(({Chunk})::VARCHAR ORDER BY row_group_id, column_id)::VARCHAR FROM parquet_metadata({DuckDbSql.Literal(merged)})"
            )
            .ShouldBe(
                _connection.Scalar(
                    $"""
                    SELECT list(({Chunk})::VARCHAR ORDER BY list_position({DuckDbSql.Literals(
                        paths
                    )}, file_name), row_group_id, column_id)::VARCHAR
                    FROM parquet_metadata({DuckDbSql.Literals(paths)})
                    """
                )
            );
    }

    /// <summary>As compaction says when the engine writes the rows anew.</summary>
    private string RewrittenStats(IReadOnlyList<string> paths, IReadOnlyList<LakeColumn> columns)
    {
        using var result = _connection.Query(
            $"COPY (SELECT * FROM read_parquet({DuckDbSql.Literals(paths)})) TO {DuckDbSql.Literal(NewPath())} (FORMAT parquet, RETURN_STATS)"
        );
        return PartWriter.Written(result.Rows().Single(), columns).Stats;
    }

    private LakeColumn[] ColumnsOf(string path)
    {
        using var result = _connection.Query($"DESCRIBE SELECT * FROM {DuckDbSql.Literal(path)}");
        return
        [
            .. result.Rows().Select(r => new LakeColumn((string)r[0]!, LakeType.OfSql((string)r[1]!, (string)r[0]!))),
        ];
    }

    private string Copied(string select, string options = "FORMAT parquet")
    {
        var path = NewPath();
        _connection.Execute($"COPY ({select}) TO {DuckDbSql.Literal(path)} ({options})");
        return path;
    }

    private string Ours(int rows, int seed)
    {
        var random = new Random(seed);
        var batch = new ColumnBatch(s_bars);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < s_bars.Length; i++)
            {
                Append(batch.Columns[i], random);
            }
        }

        var path = NewPath();
        File.WriteAllBytes(path, new ParquetWriter().Write(batch, out _).ToArray());
        return path;
    }

    private static void Append(Column column, Random random)
    {
        if (random.Next(10) == 0)
        {
            column.AppendNull();
            return;
        }

        switch (column)
        {
            case TextColumn text:
                text.Append(System.Text.Encoding.UTF8.GetBytes(random.Next(20) == 0 ? "" : $"上海{random.Next(9999)}"));
                break;
            case ValueColumn<int> days:
                days.Append(random.Next(-40000, 60000));
                break;
            case ValueColumn<long> longs:
                longs.Append(random.NextInt64(-2_000_000_000_000_000, 4_000_000_000_000_000));
                break;
            case ValueColumn<double> doubles:
                doubles.Append((random.NextDouble() * 2000) - 1000);
                break;
            case ValueColumn<byte> flags:
                flags.Append((byte)random.Next(2));
                break;
        }
    }

    private string NewPath() => Path.Combine(_folder, $"{Directory.GetFiles(_folder).Length}.parquet");
}
