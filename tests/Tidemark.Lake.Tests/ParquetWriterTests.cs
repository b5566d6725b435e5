using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Parquet;

namespace Tidemark.Lake.Tests;

[Trait("Speed", "Slow")]
public sealed class ParquetWriterTests : IDisposable
{
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text),
        new("day", ColumnKind.Date),
        new("at", ColumnKind.Timestamp),
        new("price", ColumnKind.Double),
        new("volume", ColumnKind.Long),
        new("flag", ColumnKind.Boolean),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-parquet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5400)]
    [InlineData(ParquetWriter.RowGroupRows)]
    [InlineData(ParquetWriter.RowGroupRows + 77)]
    public void Write_RandomRowsWithNulls_ReadByDuckDbAsTheyWere(int rows)
    {
        foreach (var seed in new[] { 1, 2 })
        {
            var batch = RandomBatch(new Random(seed), rows, nullShare: seed == 1 ? 0.2 : 0);
            AssertReadBack(new ParquetWriter(), batch, $"seed {seed}, {rows} rows");
        }
    }

    [Fact]
    public void Write_SameWriterAgain_LeavesNothingOfTheFileBefore()
    {
        var writer = new ParquetWriter();
        AssertReadBack(writer, RandomBatch(new Random(3), 3000, 0.5), "first");
        AssertReadBack(writer, RandomBatch(new Random(4), 10, 0.5), "second");
        AssertReadBack(writer, RandomBatch(new Random(5), 100, 1), "all null");
    }

    [Fact]
    public void Write_Bounds_AreThoseOfTheValuesWithoutNulls()
    {
        var batch = Priced((3.5, "b"), (0, null), (null, "a"), (-1.25, "é"));

        new ParquetWriter().Write(batch, out var statistics);
        (statistics[0].MinText, statistics[0].MaxText, statistics[0].NullCount).ShouldBe(("-1.25", "3.5", 1));
        (statistics[1].MinText, statistics[1].MaxText, statistics[1].NullCount).ShouldBe(("a", "é", 1));
        var path = Path.Combine(_folder, "bounds.parquet");
        File.WriteAllBytes(path, new ParquetWriter().Write(batch, out _).ToArray());
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        connection
            .Scalar($"SELECT count(*) FROM {DuckDbSql.Literal(path)} WHERE price < 0")
            .ShouldBe(1L, "a reader that prunes by the bounds must not lose the row");
    }

    [Fact]
    public void Write_NaNAmongTheValues_LeavesNoBoundsSoThatNoReaderLosesIt()
    {
        var batch = Priced((3.5, "a"), (double.NaN, "b"), (-1.25, "c"));

        new ParquetWriter().Write(batch, out var statistics);
        (statistics[0].Min, statistics[0].Max, statistics[0].MinText, statistics[0].NullCount).ShouldBe(
            (null, null, null, 0)
        );
        var path = Path.Combine(_folder, "nan.parquet");
        File.WriteAllBytes(path, new ParquetWriter().Write(batch, out _).ToArray());
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        connection
            .Scalar($"SELECT code FROM {DuckDbSql.Literal(path)} WHERE price > 1000")
            .ShouldBe("b", "to DuckDB it is the greatest value");
    }

    [Fact]
    public void Write_BoundsOfSeveralRowGroups_CoverThemAll()
    {
        var batch = Groups(first: (null, null), second: (2.5, "b"), third: (-4.5, "a"));

        new ParquetWriter().Write(batch, out var statistics);

        (statistics[0].MinText, statistics[0].MaxText).ShouldBe(("-4.5", "2.5"));
        (statistics[1].MinText, statistics[1].MaxText).ShouldBe(("a", "b"));
        statistics[0].NullCount.ShouldBe(ParquetWriter.RowGroupRows);
        AssertReadBack(new ParquetWriter(), batch, "three row groups");
    }

    [Fact]
    public void Write_OneRowGroupHasNoBounds_LeavesTheFileWithout()
    {
        var batch = Groups(first: (1, "a"), second: (double.NaN, new string('x', 100)), third: (2, "b"));

        new ParquetWriter().Write(batch, out var statistics);

        (statistics[0].Min, statistics[0].MaxText).ShouldBe((null, null));
        (statistics[1].Min, statistics[1].MaxText).ShouldBe((null, null));
    }

    [Theory]
    [InlineData(1)] // the first bytes
    [InlineData(2)] // the first row group, while others wait for their turn
    [InlineData(4)]
    public void Write_NoRoomForSomeBytes_FailsAndLeavesNobodyWaiting(int failing)
    {
        var batch = Groups(first: (1, "a"), second: (2, "b"), third: (3, "c"));
        var calls = 0;
        using var writer = new ParquetWriter();

        var error = Should.Throw<Exception>(() =>
            writer.Write(
                batch,
                _ =>
                {
                    if (++calls == failing)
                    {
                        throw new IOException("no space");
                    }
                }
            )
        );

        (error as AggregateException)?.InnerExceptions.ShouldAllBe(e => e is IOException);
        calls.ShouldBe(failing);
        AssertReadBack(writer, batch, "the same writer again");
    }

    /// <summary>Three row groups, each with one value throughout.</summary>
    private static ColumnBatch Groups(
        (double? Price, string? Code) first,
        (double? Price, string? Code) second,
        (double? Price, string? Code) third
    ) =>
        Priced([
            .. Enumerable.Repeat(first, ParquetWriter.RowGroupRows),
            .. Enumerable.Repeat(second, ParquetWriter.RowGroupRows),
            .. Enumerable.Repeat(third, 100),
        ]);

    private static ColumnBatch Priced(params (double? Price, string? Code)[] rows)
    {
        var batch = new ColumnBatch([new("price", ColumnKind.Double), new("code", ColumnKind.Text)]);
        foreach (var (price, code) in rows)
        {
            Append((ValueColumn<double>)batch.Columns[0], price);
            AppendText((TextColumn)batch.Columns[1], code);
        }

        return batch;
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(255, true)]
    [InlineData(256, true)]
    [InlineData(257, true)]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    public void Write_TextsThatRepeat_AreADictionary(int values, bool isDictionary)
    {
        // The first texts repeat, or nobody would look at the others.
        var batch = new ColumnBatch([new("text", ColumnKind.Text)]);
        for (var i = 0; i < 20_000; i++)
        {
            var number = i < 100 ? i % Math.Min(values, 20) : i % values;
            AppendText((TextColumn)batch.Columns[0], i % 7 == 3 ? null : $"值{number}");
        }

        using var writer = new ParquetWriter();
        AssertReadBack(writer, batch, $"{values} values");

        var encodings = MetadataOf("concat_ws(' ', encodings, dictionary_page_offset IS NOT NULL)").Single();
        encodings.ShouldBe(isDictionary ? "PLAIN, RLE, RLE_DICTIONARY true" : "PLAIN, RLE false");
    }

    [Fact]
    public void Write_TextsOfAnyVariety_ReadByDuckDbAsTheyWere()
    {
        Prop.ForAll(
                Gen.Choose(0, 3000).ToArbitrary(),
                Gen.Choose(1, 1200).ToArbitrary(),
                Gen.Choose(0, 100).ToArbitrary(),
                (rows, variety, nulls) =>
                {
                    var random = new Random((rows * 1201) + variety);
                    var batch = new ColumnBatch([new("text", ColumnKind.Text), new("other", ColumnKind.Text)]);
                    for (var i = 0; i < rows; i++)
                    {
                        var isNull = random.Next(100) < nulls;
                        AppendText((TextColumn)batch.Columns[0], isNull ? null : $"{random.Next(variety)}");
                        AppendText((TextColumn)batch.Columns[1], isNull ? "" : "x");
                    }

                    using var writer = new ParquetWriter();
                    AssertReadBack(writer, batch, $"{rows} rows, {variety} values, {nulls} % nulls");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(3, 3));
    }

    [Theory]
    [InlineData(ParquetCodec.Snappy, "SNAPPY")]
    [InlineData(ParquetCodec.Zstd, "ZSTD")]
    public void Write_EitherCodec_IsReadByDuckDbAndSaidInTheFooter(ParquetCodec codec, string name)
    {
        using var writer = new ParquetWriter(codec);
        AssertReadBack(writer, RandomBatch(new Random(6), ParquetWriter.RowGroupRows + 5, 0.3), name);

        // Random numbers do not shrink and stay as they are.
        MetadataOf("DISTINCT compression").Order().ShouldBe(new[] { name, "UNCOMPRESSED" }.Order());
    }

    [Fact]
    public void Snappy_AnyBytes_AreReadBackByDuckDb()
    {
        // Repetition at every distance and length is what goes wrong in compressors: texts built of few pieces.
        Prop.ForAll(
                Gen.Choose(0, 4000).ToArbitrary(),
                Gen.Choose(1, 40).ToArbitrary(),
                (length, variety) =>
                {
                    var random = new Random((length * 41) + variety);
                    var batch = new ColumnBatch([new("text", ColumnKind.Text)]);
                    for (var i = 0; i < 40; i++)
                    {
                        var text = new char[random.Next(length + 1)];
                        for (var j = 0; j < text.Length; j++)
                        {
                            text[j] = (char)('a' + random.Next(variety));
                        }

                        AppendText((TextColumn)batch.Columns[0], new string(text));
                    }

                    AssertReadBack(new ParquetWriter(), batch, $"length {length}, variety {variety}");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(7, 7));
    }

    private List<string> MetadataOf(string expression)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var path = DuckDbSql.Literal(Path.Combine(_folder, "rows.parquet"));
        using var result = connection.Query($"SELECT {expression} FROM parquet_metadata({path})");
        return [.. result.Rows().Select(r => (string)r[0]!)];
    }

    private void AssertReadBack(ParquetWriter writer, ColumnBatch batch, string what)
    {
        var path = Path.Combine(_folder, "rows.parquet");
        File.WriteAllBytes(path, writer.Write(batch, out _).ToArray());
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query($"SELECT * FROM {DuckDbSql.Literal(path)}");
        result.Columns.Select(c => c.Name).ShouldBe(batch.Definitions.Select(d => d.Name));
        var row = 0;
        foreach (var values in result.Rows())
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i]
                    .ShouldBe(Expected(batch.Columns[i], row), $"{what}: {batch.Definitions[i].Name} in row {row}");
            }

            row++;
        }

        row.ShouldBe(batch.RowCount, what);
    }

    private static object? Expected(Column column, int row) =>
        column.IsNull(row)
            ? null
            : column switch
            {
                TextColumn text => System.Text.Encoding.UTF8.GetString(text[row]),
                ValueColumn<double> doubles => doubles.Values[row],
                ValueColumn<byte> flags => flags.Values[row] != 0,
                ValueColumn<int> days => DuckDbTime.FromDays(days.Values[row]),
                ValueColumn<long> longs when column.Kind == ColumnKind.Timestamp => DuckDbTime.FromMicroseconds(
                    longs.Values[row]
                ),
                ValueColumn<long> longs => longs.Values[row],
                _ => throw new NotSupportedException(column.GetType().Name),
            };

    private static ColumnBatch RandomBatch(Random random, int rows, double nullShare)
    {
        var batch = new ColumnBatch(s_columns);
        for (var row = 0; row < rows; row++)
        {
            AppendText(
                (TextColumn)batch.Columns[0],
                Maybe($"{random.Next(3):D6}.{(random.Next(2) == 0 ? "SZ" : "上海")}{random.Next(9999)}")
            );
            Append((ValueColumn<int>)batch.Columns[1], MaybeValue(random.Next(-40000, 60000)));
            Append(
                (ValueColumn<long>)batch.Columns[2],
                MaybeValue(random.NextInt64(-2_000_000_000_000_000, 4_000_000_000_000_000))
            );
            Append(
                (ValueColumn<double>)batch.Columns[3],
                MaybeValue(BitConverter.Int64BitsToDouble(random.NextInt64()))
            );
            Append((ValueColumn<long>)batch.Columns[4], MaybeValue(random.NextInt64(long.MinValue, long.MaxValue)));
            Append((ValueColumn<byte>)batch.Columns[5], MaybeValue((byte)random.Next(2)));
        }

        return batch;

        string? Maybe(string value) => random.NextDouble() < nullShare ? null : value;
        T? MaybeValue<T>(T value)
            where T : struct => random.NextDouble() < nullShare ? null : value;
    }

    private static void AppendText(TextColumn column, string? value)
    {
        if (value is null)
        {
            column.AppendNull();
        }
        else
        {
            column.Append(System.Text.Encoding.UTF8.GetBytes(value));
        }
    }

    private static void Append<T>(ValueColumn<T> column, T? value)
        where T : unmanaged
    {
        if (value is { } present)
        {
            column.Append(present);
        }
        else
        {
            column.AppendNull();
        }
    }
}
